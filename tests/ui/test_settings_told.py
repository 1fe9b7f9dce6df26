"""What the first screen says of a settings file that cannot be used, in the language of the window."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from ctdild_desktop import config

_TOLD = """
from ctdild_desktop import app
from ctdild_desktop.ui.all_windows import windows
from ctdild_desktop.ui.start.start_window import StartWindow

def told(program):
    (window,) = [one for one in windows() if isinstance(one, StartWindow)]
    print(window.card.problem.text())
    return 0

app.run(stay=told)
"""
_LATER = """
[site]
language = "{language}"
colour = "red"
theem = "dark"
[upkeep]
lock_minutes = 600
[inbox]
folder = "devices"
"""


@pytest.mark.parametrize(
    ("text", "computer", "said"),
    [
        (
            _LATER.format(language="es"),
            "en_GB.UTF-8",
            "Los ajustes que esta versión no conoce se conservan y no se usan: site.colour. "
            "El archivo de configuración {file} tiene un ajuste desconocido: theem; quizá theme. "
            "Se aplica el valor habitual. "
            "El ajuste lock_minutes en {file} debe ser un número entero de 1 a 30. "
            "Se aplica el valor habitual. "
            "El ajuste folder en {file} debe ser la ruta completa de una carpeta. "
            "Se aplica el valor habitual.",
        ),
        (
            _LATER.format(language="en"),
            "es_ES.UTF-8",
            "Settings that this version does not know are kept and not used: site.colour. "
            "The settings file {file} has an unknown setting: theem; perhaps theme. "
            "The usual value is in force. "
            "The setting lock_minutes in {file} must be a whole number from 1 to 30. "
            "The usual value is in force. "
            "The setting folder in {file} must be the whole path of a folder. The usual value is in force.",
        ),
        (
            'server = "mysql://db/registry"\n[site]\nlanguage = "es"\n',
            "en_GB.UTF-8",
            "La dirección de un servidor empieza por postgresql+psycopg://; esta, por mysql://. "
            "(el ajuste server en {file}, o CTDILD_REGISTRY) Se aplica el valor habitual.",
        ),
        (
            "no settings",
            "es_ES.UTF-8",
            "El archivo de configuración {file} no se puede leer. "
            "Se conserva como settings.toml.unreadable. Se aplica la configuración habitual.",
        ),
    ],
    ids=["Spanish by the file", "English by the file", "an address", "Spanish by the computer"],
)
def test_the_first_screen_tells_of_the_settings_file_in_its_language(
    text: str, computer: str, said: str
) -> None:
    file = config.default_settings_path()
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    environment = {**os.environ, "LC_ALL": computer, "LANGUAGE": "", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", _TOLD], capture_output=True, encoding="utf-8", check=True, env=environment
    )
    assert done.stdout.strip() == said.format(file=file)
