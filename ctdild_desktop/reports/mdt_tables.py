"""The tables of the MDT page: the latest tests, the criteria, and therapy with adverse events."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.figures.layout import Box
from ctdild_desktop.reports.mdt_boxes import LEADING, PAD
from ctdild_desktop.reports.paper import Grey, Paper
from ctdild_desktop.reports.table import GAP, ROW, Column, column_widths, draw_table
from ctdild_desktop.reports.typesetting import GLUE, Face, Line, Run, glued, width_of, wrap
from ctdild_desktop.services.page_words import Words
from ctdild_desktop.services.pages import MdtPageData, PageCriterion, PageTest, PageTherapy

_GRAVE = re.compile(r"(\bG[345]\b(?: (?:serious|grave))?|\b(?:serious|grave)\b)")
_SHORTENED = re.compile(r"^[^\W\d]+\. ")
"""A shortened word before the measure, as Spanish has it for a fall."""
_GLYPH = 13.0
_LEAST_DETAIL = 60.0
_NEVER = 1000
_LONG_NAME = 90.0
_MOST_SHARE = 0.62
_ALL, _EVENT_LINES = 8, 4
_CUT = 10.0
"""Height that a cut of one point is worth."""
_NO_ROLE = 2
_CENTURY = re.compile(r"\b(\d\d[./])(?:19|20)(\d\d)\b")
"""Month and year where the month stands first."""

_TESTS = (
    ("Date", "", False, False),
    ("L", "FVC", True, True),
    ("LLN", "FVC", True, False),
    ("z", "FVC", True, False),
    ("%", "FVC", True, True),
    ("to prev", "FVC", True, False),
    ("", "DLCO", True, True),
    ("z", "DLCO", True, False),
    ("%", "DLCO", True, True),
    ("Hb-corr", "DLCO", True, False),
    ("to prev", "DLCO", True, False),
    ("", "Hb", True, False),
    ("SpO₂", "", True, False),
    ("mMRC", "", True, False),
    ("Qual.", "", False, False),
)


class TestsBox:
    """The latest tests, newest first."""

    __test__ = False

    def __init__(self, data: MdtPageData, most: int, words: Words) -> None:
        self._words = words
        self._tests = data.tests[:most]
        older = data.older_tests + len(data.tests) - len(self._tests)
        note = Column(
            words("+ {older} older", older=older) if older else words("Note"), right=False, elastic=True
        )
        names = {
            "FVC": words("FVC"),
            "Hb": words("Hb"),
            "DLCO": words("DLCO, {dlco_unit}", dlco_unit=data.dlco_unit) if data.dlco_unit else words("DLCO"),
        }
        columns = [
            Column(
                data.hb_unit if group == "Hb" else words(head or "value"),
                group=names.get(group, ""),
                right=right,
                bold=bold,
            )
            for head, group, right, bold in _TESTS
        ]
        self._columns = (*columns, note)
        self.height = ROW * (2 + max(1, len(self._tests)))

    def draw(self, paper: Paper, box: Box) -> None:
        """Draw into a box of at least :attr:`height`."""
        edges = draw_table(paper, box, self._columns, [_cells(test, self._words) for test in self._tests])
        for number, test in enumerate(self._tests):
            y = box.y0 + (2 + number) * ROW + 9
            for measure, why in _not_done(test, self._words):
                own = [edge for edge, row in zip(edges, _TESTS, strict=False) if row[1] == measure]
                left, right = own[0][0], own[-1][1]
                paper.text(left + 4, y, why, width=right - left - 4, ink=Grey.TEXT2)
        if not self._tests:
            paper.text(box.x0 + GAP, box.y0 + 2 * ROW + 9, self._words("No lung-function test recorded."))
        paper.rectangle(box, edge=Grey.EDGE)


def _not_done(test: PageTest, words: Words) -> list[tuple[str, str]]:
    """Why a measure is missing, to be said in the place of its numbers."""
    empty = {"FVC": not test.fvc_l and not test.fvc_percent, "DLCO": not test.dlco and not test.dlco_percent}
    return [
        (measure, part.removeprefix(f"{words(measure)} "))
        for part in test.note.split("; ")
        for measure in ("FVC", "DLCO")
        if empty[measure] and _read(part, "{name} not done: {absent}", words).get("name") == words(measure)
    ]


def _note(test: PageTest, words: Words) -> str:
    """The note in as few words as the column has room for; the chart says the rest."""
    said = {f"{words(measure)} {why}" for measure, why in _not_done(test, words)}
    parts = [part for part in test.note.split("; ") if part not in said]
    pairs = [few for part in parts if (few := _few(part, words))]
    told = [_shorter(part, words) for part in parts if part and not _few(part, words)]
    return "; ".join([*told, *([words("pair: {pairs}", pairs=", ".join(pairs))] if pairs else [])])


def _few(part: str, words: Words) -> str:
    """``PPF``, or ``FVC + 2`` when further criteria have the same reference; empty when it is no pair."""
    several = _read(part, "pair of {title} and {more} more", words)
    title = several.get("title") or _read(part, "pair of {title}", words).get("title", "")
    title = _SHORTENED.sub("", title)
    return title.split()[0] + (f" + {several['more']}" if several else "") if title else ""


def _shorter(part: str, words: Words) -> str:
    if _read(part, "reference set {named}", words):
        return words("new set")
    why = _read(part, "excluded: {why}", words).get("why")
    return words("excl.: {why}", why=why) if why else part


def _read(part: str, template: str, words: Words) -> dict[str, str]:
    """The values of a note that was said by this template; empty when it was not."""
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(words(template)))
    found = re.fullmatch(pattern, part)
    return found.groupdict() if found else {}


def _cells(test: PageTest, words: Words) -> tuple[str, ...]:
    """The row; a dash says that a value is not recorded, unless the reason stands in its place."""
    said = {measure for measure, _why in _not_done(test, words)}
    values = (
        test.date,
        test.fvc_l,
        test.fvc_lln,
        test.fvc_z,
        test.fvc_percent,
        test.fvc_to_previous,
        test.dlco,
        test.dlco_z,
        test.dlco_percent,
        test.dlco_hb_percent,
        test.dlco_to_previous,
        test.hb,
        test.spo2,
        test.mmrc,
        test.quality,
    )
    pairs = zip(values, _TESTS, strict=True)
    told = (value or ("" if column[1] in said else "–") for value, column in pairs)
    return (*told, _note(test, words))


class CriteriaBox:
    """Which definitions are met, each with its number and date or with what is needed.

    The details stand in a column of their own, run on behind the verdict, or stand below it: whichever takes
    the fewest lines. Definitions that do not apply are told in one run of words.
    """

    def __init__(self, data: MdtPageData, width: float) -> None:
        self._criteria = data.criteria
        room = width - 2 * PAD - _GLYPH
        self._title = wrap([Run(data.criteria_title, Face.BOLD)], width - 2 * PAD, most=2)[0]
        self._name = _widest([row.title for row in _telling(data.criteria)]) + 8
        self._word = _widest([row.verdict_text for row in _telling(data.criteria)]) + 8
        made = [
            _Set(row, self._name, self._word, room, way)
            for way in ("columns", "run", "below")
            for row in data.criteria
        ]
        count = len(data.criteria)
        ways = [made[at : at + count] for at in range(0, len(made), count)] if count else [[]]
        self._sets = min(ways, key=lambda way: sum(one.height for one in way))
        rows = sum(one.height for one in self._sets) or 1
        self.height = 6.5 + LEADING * (len(self._title) + rows)

    @staticmethod
    def natural(rows: Sequence[PageCriterion]) -> float:
        """Width at which every detail stands beside its verdict."""
        telling = _telling(rows)
        title, word = _widest([row.title for row in telling]), _widest([row.verdict_text for row in telling])
        return (
            2 * PAD + _GLYPH + title + word + 16 + max([width_of(row.detail) for row in telling], default=0)
        )

    @staticmethod
    def least(rows: Sequence[PageCriterion]) -> float:
        """Width at which every verdict stands beside its name."""
        telling = _telling(rows)
        title, word = _widest([row.title for row in telling]), _widest([row.verdict_text for row in telling])
        return 2 * PAD + _GLYPH + title + word + 10

    def draw(self, paper: Paper, box: Box) -> None:
        """Draw into a box of at least :attr:`height`."""
        y = box.y0 - 0.7
        for line in self._title:
            y += LEADING
            paper.line_of_runs(box.x0 + PAD, y, line)
        if not self._criteria:
            paper.text(box.x0 + PAD, y + LEADING, paper.words("not recorded"))
        for one in self._sets:
            draw_verdict(paper, box.x0 + PAD + 4, y + LEADING - 3, one.row.verdict)
            one.draw(paper, box.x0 + PAD + _GLYPH, y, box.x1 - PAD)
            y += LEADING * one.height


def alike(rows: Sequence[PageCriterion]) -> tuple[PageCriterion, ...]:
    """Those of one verdict and one detail told together, in the place of the first."""
    found: dict[tuple[str, str], list[PageCriterion]] = {}
    for row in rows:
        found.setdefault((row.verdict_text, row.detail), []).append(row)
    return tuple(replace(same[0], title=", ".join(row.title for row in same)) for same in found.values())


class _Set:
    """One criterion set in one of three ways; ``height`` counts its lines.

    One with a name too long for the column, like a clinic's own may be, is told in one run across it.
    """

    def __init__(self, row: PageCriterion, name: float, word: float, room: float, way: str) -> None:
        self.row = row
        self._quiet = row.verdict is Verdict.NOT_APPLICABLE or (_is_long(row) and way != "below")
        self._below = way == "below" and not self._quiet
        self._word_at = name if way == "columns" and not self._quiet else None
        told = glued(row.detail)
        detail = [Run(told)]
        self._left = 0.0
        if row.verdict is Verdict.NOT_APPLICABLE:
            detail = [Run(f"{row.title} ", Face.BOLD), Run(_quiet_words(row))]
        elif self._quiet:
            detail = [Run(f"{glued(row.title)} {row.verdict_text} ", Face.BOLD), Run(told)]
        elif way == "columns":
            self._left = name + word
        elif way == "run":
            self._left = name
            detail = [Run(f"{row.verdict_text} ", Face.BOLD), Run(told)]
        self._lines = wrap(detail, max(room - self._left, _LEAST_DETAIL), most=4)[0]
        fits = self._quiet or room - self._left >= _LEAST_DETAIL
        self.height = max(1, len(self._lines) + self._below) if fits else _NEVER

    def draw(self, paper: Paper, x: float, y: float, right: float) -> None:
        """Draw below ``y``, from ``x`` to ``right``."""
        y += LEADING
        if not self._quiet:
            paper.text(x, y, self.row.title, face=Face.BOLD)
        if self._below:
            paper.text(right, y, self.row.verdict_text, face=Face.BOLD, align="right")
            y += LEADING
        elif self._word_at is not None:
            paper.text(x + self._word_at, y, self.row.verdict_text, face=Face.BOLD)
        for line in self._lines:
            paper.line_of_runs(x + self._left, y, line)
            y += LEADING


def _telling(rows: Sequence[PageCriterion]) -> list[PageCriterion]:
    """The rows that make the columns."""
    return [row for row in rows if row.verdict is not Verdict.NOT_APPLICABLE and not _is_long(row)]


def _is_long(row: PageCriterion) -> bool:
    return width_of(row.title, Face.BOLD) > _LONG_NAME


def _quiet_words(row: PageCriterion) -> str:
    words = row.verdict_text.lower()
    return f"{words}: {row.detail[:1].lower()}{row.detail[1:]}" if row.detail else words


def _widest(texts: Sequence[str]) -> float:
    return max([width_of(text, Face.BOLD) for text in texts], default=0.0)


def draw_verdict(paper: Paper, x: float, y: float, verdict: Verdict) -> None:
    """The sign of a verdict: filled diamond, ring, dashed diamond with a question mark, en dash."""
    if verdict is Verdict.NOT_MET:
        paper.circle(x, y, 3.2, fill=None, edge=Grey.BLACK, weight=1.1)
        return
    if verdict is Verdict.NOT_APPLICABLE:
        paper.line(x - 3.5, y, x + 3.5, y, weight=1.0)
        return
    reach = 4.4 if verdict is Verdict.MET else 5.6
    diamond = [(x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)]
    if verdict is Verdict.MET:
        paper.polygon(diamond, fill=Grey.BLACK, edge=None)
        return
    paper.polygon(diamond, weight=0.8, dash=(1.6, 1.2))
    paper.text(x, y + 3, "?", face=Face.BOLD, align="centre")


class TherapyBox:
    """Therapy lines with the FVC slope before and on each, and adverse events below them."""

    def __init__(
        self,
        data: MdtPageData,
        width: float,
        rows: int,
        lines: int,
        words: Words,
        *,
        tight: int = 0,
        below: Sequence[Run] = (),
    ) -> None:
        shown = data.therapy[: max(1, rows - 1)] if len(data.therapy) > rows else data.therapy
        self._columns = _therapy_columns(len(data.therapy) - len(shown), words, tight)
        self._rows = _therapy_cells(shown, tight=tight)
        self._events = _events(data.adverse_events, width - 2 * PAD, lines, words)
        self._table = ROW * (1 + max(1, len(self._rows)))
        self._below = wrap(below, width - 2 * PAD)[0] if below else ()
        added = LEADING * len(self._below) + 3.5 if below else 0.0
        self.height = self._table + 4.5 + LEADING * len(self._events) + added

    @staticmethod
    def natural(rows: Sequence[PageTherapy], words: Words, *, tight: int) -> float:
        """Width at which no cell is cut."""
        columns = [replace(column, elastic=False) for column in _therapy_columns(0, words, tight)]
        cells = _therapy_cells(rows, tight=tight)
        return max(sum(column_widths(columns, cells, 0.0)) + GAP * 6, 190.0)

    def draw(self, paper: Paper, box: Box) -> None:
        """Draw into a box of at least :attr:`height`."""
        draw_table(paper, box, self._columns, self._rows)
        y = box.y0 + self._table
        if not self._rows:
            paper.text(box.x0 + GAP, y - ROW + 9, paper.words("No therapy recorded."))
        paper.line(box.x0, y, box.x1, y, weight=0.5, ink=Grey.GRID)
        y -= 1
        for line in self._events:
            y += LEADING
            paper.line_of_runs(box.x0 + GAP, y, line)
        if self._below:
            paper.line(box.x0, y + 4, box.x1, y + 4, weight=0.5, ink=Grey.GRID)
            y += 3.5
        for line in self._below:
            y += LEADING
            paper.line_of_runs(box.x0 + GAP, y, line)


def _therapy_columns(left: int, words: Words, tight: int) -> tuple[Column, ...]:
    more = words(" (+ {left} more)", left=left) if left else ""
    return (
        Column(words("Therapy; FVC mL/y (n){more}", more=more), right=False, bold=True, spill=True),
        Column("", right=False, elastic=True),
        Column(words("Dates") if not left and tight < _NO_ROLE else "", right=False, elastic=True),
        Column(words("before")),
        Column(words.of("table", "on")),
    )


def _therapy_cells(rows: Sequence[PageTherapy], *, tight: int) -> list[tuple[str, ...]]:
    return [
        (
            row.name,
            row.role if tight < _NO_ROLE else "",
            _CENTURY.sub(r"\1\2", row.dates) if tight else row.dates,
            row.before,
            row.on,
        )
        for row in rows
    ]


def _events(texts: Sequence[str], width: float, most: int, words: Words) -> tuple[Line, ...]:
    """As many adverse events as fit, and how many are left; the grave words are bold."""
    lines: tuple[Line, ...] = ()
    if not texts:
        return wrap([Run(words("AE "), Face.BOLD), Run(words("none recorded"))], width)[0]
    for count in range(len(texts), -1, -1):
        runs = [Run(words("AE "), Face.BOLD)]
        for number, text in enumerate(texts[:count]):
            pieces = _GRAVE.split(text + (f"{GLUE}· " if number < len(texts) - 1 else ""))
            runs += [
                Run(part, Face.BOLD if at % 2 else Face.REGULAR) for at, part in enumerate(pieces) if part
            ]
        left = len(texts) - count
        if left:
            runs.append(Run(f"+ {left}"))
        lines, fits = wrap(runs, width, most=most)
        if fits:
            break
    return lines


def share(data: MdtPageData, width: float, words: Words) -> tuple[float, int]:
    """Width of the criteria, and how much shorter therapy is said: years in two digits, no role.

    The lowest pair of boxes is chosen; among equally low ones that in which nothing is cut or said shorter.
    """
    best: tuple[float, float, int] | None = None
    for tight in (0, 1, _NO_ROLE):
        natural = TherapyBox.natural(data.therapy, words, tight=tight)
        least, beside = CriteriaBox.least(data.criteria), CriteriaBox.natural(data.criteria)
        places = {min(beside, width - natural), width - natural, width * 0.5, width * 0.56}
        spare = width - natural - beside
        places |= {beside + spare / 2} if spare >= 0 else set()
        for split in sorted(places):
            if not least <= split <= width * _MOST_SHARE:
                continue
            cut = max(0.0, split - (width - natural))
            criteria = CriteriaBox(data, split).height
            therapy = TherapyBox(data, width - split, _ALL, _EVENT_LINES, words, tight=tight).height
            cost = max(criteria, therapy) + _CUT * cut + 3.0 * tight
            if best is None or cost < best[0] - 0.1:
                best = (cost, split, tight)
    return (best[1], best[2]) if best is not None else (width * _MOST_SHARE, _NO_ROLE)
