"""The window in Spanish: chosen while the program runs, with everything that was typed kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractListModel, QCoreApplication, QLocale, QModelIndex, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from ctdild_desktop import config, language
from ctdild_desktop.app import Program, build_window
from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.records import Patient
from ctdild_desktop.config import Settings, SiteSettings
from ctdild_desktop.services import patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui import speaking
from ctdild_desktop.ui.actions import ACTIONS
from ctdild_desktop.ui.dialogs.ask import WindowAsk
from ctdild_desktop.ui.jobs import ImmediateRunner
from ctdild_desktop.ui.mnemonics import freely_marked, mark_of, marked_for
from ctdild_desktop.ui.speaking import language_of, speak
from ctdild_desktop.ui.start.start_window import StartWindow
from ctdild_desktop.ui.widgets.option_field import Option, OptionField
from tests.support.desks import LOGIN, PASSPHRASE, fill
from tests.support.fake_ask import FakeAsk
from tests.support.holloway import record as holloway
from tests.support.programs import end


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    before = wording.style()
    yield
    wording.use_style(before)
    speak(SiteSettings(language="en"))


@pytest.fixture
def spanish() -> None:
    speak(SiteSettings(language="es"))


@pytest.fixture
def program(qapp: QApplication, desk: Desk, tmp_path: Path) -> Iterator[Program]:
    path = desk.registry.path
    desk.close()
    settings = Settings(registry=path, login=LOGIN, source=tmp_path / "settings.toml")
    made = Program(qapp, settings, ImmediateRunner(), WindowAsk())
    made.begin(login=LOGIN, passphrase=PASSPHRASE)
    yield made
    end(made)


def lock_words(program: Program) -> str:
    assert program.bench is not None
    button = program.bench.window.findChild(QPushButton, "lock_button")
    assert button is not None
    return button.text()


def test_the_language_is_chosen_by_keyboard_and_what_is_typed_stays(
    program: Program, keyboard, tmp_path: Path
) -> None:
    first = program.bench
    assert first is not None
    first.window.activateWindow()
    first.announce(patients.add_patient(first.desk, Patient(id="", mrn="T-1", family_name="Quill")))
    english = first.window.said
    first.act("new_patient")
    QApplication.processEvents()
    keyboard.line("Muñoz Gil")
    first.act("settings")
    QApplication.processEvents()
    assert keyboard.focus() == "setting_language"
    for chosen in ("en", "es"):
        keyboard.press(Qt.Key.Key_Down)
        QApplication.processEvents()
        assert language.code() == chosen

    second = program.bench
    assert second is not None
    assert second is not first
    assert language.code() == "es"
    assert keyboard.focus() == "setting_language"
    assert (
        second.window.findChild(type(second.window._lock_button), "lock_button").text() == "Bloquear  Ctrl+L"
    )
    assert config.load(tmp_path / "settings.toml", {}).site.language == "es"
    second.act("new_patient")
    QApplication.processEvents()
    assert second.patients.sheet is not None
    assert second.patients.sheet.text("family_name") == "Muñoz Gil"
    assert second.window.said.startswith("Se añadió"), second.window.said
    program._on_site(SiteSettings(language="en"), "language")
    assert language.code() == "en"
    assert program.bench.window.said == english
    program.bench.window.undo()
    assert patients.count(program.bench.desk) == 0
    assert (
        program.bench.window.findChild(type(second.window._lock_button), "lock_button").text()
        == "Lock  Ctrl+L"
    )


@pytest.mark.usefixtures("spanish")
def test_menus_have_a_letter_for_each_entry(bench) -> None:
    for menu in bench.window._menu_bar.actions():
        letters = [mark_of(act.text()) for act in menu.menu().actions() if not act.isSeparator()]
        assert "" not in letters, [act.text() for act in menu.menu().actions()]
        assert max(Counter(letters).values()) == 1, letters
    titles = [mark_of(menu.text()) for menu in bench.window._menu_bar.actions()]
    assert len(set(titles)) == len(titles)
    assert {spec.words.replace("&", "") for spec in ACTIONS} >= {"Bloquear", "Registrar PFR…"}


@pytest.mark.usefixtures("spanish")
def test_letters_of_a_choice_follow_its_words(qtbot) -> None:
    asked = [Option("worse", "Peor", "w"), Option("stable", "Igual", "s"), Option("better", "Mejor", "b")]
    field = OptionField("symptoms", "Síntomas", asked)
    qtbot.addWidget(field)
    qtbot.keyClicks(field, "m")
    assert field.value() == "better"
    qtbot.keyClicks(field, "i")
    assert field.value() == "stable"


@pytest.mark.usefixtures("spanish")
def test_words_of_qt_itself_are_spanish_too() -> None:
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancelar"
    assert QCoreApplication.translate("QShortcut", "Return") == "Intro"
    assert QCoreApplication.translate("PatientPage", "no such text") == "no such text"


def test_names_of_lung_function_are_exchanged() -> None:
    speak(SiteSettings(language="es_MX", lung_names="CVF"))
    assert QCoreApplication.translate("OwnThresholds", "FVC fall") == "Descenso de CVF"
    assert QCoreApplication.translate("PatientTable", "ILD pattern") == "Patrón de EPI"
    speak(SiteSettings(language="en"))
    assert QCoreApplication.translate("OwnThresholds", "FVC fall") == "FVC fall"


@pytest.mark.parametrize(
    ("name", "expected", "date", "mark"),
    [
        ("es_ES", "es_ES", "dd/mm/yyyy", ","),
        ("es_MX", "es_MX", "dd/mm/yyyy", "."),
        ("es_PR", "es_MX", "dd/mm/yyyy", "."),
        ("es_AR", "es", "dd/mm/yyyy", ","),
        ("de_DE", "en", "dd.mm.yyyy", ","),
        ("fr_FR", "en", "dd/mm/yyyy", ","),
        ("en_US", "en", "mm/dd/yyyy", "."),
        ("sv_SE", "en", "yyyy-mm-dd", ","),
    ],
)
def test_the_computer_says_language_dates_and_decimals(
    monkeypatch: pytest.MonkeyPatch, name: str, expected: str, date: str, mark: str
) -> None:
    monkeypatch.setattr(speaking.QLocale, "system", staticmethod(lambda: QLocale(name)))
    assert language_of(SiteSettings()) == expected
    found = speaking.regional(SiteSettings())
    assert (found.date_style, found.decimal_mark) == (date, mark)
    own = SiteSettings(date_style="yyyy-mm-dd", decimal_mark=".", language="es")
    assert speaking.regional(own) == own
    assert language_of(own) == "es"


def test_a_mark_moves_to_a_free_letter() -> None:
    assert marked_for("Cerrar", "r") == "Ce&rrar"
    assert freely_marked("&Fecha", frozenset("f")) == "F&echa"
    assert freely_marked("&Fecha", frozenset("x")) == "&Fecha"
    assert freely_marked("Fecha", frozenset("f")) == "Fecha"


def texts_of(window: QWidget) -> list[str]:
    """What is read on a window: labels, buttons, tables, lists, and what is said of each part."""
    found: list[str] = []
    for widget in (window, *window.findChildren(QWidget)):
        found += [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip()]
        if isinstance(widget, QLabel | QAbstractButton):
            found.append(widget.text())
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            model = widget.model()
            columns = (
                [0] if isinstance(model, QAbstractListModel) else range(model.columnCount(QModelIndex()))
            )
            rows = range(model.rowCount(QModelIndex()))
            found += [str(model.headerData(at, Qt.Orientation.Horizontal) or "") for at in columns]
            found += [str(model.index(row, at).data() or "") for row in rows for at in columns]
    return found


def test_a_site_that_says_tlco_reads_it_everywhere_on_a_patient(qtbot: QtBot, desk: Desk) -> None:
    fill(desk, holloway())
    speak(SiteSettings(language="en", gas_name="TLCO"))
    bench = build_window(desk, ImmediateRunner())
    qtbot.addWidget(bench.window)
    bench.window.show()
    bench.open_patient(holloway().patient.id)
    bench.act("log_pft")
    texts = texts_of(bench.patient)
    assert "\n".join(text for text in texts if "DLCO" in text) == ""
    assert any("TLCO fall" in text for text in texts)


def test_an_address_that_cannot_be_is_refused_in_spanish(
    qtbot: QtBot, spanish: None, desk: Desk, tmp_path: Path
) -> None:
    window = StartWindow(ImmediateRunner(), FakeAsk(), desk.registry.path, login=LOGIN)
    qtbot.addWidget(window)
    window.card.place.setText("mysql://db/registry")
    window.card.passphrase.setText(PASSPHRASE)
    window.card.go.click()
    told = "La dirección de un servidor empieza por postgresql+psycopg://; esta, por mysql://."
    assert window.card.problem.text() == told
