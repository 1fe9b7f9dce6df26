"""F1 on a verdict or its reason opens the manual at that criterion."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton, QWidget

from ctdild_desktop.clinical.criteria import CRITERIA
from ctdild_desktop.manual.books import Manual
from ctdild_desktop.ui.help.context import OF_CRITERIA
from ctdild_desktop.ui.help.opening import open_manual
from ctdild_desktop.ui.jobs import JobRunner
from tests.support.fake_ask import FakeAsk


def test_every_criterion_has_its_place_in_the_guide() -> None:
    for language in ("en", "es"):
        manual = Manual(language)
        for one in CRITERIA:
            target = manual.find(f"{OF_CRITERIA}#{one.id.lower()}")
            assert target is not None
            assert target.page.source == f"guide/{language}/15-criteria.md"
            assert target.anchor == one.id.lower()


def test_f1_on_a_criterion_opens_what_it_says(qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    mark = QPushButton("PPF 2022", window)
    mark.setObjectName("chip_PPF2022")
    window.show()
    mark.setFocus()
    qtbot.waitUntil(mark.hasFocus)
    manual = open_manual(window, JobRunner(window), FakeAsk())
    qtbot.waitUntil(lambda: manual.shown is not None)
    assert manual.shown is not None
    assert manual.shown.anchor == "ppf2022"
    manual.reject()


@pytest.mark.parametrize("name", ["chip_own-threshold", "why_panel"])
def test_f1_elsewhere_opens_the_page_of_the_place(qtbot, name: str) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    mark = QPushButton("FVC", window)
    mark.setObjectName(name)
    window.show()
    mark.setFocus()
    qtbot.waitUntil(mark.hasFocus)
    manual = open_manual(window, JobRunner(window), FakeAsk(), "mdt")
    qtbot.waitUntil(lambda: manual.shown is not None)
    assert manual.shown is not None
    assert manual.shown.page.source == "guide/en/05-mdt.md"
    manual.reject()
