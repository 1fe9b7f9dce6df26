"""Words of the report of quality."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.core_set import State
from ctdild_desktop.clinical.quality.lines import Line
from ctdild_desktop.clinical.quality.report import Counts
from ctdild_desktop.services.quality import Quality


def _tr(text: str) -> str:
    return QCoreApplication.translate("QualityPage", text)


def state_words(state: State | None, *, check: bool) -> str:
    """What is known of one answer; empty for what is in no number."""
    if state is None:
        return ""
    if check:
        return {
            State.GOOD: _tr("in order"),
            State.SAID: _tr("cannot tell"),
            State.LACKING: _tr("found"),
        }[state]
    return {
        State.GOOD: _tr("recorded"),
        State.SAID: _tr("not known"),
        State.LACKING: _tr("missing"),
    }[state]


def heads(*, check: bool) -> tuple[str, ...]:
    """The heads above the counts of a line."""
    if check:
        return (_tr("Looked at"), _tr("In order"), _tr("Cannot tell"), _tr("Found"), _tr("% found"))
    return (_tr("Expected"), _tr("Recorded"), _tr("Not known"), _tr("Missing"), _tr("% recorded"))


def cells(counts: Counts, *, check: bool) -> tuple[str, ...]:
    """The counts of a line; a dash for the percentage of nothing."""
    percent = counts.percent(counts.lacking if check else counts.good)
    return (
        str(counts.expected),
        str(counts.good),
        str(counts.said),
        str(counts.lacking),
        "–" if percent is None else f"{wording.number(percent, 1)} %",
    )


def definition_words(line: Line) -> str:
    """Of what a line is counted, what it is needed for, how it is entered, and how its bar is read."""
    bar = _tr("Bar: solid recorded, hatched not known, empty missing.")
    if line.check:
        bar = _tr("Bar: solid in order, hatched cannot tell, empty found.")
    told = _tr("{what} · source: {source}").format(what=line.definition, source=line.source)
    parts = [told, _tr("No form asks for it; it comes with an import.") if line.by_import else "", bar]
    return " · ".join(filter(None, parts))


def facts_words(found: Quality) -> str:
    """Whom the numbers are about, and of which moment they are."""
    moment = found.read_at.astimezone()
    return _tr("{counted} of {all} patients · read {day} {time} · end of the audit trail {head}").format(
        counted=found.tally.counted,
        all=found.patients,
        day=wording.day(moment.date()),
        time=f"{moment:%H:%M}",
        head=found.head,
    )
