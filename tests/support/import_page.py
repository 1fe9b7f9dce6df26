"""The import page alone, its parts by name, and what it asked and announced."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
)
from pytestqt.qtbot import QtBot

from ctdild_desktop.bundled import resources
from ctdild_desktop.services import patients
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.ui.imports.import_page import ImportPage
from ctdild_desktop.ui.jobs import ImmediateRunner, Runner
from tests.support.fake_ask import FakeAsk

SAMPLE = resources() / "demo" / "sample_tests.csv"
MAPPING = resources() / "demo" / "sample_mapping.toml"


class Shown:
    """The page with what it asked and announced, and its parts by name."""

    def __init__(self, desk: Desk, qtbot: QtBot, runner: Runner | None = None) -> None:
        self.ask = FakeAsk()
        self.page = ImportPage(desk, runner or ImmediateRunner(), self.ask)
        self.done: list[Done[Any]] = []
        self.page.imported.connect(self.done.append)
        qtbot.addWidget(self.page)
        self.page.resize(1298, 690)
        self.page.show()

    def button(self, name: str) -> QPushButton:
        found = self.page.findChild(QPushButton, name)
        assert isinstance(found, QPushButton), name
        return found

    def field(self, name: str) -> QLineEdit:
        found = self.page.findChild(QLineEdit, name)
        assert isinstance(found, QLineEdit), name
        return found

    def choose(self, name: str, code: str) -> None:
        combo = self.page.findChild(QComboBox, name)
        assert isinstance(combo, QComboBox), name
        index = combo.findData(code)
        assert index >= 0, code
        combo.setCurrentIndex(index)
        combo.activated.emit(index)

    @property
    def summary(self) -> str:
        label = self.page.findChild(QLabel, "import_summary")
        assert isinstance(label, QLabel)
        return label.text()

    @property
    def lines(self) -> list[list[str]]:
        table = self.page.findChild(QTableView, "import_preview")
        assert isinstance(table, QTableView)
        model = table.model()
        return [
            [str(model.index(row, column).data() or "") for column in range(2, model.columnCount())]
            for row in range(model.rowCount())
        ]


def write(folder: Path, text: str) -> Path:
    path = folder / "tests.csv"
    path.write_text(text, encoding="utf-8")
    return path


def count(desk: Desk) -> int:
    return len(patients.list_patients(desk))
