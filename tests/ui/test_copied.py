"""A picture on the clipboard is whole for everybody who pastes it, and does not outlive the program."""

import subprocess
import sys

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication, QImage

from ctdild_desktop.ui.charts import drawn
from ctdild_desktop.ui.charts.copied import copy_picture

_SIZE = QSize(300, 200)
_END = """
from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication
app = QGuiApplication([])
from ctdild_desktop.ui.charts import drawn
from ctdild_desktop.ui.charts.copied import copy_picture
copy_picture(drawn.png_of(QSize(30, 20), lambda painter: None))
print(QGuiApplication.clipboard().image().width())
"""


def test_what_is_pasted_is_the_picture(qapp: QGuiApplication) -> None:
    png = drawn.png_of(_SIZE, lambda painter: painter.drawEllipse(10, 10, 200, 100))
    copy_picture(png)
    data = qapp.clipboard().mimeData()
    assert bytes(data.data("image/png").data()) == png
    assert data.hasImage()
    assert not data.hasText()
    assert qapp.clipboard().image() == QImage.fromData(png)
    assert qapp.clipboard().image().size() == 2 * _SIZE
    qapp.clipboard().clear()
    assert qapp.clipboard().image().isNull()


def test_the_program_can_end_with_a_picture_on_the_clipboard() -> None:
    ended = subprocess.run([sys.executable, "-c", _END], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "60\n"), ended.stderr
