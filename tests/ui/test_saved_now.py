"""What saving would change: one line for each reason, and nothing left out in a low window."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from ctdild_desktop.services.pft import PftPreview, preview_pft
from ctdild_desktop.ui.pft.saved_now import SavedNow, together
from tests.support import holloway


@pytest.fixture
def preview() -> PftPreview:
    """The latest test of the invented patient as if it were being typed."""
    record = holloway.record()
    return preview_pft(record, record.tests[-1], None, holloway.TODAY)


def test_changed_verdicts_come_first_and_one_reason_has_one_line(preview: PftPreview) -> None:
    lines = [[change.assessment.title for change in line] for line in together(preview.verdicts)]
    assert lines[:2] == [["FVC fall > 10 %"], ["INBUILD", "OMERACT", "Erice"]]
    assert sorted(title for line in lines[2:] for title in line) == ["DLCO fall > 15 %", "PPF 2022", "RELIEF"]


@pytest.mark.parametrize(("height", "whole"), [(690, 3), (728, 5), (900, 5)])
def test_a_low_window_gives_the_rest_one_line_together(
    qtbot: QtBot, preview: PftPreview, height: int, whole: int
) -> None:
    panel = SavedNow()
    qtbot.addWidget(panel)
    panel.resize(540, 728)
    panel.show()
    panel.show_preview(preview)
    panel.resize(540, height)
    QApplication.processEvents()
    lines = panel.lines
    rest = [one for one in panel.findChildren(QLabel, "saved_now_rest") if one.isVisible()]
    told = " ".join([*(line.accessibleName() for line in lines), *(one.toolTip() for one in rest)])
    for change in preview.verdicts:
        applies = change.assessment.title not in ("EUSTAR", "MCID (SSc)")
        assert (change.assessment.title in told) is applies
    assert len(lines) == whole
    assert lines[1].title == "INBUILD, 2 more"
    assert lines[1].word == "becomes MET"


def test_a_long_reason_takes_a_second_line_where_there_is_room(qtbot: QtBot, preview: PftPreview) -> None:
    panel = SavedNow()
    qtbot.addWidget(panel)
    panel.resize(1200, 900)
    panel.show()
    panel.show_preview(preview)
    (one,) = {line.sizeHint().height() for line in panel.lines}
    panel.resize(430, 900)
    QApplication.processEvents()
    cut = [line.is_cut_in(panel.width()) for line in panel.lines]
    assert any(cut)
    assert [line.sizeHint().height() for line in panel.lines] == [one * (1 + each) for each in cut]
