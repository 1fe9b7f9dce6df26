"""The decision box of the page: lines to write on before the meeting, what was decided after it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ctdild_desktop.figures.layout import Box
from ctdild_desktop.reports.mdt_boxes import LEADING, PAD
from ctdild_desktop.reports.paper import Grey, Paper
from ctdild_desktop.reports.typesetting import Face, Line, Run, width_of, wrap
from ctdild_desktop.services.page_decision import PRESENT_ROLES, PageDecision
from ctdild_desktop.services.page_words import Words

_LEAST, _MOST = 97.0, 240.0
_CONFIDENCE = (
    ("definite", "≥ 90"),
    ("high", "70–89"),
    ("low", "51–69"),
    ("unclassifiable", "unclassifiable"),
)
_SIDE = 7.5
_NAMED = 4
"""Lines of room from which those present are named; the minutes name them anyhow."""


class DecisionBox:
    """The box of the decision; ``least`` and ``most`` are the heights between which it is drawn well.

    Args:
        decision: what was decided; None leaves lines to write on.
        room: lines that each of the longer texts may take; names are left out where there is little.
    """

    def __init__(
        self, decision: PageDecision | None, changed: str, width: float, room: int, words: Words
    ) -> None:
        self._decision, self._words = decision, words
        self._width = width - 2 * PAD
        self._changed = (
            wrap([Run(f"{words('Changed since signing:')} ", Face.BOLD), Run(changed)], self._width, most=2)[
                0
            ]
            if changed
            else ()
        )
        self._diagnosis: tuple[Line, ...] = ()
        self._lines: tuple[Line, ...] = ()
        if decision is not None:
            self._diagnosis = self._typed(((words("Diagnosis"), decision.diagnosis, min(2, room)),))
            folded = len(decision.addenda) - 1
            earlier = words("+ {folded} earlier", folded=folded) if folded > 0 else ""
            self._lines = self._typed(
                (
                    (words("Reason"), decision.reason, min(2, room)),
                    (words("Recommendation"), decision.recommendation, room),
                    (words("Action, owner, due"), decision.actions, room),
                    (words("Dissent"), decision.dissent, min(2, room)),
                    (words("Next"), decision.next, 1),
                    *((earlier, text, min(2, room)) for text in decision.addenda[-1:]),
                    (words("Present"), decision.names if room >= _NAMED else "", 2),
                )
            )
        added = LEADING * len(self._changed)
        self.least = (self._filled_height() if decision is not None else _LEAST) + added
        self.most = (self.least - added + 24 if decision is not None else _MOST) + added

    def _typed(self, rows: Sequence[tuple[str, str, int]]) -> tuple[Line, ...]:
        return tuple(
            line
            for label, text, most in rows
            if text
            for line in wrap([Run(f"{label} "), Run(text, Face.BOLD)], self._width, most=most)[0]
        )

    @property
    def _count(self) -> int:
        return 3 + len(self._diagnosis) + len(self._lines)

    def _filled_height(self) -> float:
        return 14 + LEADING * self._count

    def draw(self, paper: Paper, box: Box) -> None:
        """Draw into a box of at least :attr:`least`."""
        paper.rectangle(box, weight=1.1)
        bottom = box.y1 - LEADING * len(self._changed)
        y = bottom + LEADING - 4
        for line in self._changed:
            paper.line_of_runs(box.x0 + PAD, y, line)
            y += LEADING
        inner = Box(box.x0, box.y0, box.x1, bottom)
        if self._decision is None:
            self._draw_empty(paper, inner)
        else:
            self._draw_filled(paper, inner, self._decision)

    def _head(self, paper: Paper, box: Box, y: float, title: str, confidence: str) -> None:
        words = self._words
        left, right = box.x0 + PAD, box.x1 - PAD
        paper.text(left, y, title, face=Face.BOLD)
        labels = [(code, words(label)) for code, label in _CONFIDENCE]
        start = right - sum(width_of(label) + 20 for _code, label in labels) - width_of(words("Confidence %"))
        paper.text(start, y, words("Confidence %"))
        draw_ticks(paper, start + width_of(words("Confidence %")), y, labels, {confidence})

    def _verdicts(self, paper: Paper, left: float, y: float, verdict: str) -> None:
        words = self._words
        end = paper.text(left, y, words("Verdict")).x1
        labels = (
            ("progressing", words("progressing")),
            ("stable", words.of("team_verdict", "stable")),
            ("improved", words("improved")),
            ("cannot_tell", words("cannot tell")),
        )
        draw_ticks(paper, end, y, labels, {verdict})

    def _present(self, paper: Paper, left: float, y: float, present: Collection[str]) -> None:
        words = self._words
        end = paper.text(left, y, words("Present")).x1
        short = (words("resp"), words("rheum"), words("rad"), words("path"), words.of("page", "nurse"))
        draw_ticks(paper, end, y, tuple(zip(PRESENT_ROLES, short, strict=True)), present)

    def _draw_empty(self, paper: Paper, box: Box) -> None:
        """Five lines evenly over the height of the box."""
        words = self._words
        step = (box.y1 - box.y0 - 21) / 5
        left, right = box.x0 + PAD, box.x1 - PAD
        y = box.y0 + 13
        self._head(paper, box, y, words("DECISION TODAY"), "")
        y += step
        _rule(paper, left, right, y, words("Diagnosis"))
        y += step
        self._verdicts(paper, left, y, "")
        y += step
        _rule(paper, left, right, y, words("Recommendation"))
        y += step
        _rule(paper, left, right, y, words("Action, owner, due"))
        y += step
        self._present(paper, left, y, ())
        _rule(paper, right - 95, right, y, words("Date"))
        _rule(paper, right - 230, right - 101, y, words("Signed"))

    def _draw_filled(self, paper: Paper, box: Box, decision: PageDecision) -> None:
        """What was typed, ticks as filled squares, who was there and who signed."""
        words = self._words
        left, right = box.x0 + PAD, box.x1 - PAD
        step = (box.y1 - box.y0 - 14) / self._count
        y = box.y0 + 13
        self._head(paper, box, y, words("DECISION OF {date}", date=decision.date), decision.confidence)
        for line in self._diagnosis:
            y += step
            paper.line_of_runs(left, y, line)
        y += step
        self._verdicts(paper, left, y, decision.verdict)
        for line in self._lines:
            y += step
            paper.line_of_runs(left, y, line)
        y += step
        self._present(paper, left, y, decision.present)
        signed = f"{decision.signed_by} {decision.signed_on}".strip() or words("not recorded")
        label = width_of(f"{words('Signed')} ")
        end = paper.text(right, y, signed, face=Face.BOLD, align="right", width=190).x0
        paper.text(end - label, y, words("Signed"))


def draw_ticks(
    paper: Paper, x: float, y: float, labels: Sequence[tuple[str, str]], ticked: Collection[str]
) -> None:
    """Squares with their labels; a ticked one is solid with a white cross."""
    for code, label in labels:
        x += 9
        square = Box(x, y - 7, x + _SIDE, y + 0.5)
        if code in ticked:
            paper.rectangle(square, fill=Grey.BLACK, weight=0.9)
            for start, end in ((square.y0, square.y1), (square.y1, square.y0)):
                rise = 1.4 if start < end else -1.4
                paper.line(x + 1.4, start + rise, x + _SIDE - 1.4, end - rise, weight=1.1, ink=Grey.WHITE)
        else:
            paper.rectangle(square, weight=0.9)
        x = paper.text(x + 11, y, label).x1


def _rule(paper: Paper, left: float, right: float, y: float, label: str) -> None:
    end = paper.text(left, y, label).x1
    paper.line(end + 4, y + 2, right, y + 2)
