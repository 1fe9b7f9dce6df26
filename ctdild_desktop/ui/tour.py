"""Every screen as a picture and every printout as a PDF, drawn without a display.

The pictures are of the real workbench, so that what they show is what the program shows. A copy of the
registry is opened; of the registry itself nothing changes but that its audit trail names the copy.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from ctdild_desktop.config import SiteSettings
from ctdild_desktop.language import pseudo
from ctdild_desktop.services import access, demo, events, pages, patients, upkeep
from ctdild_desktop.services.demo import full as full_record
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui import theme, tour_prints, tour_words, untranslated
from ctdild_desktop.ui.speaking import speak
from ctdild_desktop.ui.tour_round import Form, Round, chosen

FORMS = (
    Form("light", "light", QSize(1366, 768)),
    Form("dark", "dark", QSize(1366, 768)),
    Form("contrast", "contrast", QSize(1366, 768)),
    Form("light-150", "light", QSize(1280, 690), 1.5),
    Form("light-1920", "light", QSize(1920, 1080)),
    Form("contrast-200", "contrast", QSize(1920, 1040), 2.0),
    Form("spanish", "light", QSize(1366, 768), language="es"),
    Form("spanish-150", "light", QSize(1280, 690), 1.5, language="es"),
    Form("untranslated", "light", QSize(1366, 768), language=pseudo.CODE),
)
"""The smallest window at 150 % is that of a 1920x1080 monitor with a task bar."""

_DRAWN = {0, 4}
"""What the command answers when it drew all pictures: 4 when something is wrong with one."""
_PRINTED = {"light": "", "spanish": "spanish", "untranslated": "untranslated"}
"""The rounds with which the printouts are written, and the folder for them."""
_SITES = {
    "en": SiteSettings(language="en"),
    "es": SiteSettings(language="es", date_style="dd/mm/yyyy", decimal_mark=","),
    pseudo.CODE: SiteSettings(language="en"),
}
_SCALE = "QT_SCALE_FACTOR"


def run_tour(registry: Path, login: str, passphrase: str, out: Path) -> tuple[str, ...]:
    """Draw every screen in every form, and the printouts, into ``out``.

    Returns:
        What is wrong with a picture, as ``form/picture: sentence``; nothing when all is in order.

    Raises:
        RegistryError: the registry cannot be opened.
        OSError: the folder cannot be written.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    own_scale = float(os.environ.setdefault(_SCALE, "1"))
    out.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    theme.use_bundled_font(app)
    found: list[str] = []
    with _copy_of(registry, login, passphrase) as desk:
        if desk.demo:
            demo.fill(desk, [full_record.full()])
            demo.hold_meetings(desk, [full_record.full()])
        for form in FORMS:
            if form.scale != own_scale:
                continue
            theme.apply(app, form.theme)
            site = _SITES[form.language]
            speak(site)
            reader = None
            if form.language == pseudo.CODE:
                untranslated.speak_signed()
                reader = untranslated.Reader(untranslated.values_of(desk) | tour_words.SHOWN_AS_THEY_ARE)
            access.use_settings(site)
            if form.name in _PRINTED:
                pages_made = _print_pages(desk, out / _PRINTED[form.name])
                found += tour_words.printed_faults(pages_made, reader) if reader is not None else ()
            drawn = Round(desk, form, out / form.name, registry, reader)
            drawn.draw()
            found += drawn.faults
        speak(_SITES["en"])
        access.use_settings(_SITES["en"])
    if own_scale == 1:
        for scale in sorted({form.scale for form in FORMS} - {1.0}):
            found += _draw_at(scale, registry, login, passphrase, out)
    return tuple(found)


def _draw_at(scale: float, registry: Path, login: str, passphrase: str, out: Path) -> list[str]:
    """Draw the forms of another scale in a process of its own: Qt takes its scale once, at the start."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "ctdild_desktop"]
    where = ["tour", "--registry", str(registry), "--user", login, "--out", str(out)]
    environment = {**os.environ, _SCALE: str(scale), "CTDILD_PASSPHRASE": passphrase}
    done = subprocess.run([*program, *where], env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in _DRAWN:
        raise OSError(f"the pictures at {scale:g} times the size could not be drawn")
    return [line for line in done.stdout.splitlines() if ": " in line]


@contextmanager
def _copy_of(registry: Path, login: str, passphrase: str) -> Iterator[Desk]:
    with tempfile.TemporaryDirectory(prefix="ctdild-tour-") as folder:
        copy = Path(folder) / registry.name
        original = access.unlock(registry, login=login, passphrase=passphrase)
        try:
            shown = str(patients.count(original))
            events.note(original, "listed", what="ctdild tour", patients=shown)
            kept = upkeep.backup(original, copy.with_suffix(upkeep.BACKUP_SUFFIX)).value
        finally:
            original.close()
        desk = upkeep.restore(kept, copy, login=login, passphrase=passphrase)
        try:
            yield desk
        finally:
            desk.close()


def _print_pages(desk: Desk, out: Path) -> tuple[Path, ...]:
    from ctdild_desktop.reports.mdt_page import write_mdt_page

    out.mkdir(parents=True, exist_ok=True)
    made = []
    for name, row in chosen(patients.list_patients(desk)).items():
        for ending, pseudonymised in (("", False), ("-pseudonymised", True)):
            page = pages.mdt_page(desk, row.id, pseudonymised=pseudonymised)
            made.append(out / f"mdt-page-{name}{ending}.pdf")
            write_mdt_page(made[-1], page)
    return (
        *made,
        *tour_prints.print_meetings(desk, out),
        *tour_prints.print_quality(desk, out),
        *tour_prints.print_cohort(desk, out),
    )
