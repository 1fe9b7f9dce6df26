"""A patient's whole record as FHIR, through the import page by its buttons."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton, QTableView
from pytestqt.qtbot import QtBot

from ctdild_desktop.interchange.fhir_out import bundle_line
from ctdild_desktop.services import patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.imports.import_page import ImportPage
from ctdild_desktop.ui.jobs import ImmediateRunner
from tests.support import holloway
from tests.support.desks import copied_desk
from tests.support.fake_ask import FakeAsk
from tests.support.fhir_bundles import WRITING


@pytest.fixture
def desk(empty_registry: Path, tmp_path: Path) -> Iterator[Desk]:
    made = copied_desk(empty_registry, tmp_path)
    yield made
    made.close()


def test_the_records_of_every_kind_are_previewed_and_imported(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "fhir-0001.ndjson"
    file.write_bytes(bundle_line(holloway.record(), WRITING))
    page = ImportPage(desk, ImmediateRunner(), FakeAsk())
    qtbot.addWidget(page)
    page.resize(1298, 690)
    page.show()
    page.choose_files((file,))
    table = page.findChild(QTableView, "import_preview")
    assert isinstance(table, QTableView)
    model = table.model()
    shown = [
        " ".join(str(model.index(row, column).data() or "") for column in range(model.columnCount()))
        for row in range(model.rowCount())
    ]
    for words in ("14.06.2021: FVC 2.48 L", "Rituximab", "Nausea", "HOLLOWAY"):
        assert any(words in line for line in shown), words
    (line,) = [row for row, words in enumerate(shown) if "Rituximab" in words][:1]
    table.selectRow(line)
    values = page.findChild(QTableView, "import_values")
    assert isinstance(values, QTableView)
    cells = values.model()
    told = {
        cells.index(row, 4).data(): (cells.index(row, 1).data(), cells.index(row, 3).data())
        for row in range(cells.rowCount())
    }
    assert told["Drug"] == ("rituximab", "Rituximab")
    assert ("2023-11-06", "06.11.2023") in told.values()
    button = page.findChild(QPushButton, "import_run")
    assert isinstance(button, QPushButton)
    button.click()
    found = patients.by_mrn(desk, holloway.patient().mrn)
    assert found is not None
    assert (len(found.tests), len(found.therapy), len(found.hrct)) == (15, 4, 4)
