"""Draw the pictures of the guide anew: the program's own screens on invented patients at one fixed day.

``python packaging/guide_pictures.py`` writes ``docs/guide/pictures/LANGUAGE/NAME.png`` for each language, in
few colours so that they stay small. A test draws them again and compares.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "guide" / "pictures"
PATIENTS = 60
COLOURS = 96
FAR = 60
"""How far apart a dot may be: the kept pictures have few colours, and edges are smoothed."""
FEW = 0.004
"""The share of dots that may be further apart: a checksum and a time that differ on each run."""


def drawn() -> Iterator[tuple[str, str, Any]]:
    """Each picture as (language, name, Pillow image)."""
    from PySide6.QtWidgets import QApplication

    from ctdild_desktop.config import SiteSettings
    from ctdild_desktop.registry.keystore import Cost
    from ctdild_desktop.services import access, demo
    from ctdild_desktop.ui import theme, tour_guide
    from ctdild_desktop.ui.speaking import speak

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.use_bundled_font(app)
    theme.apply(app, "light")
    sites = {
        "en": SiteSettings(language="en"),
        "es": SiteSettings(language="es", date_style="dd/mm/yyyy", decimal_mark=","),
    }
    cheap = Cost(memory_kib=8 * 1024, passes=1, lanes=1)
    with tempfile.TemporaryDirectory(prefix="ctdild-guide-") as folder:
        made = demo.make_demo(Path(folder), patients=PATIENTS, clock=lambda: tour_guide.DAY, cost=cheap)
        passphrase = made.passphrase_file.read_text(encoding="utf-8").strip()
        for language, site in sites.items():
            speak(site)
            access.use_settings(site)
            desk = access.unlock(
                made.registry, login=made.login, passphrase=passphrase, clock=lambda: tour_guide.DAY
            )
            taken: list[tuple[str, Any]] = []

            def take(widget: Any, name: str, part: Any = None, taken: Any = taken) -> None:
                taken.append((name, as_pillow(tour_guide.picture(widget, part))))

            try:
                tour_guide.draw_guide(desk, take)
            finally:
                desk.close()
            for name, image in taken:
                yield language, name, image
        speak(sites["en"])
        access.use_settings(sites["en"])


def as_pillow(image: Any) -> Any:
    """A picture of Qt as one of Pillow."""
    from PIL import Image
    from PySide6.QtGui import QImage

    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    size = (plain.width(), plain.height())
    return Image.frombytes("RGB", size, bytes(plain.constBits()), "raw", "RGB", plain.bytesPerLine())


def differs(kept: Any, image: Any) -> bool:
    """Whether a kept picture is not any more what the program shows."""
    from PIL import ImageChops

    if kept.size != image.size:
        return True
    apart = ImageChops.difference(kept.convert("RGB"), image).convert("L").histogram()
    return bool(sum(apart[FAR:]) > FEW * image.width * image.height)


def main() -> None:
    """Write the pictures that are not as they were."""
    from PIL import Image

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path.insert(0, str(ROOT))
    total = 0
    for language, name, image in drawn():
        target = PICTURES / language / f"{name}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.is_file() or differs(Image.open(target), image):
            image.quantize(COLOURS, dither=0).save(target, optimize=True)
            print(f"{language}/{name}")
        total += target.stat().st_size
    print(f"{total / 1e6:.2f} MB in {PICTURES.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
