"""Files that nobody here wrote, through the window: right values, or the right reason."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from ctdild_desktop.services import patients
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.imports.import_page import ImportPage
from ctdild_desktop.ui.jobs import ImmediateRunner
from tests.support.desks import copied_desk
from tests.support.fake_ask import FakeAsk
from tests.support.messages import real

pytestmark = pytest.mark.real_files


@pytest.fixture
def desk(empty_registry: Path, tmp_path: Path) -> Iterator[Desk]:
    made = copied_desk(empty_registry, tmp_path)
    yield made
    made.close()


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> ImportPage:
    made = ImportPage(desk, ImmediateRunner(), FakeAsk())
    qtbot.addWidget(made)
    made.resize(1298, 690)
    made.show()
    return made


def button(page: ImportPage, name: str) -> QPushButton:
    found = page.findChild(QPushButton, name)
    assert isinstance(found, QPushButton), name
    return found


def summary(page: ImportPage) -> str:
    label = page.findChild(QLabel, "import_summary")
    assert isinstance(label, QLabel)
    return label.text()


@pytest.mark.parametrize(
    ("name", "mrn", "litres"),
    [
        ("ndd_easyonpc.xml", "12345678", "4.9745"),
        ("vitalograph.gdt", "CHARLY1", "3.61"),
        ("pftlab_oru_r01.hl7", "0999995", "2.2"),
    ],
)
def test_a_message_that_says_its_patient_goes_in_and_out_again(
    page: ImportPage, desk: Desk, name: str, mrn: str, litres: str
) -> None:
    page.choose_files((real(name),))
    button(page, "import_run").click()
    found = patients.by_mrn(desk, mrn)
    assert found is not None, summary(page)
    (test,) = found.tests
    assert test.fvc_l == Decimal(litres)
    button(page, "import_undo").click()
    assert patients.by_mrn(desk, mrn) is None


@pytest.mark.parametrize("name", ["mir_winspiro.wsp", "fhir_r4_pft_bundle.json"])
def test_a_message_that_says_nobody_asks_whose_it_is(page: ImportPage, desk: Desk, name: str) -> None:
    page.choose_files((real(name),))
    assert not button(page, "import_run").isEnabled()
    kinds = [page.rows.index(row, 0).data(page.rows.KIND) for row in range(page.rows.rowCount())]
    assert "asks" in {str(kind) for kind in kinds}, kinds
    assert patients.list_patients(desk) == ()


def test_a_trial_without_our_column_names_asks_for_a_mapping(page: ImportPage, desk: Desk) -> None:
    page.choose_files((real("scleroderma_lung_study.csv"),))
    assert not button(page, "import_run").isEnabled()
    assert "mrn" in summary(page)
    page.use_mapping_file(Path(__file__).parents[1] / "data" / "scleroderma_lung_study.toml")
    button(page, "import_valid").click()
    assert len(patients.list_patients(desk)) == 140
