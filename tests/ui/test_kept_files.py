"""What was chosen and typed for an import or an export is there after a lock and after a kill."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton, QTableView, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from ctdild_desktop.app import Program, build_window, close_window
from ctdild_desktop.config import Settings
from ctdild_desktop.services import access, drafts, patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.ask import WindowAsk
from ctdild_desktop.ui.exports.export_page import ExportPage
from ctdild_desktop.ui.imports.report_import import ImportWithReports
from ctdild_desktop.ui.jobs import ImmediateRunner, JobRunner
from ctdild_desktop.ui.workbench import Workbench
from tests.support import holloway
from tests.support.desks import LOGIN, PASSPHRASE, Clock, fill
from tests.support.fake_ask import FakeAsk
from tests.support.late_runner import LateRunner
from tests.support.locking import Secret, signed_in, unlock
from tests.support.messages import DAY, gdt, value
from tests.support.programs import end
from tests.ui.test_idle import Seconds
from tests.ui.test_killed_typing import killed_now

TABLE = "mrn,day,fvc_l\nP9,370,2.51\n"
NEW_TEST = "mrn,test_date,fvc_l\nP9,2024-05-06,2.51\n"


@pytest.fixture
def program(qapp: QApplication, desk: Desk, tmp_path: Path) -> Iterator[Program]:
    yield from signed_in(qapp, desk, Secret(), Seconds(), tmp_path)


def part(inside: QWidget, kind: type[Any], name: str) -> Any:
    found = inside.findChild(kind, name)
    assert found is not None, name
    return found


def summary(inside: QWidget) -> str:
    return part(inside, QLabel, "import_summary").text()


def import_page(bench: Workbench) -> ImportWithReports:
    return part(bench.window, ImportWithReports, "import_page")


def what_happens(inside: QWidget) -> list[tuple[str, str]]:
    model = part(inside, QTableView, "import_preview").model()
    return [(model.index(row, 3).data(), model.index(row, 4).data()) for row in range(model.rowCount())]


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def nobodys(folder: Path) -> Path:
    return written(folder, "a.gdt", gdt(*DAY, *value("FVC", "2310", "mL")))


def typed_mapping(inside: QWidget) -> tuple[str, str, str]:
    texts = (part(inside, QLineEdit, name).text() for name in ("mapping_name", "mapping_origin"))
    return (*texts, part(inside, QComboBox, "mapping_origin_column").text_value())


def test_whose_a_test_is_stays_decided_through_a_lock(
    program: Program, qtbot: QtBot, keyboard: Any, tmp_path: Path
) -> None:
    bench = program.bench
    assert bench is not None
    with qtbot.waitActive(bench.window):
        bench.window.activateWindow()
    mrn = patients.list_patients(bench.desk)[0].mrn
    keyboard.ctrl(Qt.Key.Key_I)
    import_page(bench).choose_files((nobodys(tmp_path),))
    assert keyboard.focus() == "import_find"
    keyboard.line(mrn)
    (before,) = what_happens(bench.window)
    assert before[0] == "new test"
    bench.act("lock")
    unlock(program, LOGIN, PASSPHRASE, qtbot)
    again = program.bench
    assert again is not None
    assert again.window.shown == "import"
    assert what_happens(again.window) == [before]
    part(again.window, QPushButton, "import_run").click()
    assert summary(again.window) == "Imported 1 new test."
    assert drafts.load_draft(again.desk, "import", None) is None


def test_a_mapping_half_typed_is_there_after_a_kill(
    bench: Workbench, keyboard: Any, ask: FakeAsk, clock: Clock, tmp_path: Path
) -> None:
    ask.files.append((written(tmp_path, "tests.csv", TABLE),))
    keyboard.ctrl(Qt.Key.Key_I)
    keyboard.press(Qt.Key.Key_Space)
    assert part(bench.window, QPushButton, "import_edit_mapping").isChecked()
    part(bench.window, QLineEdit, "mapping_name").setFocus()
    keyboard.type("Blow")
    column = part(bench.window, QComboBox, "mapping_origin_column")
    column.set_text("day")
    part(bench.window, QLineEdit, "mapping_origin").setFocus()
    keyboard.line("1.1.20")
    copy = killed_now(bench.desk, tmp_path / "copy")
    again = access.unlock(copy, login=LOGIN, passphrase=PASSPHRASE, clock=clock)
    window = build_window(again, ImmediateRunner(), ask)
    window.act("import")
    assert typed_mapping(window.window) == typed_mapping(bench.window)
    assert typed_mapping(window.window)[0] == "Blow"
    part(window.window, QLineEdit, "mapping_origin").set_text("01.01.2020")
    import_page(window).editor.changed.emit()
    part(window.window, QPushButton, "import_preview_again").click()
    assert what_happens(window.window) == [("new test", "P9 (new)")]
    close_window(window)
    again.close()


def test_a_file_that_is_gone_or_changed_is_told_and_its_choices_wait(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    fill(desk, holloway.record())
    path = nobodys(tmp_path)
    content = path.read_bytes()

    def page() -> ImportWithReports:
        made = ImportWithReports(desk, ImmediateRunner(), FakeAsk())
        qtbot.addWidget(made)
        made.resize(1298, 690)
        made.show()
        made.come_back()
        return made

    first = page()
    first.choose_files((path,))
    qtbot.keyClicks(part(first, QLineEdit, "import_find"), holloway.record().patient.mrn)
    part(first, QPushButton, "import_give").click()
    chosen = what_happens(first)
    path.unlink()
    second = page()
    assert summary(second) == "There is no file a.gdt in that folder."
    path.write_bytes(content)
    part(second, QPushButton, "import_preview_again").click()
    assert what_happens(second) == chosen
    path.write_bytes(content.replace(b"2310", b"2320"))
    third = page()
    assert summary(third).splitlines() == [
        "Changed since they were chosen: a.gdt.",
        "1 row   ·   1 test waits for its patient",
    ]


def test_a_mapping_of_another_version_is_refused_in_words(desk: Desk, qtbot: QtBot) -> None:
    typed = {"name": "Blow", "toml": "nonsense = 1", "tables": [], "table": "pft", "fields": {}}
    drafts.save_draft(desk, "import", None, {"mapping": json.dumps(typed)})
    page = ImportWithReports(desk, ImmediateRunner(), FakeAsk())
    qtbot.addWidget(page)
    page.come_back()
    assert summary(page) == "The mapping cannot be used: unknown key nonsense."


@pytest.mark.parametrize("finished", [True, False])
def test_what_became_of_an_import_is_said_when_its_page_went_before_the_answer(
    desk: Desk, qtbot: QtBot, tmp_path: Path, finished: bool
) -> None:
    runner = LateRunner(all_wait=True)
    page = ImportWithReports(desk, runner, FakeAsk())
    page.choose_files((written(tmp_path, "tests.csv", NEW_TEST),))
    runner.go_on_to_the_end()
    part(page, QPushButton, "import_run").click()
    delete(page)
    runner.go_on()
    if finished:
        runner.go_on_to_the_end()
    again = ImportWithReports(desk, ImmediateRunner(), FakeAsk())
    qtbot.addWidget(again)
    again.come_back()
    if finished:
        assert summary(again) == "The import that was under way was finished: 1 new test, 1 new patient."
        assert drafts.load_draft(desk, "import", None) is None
    else:
        assert summary(again).splitlines()[0] == (
            "The import that was under way was given up; nothing of it was written."
        )
        assert what_happens(again) == [("new test", "P9 (new)")]


def test_the_typing_of_an_export_is_there_after_a_kill(
    bench: Workbench, keyboard: Any, ask: FakeAsk, clock: Clock, tmp_path: Path
) -> None:
    keyboard.ctrl(Qt.Key.Key_J, shift=True)
    part(bench.window, QWidget, "export_who_chosen").click()
    part(bench.window, QWidget, "export_identity_named").click()
    part(bench.window, QWidget, "export_mrns").setFocus()
    keyboard.line("DEMO-0417")
    part(bench.window, QWidget, "export_reason").setFocus()
    keyboard.line("audit of the year")
    copy = killed_now(bench.desk, tmp_path / "copy")
    again = access.unlock(copy, login=LOGIN, passphrase=PASSPHRASE, clock=clock)
    window = build_window(again, ImmediateRunner(), ask)
    window.act("export")
    texts = [part(window.window, QLineEdit, name).text() for name in ("export_mrns", "export_reason")]
    assert texts == ["DEMO-0417", "audit of the year"]
    assert part(window.window, QWidget, "export_identity_named").isChecked()
    assert part(window.window, QLabel, "export_state").text().startswith("What was typed at")
    close_window(window)
    again.close()


def test_an_export_that_ended_while_its_page_was_away_is_told_and_its_draft_goes(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    fill(desk, holloway.record())
    runner = LateRunner(all_wait=True)
    page = ExportPage(desk, runner, FakeAsk())
    page.export_into(tmp_path)
    delete(page)
    runner.go_on_to_the_end()
    again = ExportPage(desk, ImmediateRunner(), FakeAsk())
    qtbot.addWidget(again)
    again.come_back()
    assert part(again, QLabel, "export_state").text() == (
        "The export that was under way was finished: ctdild-export 2026-03-12."
    )
    assert drafts.load_draft(desk, "export", None) is None


def test_a_lock_lets_an_import_end_and_gives_an_export_up_and_both_are_told(
    qtbot: QtBot, qapp: QApplication, desk: Desk, tmp_path: Path
) -> None:
    fill(desk, holloway.record())
    path = desk.registry.path
    desk.close()
    runner = JobRunner()
    settings = Settings(registry=path, login=LOGIN, source=tmp_path / "settings.toml")
    program = Program(qapp, settings, runner, WindowAsk())
    program.begin(login=LOGIN, passphrase=PASSPHRASE)
    qtbot.waitUntil(lambda: program.bench is not None and runner.pending == 0)

    def locked_and_back() -> QWidget:
        program.bench.act("lock")
        unlock(program, LOGIN, PASSPHRASE, qtbot)
        qtbot.waitUntil(lambda: runner.pending == 0)
        return program.bench.window

    program.bench.act("import")
    page = import_page(program.bench)
    page.choose_files((written(tmp_path, "tests.csv", NEW_TEST),))
    ready = part(page, QPushButton, "import_run")
    qtbot.waitUntil(ready.isEnabled)
    ready.click()
    window = locked_and_back()
    assert summary(window) == "The import that was under way was finished: 1 new test, 1 new patient."

    program.bench.act("export")
    qtbot.waitUntil(lambda: runner.pending == 0)
    out = tmp_path / "out"
    out.mkdir()
    part(program.bench.window, ExportPage, "export_page").export_into(out)
    window = locked_and_back()
    assert (
        part(window, QLabel, "export_state")
        .text()
        .startswith("The export that was under way was given up; nothing was written.")
    )
    assert list(out.iterdir()) == []
    end(program)
