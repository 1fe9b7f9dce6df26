"""Typed fields: what was typed stays, Enter commits, unlikely values are asked for once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.entry import EntryError
from ctdild_desktop.clinical.plausibility import Fix, Issue, Severity
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.field_note import FieldNote
from ctdild_desktop.ui.widgets.fields import DateField, FieldState, NumberField, PartialDateField, TextField

TODAY = dt.date(2026, 3, 12)
SOFT = Issue("fvc_l", Severity.SOFT, "CHANGE", "−25 % to last.")
HARD = Issue("fvc_l", Severity.HARD, "RANGE", "More than FVC 2.31: check both")


def today() -> dt.date:
    return TODAY


def number(qtbot: QtBot) -> NumberField:
    field = NumberField("fvc_l", "FVC", "L")
    qtbot.addWidget(field)
    return field


def enter(qtbot: QtBot, field: QWidget) -> None:
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_a_text_that_was_kept_is_not_cut_where_less_can_be_typed(qtbot: QtBot) -> None:
    field = TextField("note", max_length=5)
    qtbot.addWidget(field)
    qtbot.keyClicks(field, "typed too long")
    assert field.text() == "typed"
    field.set_text("kept from before")
    assert field.value() == "kept from before"


@pytest.mark.parametrize(("typed", "value"), [("2,31", "2.31"), ("2.30", "2.30"), ("", None)])
def test_a_number_is_exactly_what_was_typed(qtbot: QtBot, typed: str, value: str | None) -> None:
    field = number(qtbot)
    qtbot.keyClicks(field, typed)
    assert field.value() == (None if value is None else Decimal(value))
    assert str(field.value()) == str(None if value is None else Decimal(value))
    assert field.text_value() == typed


def test_enter_on_a_good_value_goes_on(qtbot: QtBot) -> None:
    field = number(qtbot)
    qtbot.keyClicks(field, "2.31")
    with qtbot.waitSignals([field.left, field.accepted]):
        enter(qtbot, field)
    assert field.state is FieldState.NORMAL


def test_text_that_is_no_number_is_refused_and_kept(qtbot: QtBot) -> None:
    field = number(qtbot)
    qtbot.keyClicks(field, "1.234,5")
    with qtbot.assertNotEmitted(field.accepted), qtbot.waitSignal(field.left):
        enter(qtbot, field)
    assert field.state is FieldState.REFUSED
    assert field.text() == "1.234,5"
    assert "thousands" in field.message
    with pytest.raises(EntryError):
        field.value()


def test_an_unlikely_value_is_asked_for_once(qtbot: QtBot) -> None:
    field = number(qtbot)
    qtbot.keyClicks(field, "1.81")
    field.show_issue(SOFT)
    with qtbot.assertNotEmitted(field.accepted), qtbot.assertNotEmitted(field.confirmed):
        enter(qtbot, field)
    assert field.state is FieldState.UNLIKELY
    with qtbot.waitSignals([field.confirmed, field.accepted]):
        enter(qtbot, field)
    assert field.kept_unlikely
    with qtbot.waitSignal(field.accepted), qtbot.assertNotEmitted(field.confirmed):
        enter(qtbot, field)


def test_a_key_that_is_held_down_keeps_no_unlikely_value(qtbot: QtBot) -> None:
    field = number(qtbot)
    qtbot.keyClicks(field, "1.73")
    field.left.connect(lambda: field.show_issue(SOFT))
    enter(qtbot, field)
    held = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "", True)
    field.keyPressEvent(held)
    assert not field.kept_unlikely
    enter(qtbot, field)
    assert field.kept_unlikely


def test_another_text_is_asked_for_again(qtbot: QtBot) -> None:
    field = number(qtbot)
    qtbot.keyClicks(field, "1.81")
    field.show_issue(SOFT)
    enter(qtbot, field)
    qtbot.keyClick(field, Qt.Key.Key_Backspace)
    assert field.state is FieldState.NORMAL
    field.show_issue(SOFT)
    with qtbot.assertNotEmitted(field.accepted):
        enter(qtbot, field)


def test_a_refused_value_does_not_go_on(qtbot: QtBot) -> None:
    field = number(qtbot)
    qtbot.keyClicks(field, "2.84")
    field.show_issue(HARD)
    with qtbot.assertNotEmitted(field.accepted):
        enter(qtbot, field)
    assert field.property("fieldState") == "refused"
    assert field.accessibleDescription() == HARD.text


def test_one_key_takes_the_offered_correction(qtbot: QtBot) -> None:
    field = number(qtbot)
    qtbot.keyClicks(field, "2310")
    field.show_issue(Issue("fvc_l", Severity.HARD, "UNIT", "Litres are meant.", Fix("2.31 L", "2.31")))
    with qtbot.waitSignal(field.left):
        qtbot.keyClick(field, Qt.Key.Key_F)
    assert field.value() == Decimal("2.31")
    assert field.state is FieldState.NORMAL


def test_dates_are_read_against_today(qtbot: QtBot) -> None:
    field = DateField("date", "Date", today)
    qtbot.addWidget(field)
    for typed, day in (("t", TODAY), ("-1", dt.date(2026, 3, 11)), ("1403", dt.date(2025, 3, 14))):
        field.set_text(typed)
        assert field.value() == day
    field.set_text("31.02.2026")
    assert field.problem()


def test_partial_dates_keep_their_precision(qtbot: QtBot) -> None:
    field = PartialDateField("start", "Start", today)
    qtbot.addWidget(field)
    field.set_text("03.2019")
    assert field.value() == PartialDate(2019, 3)
    field.set_text("2019")
    assert field.value() == PartialDate(2019)


def test_a_needed_text_is_asked_for(qtbot: QtBot) -> None:
    field = TextField("mrn", "MRN", required=True)
    qtbot.addWidget(field)
    with qtbot.assertNotEmitted(field.accepted):
        enter(qtbot, field)
    assert field.message == "MRN is needed"
    qtbot.keyClicks(field, " A1 ")
    assert field.value() == "A1"


def test_carried_values_say_since_when_until_they_are_changed(qtbot: QtBot) -> None:
    field = number(qtbot)
    field.set_carried("67.5", "carried from 10.11.2025")
    assert field.state is FieldState.CARRIED
    field.show_issue(None)
    assert field.state is FieldState.CARRIED
    field.setFocus()
    qtbot.keyClicks(field, "1")
    assert field.state is FieldState.NORMAL


def test_leaving_by_tab_reports_once_and_shows_the_reason(qtbot: QtBot) -> None:
    window = QWidget()
    row = QHBoxLayout(window)
    field, other = NumberField("fvc_l", "FVC", "L"), QLineEdit()
    row.addWidget(field)
    row.addWidget(other)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
    field.setFocus()
    qtbot.keyClicks(field, "x")
    seen: list[None] = []
    field.left.connect(lambda: seen.append(None))
    other.setFocus()
    assert seen == [None]
    assert field.state is FieldState.REFUSED
    assert other.hasFocus()


def test_a_field_is_found_by_name_and_spoken_with_its_unit(qtbot: QtBot) -> None:
    field = number(qtbot)
    assert field.objectName() == "fvc_l"
    assert field.accessibleName() == "FVC, L"


def test_the_note_says_reason_or_read_out(qtbot: QtBot) -> None:
    field = number(qtbot)
    note = FieldNote(field)
    qtbot.addWidget(note)
    note.set_read_out("64.4 % z −2.23")
    assert note.words() == "64.4 % z −2.23"
    qtbot.keyClicks(field, "1.81")
    field.show_issue(SOFT)
    assert note.words() == "−25 % to last. Enter again keeps it"
    enter(qtbot, field)
    enter(qtbot, field)
    assert note.words() == "−25 % to last. Kept."
    field.show_issue(HARD)
    assert note.words() == HARD.text
    assert note.accessibleName() == HARD.text


def test_a_choice_gives_codes_and_goes_on_by_enter(qtbot: QtBot) -> None:
    field = ChoiceField("sex", "Sex", [("F", "female"), ("M", "male")])
    qtbot.addWidget(field)
    assert field.value() is None
    field.set_text("M")
    assert (field.value(), field.text_value(), field.currentText()) == ("M", "M", "male")
    with qtbot.waitSignals([field.left, field.accepted]):
        enter(qtbot, field)


def test_a_choice_keeps_a_code_that_the_list_does_not_have(qtbot: QtBot) -> None:
    field = ChoiceField("drug", "Drug", [("mmf", "Mycophenolate")])
    qtbot.addWidget(field)
    field.set_text("old_drug")
    assert field.value() == "old_drug"


@pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing)", extend=True)
def test_a_searchable_choice_takes_a_unique_part_and_refuses_other_words(qtbot: QtBot) -> None:
    field = ChoiceField(
        "drug", "Drug", [("mmf", "Mycophenolate mofetil"), ("rtx", "Rituximab")], searchable=True
    )
    qtbot.addWidget(field)
    line = field.lineEdit()
    assert line is not None
    qtbot.keyClicks(line, "ritux")
    with qtbot.waitSignal(field.accepted):
        enter(qtbot, line)
    assert (field.value(), field.currentText()) == ("rtx", "Rituximab")
    line.setText("aspirin?")
    with qtbot.assertNotEmitted(field.accepted):
        enter(qtbot, line)
    assert field.state is FieldState.REFUSED


@pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing)", extend=True)
def test_enter_takes_the_only_entry_that_was_found_while_the_list_is_open(qtbot: QtBot) -> None:
    """The open list has the keyboard and gives keys to the line past its event filters."""
    choices = [("SSc", "Systemic sclerosis"), ("lcSSc", "Limited cutaneous systemic sclerosis")]
    field = ChoiceField("ctd", "CTD", choices, searchable=True)
    qtbot.addWidget(field)
    line, finder = field.lineEdit(), field.completer()
    assert line is not None
    field.show()
    line.setFocus()
    qtbot.keyClicks(line, "limited")
    popup = finder.popup()
    qtbot.waitUntil(popup.isVisible)
    with qtbot.waitSignal(field.accepted):
        enter(qtbot, popup)
    assert (field.value(), popup.isVisible()) == ("lcSSc", False)


@pytest.mark.parametrize(("typed", "code"), [("lcssc", "lcSSc"), ("SSc", "SSc"), ("ssc sine", "SSc_sine")])
def test_a_searchable_choice_takes_the_short_name_of_the_field(qtbot: QtBot, typed: str, code: str) -> None:
    choices = [
        ("SSc", "Systemic sclerosis"),
        ("lcSSc", "Limited cutaneous systemic sclerosis"),
        ("SSc_sine", "Systemic sclerosis sine scleroderma"),
    ]
    field = ChoiceField("ctd", "CTD", choices, searchable=True)
    qtbot.addWidget(field)
    line = field.lineEdit()
    assert line is not None
    qtbot.keyClicks(line, typed)
    with qtbot.waitSignal(field.accepted):
        enter(qtbot, line)
    assert field.value() == code
    assert field.currentText() == dict(choices)[code]
