"""The fixed words of the printed page, kept with its data, so that a page prints the same for ever.

A page that was signed in one language is printed again in that language, whatever the program speaks then and
however its words are put by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from ctdild_desktop.language import marked, say, say_in

Said: TypeAlias = tuple[tuple[str, str], ...]
"""English texts and what stands for them; a text of a list is ``list|text``."""

STATEMENT = marked(
    "States which published definitions the recorded numbers meet. Not a medical device, not a diagnosis."
)

LENT_HB = marked("Hb in brackets: of a blood test")

PARTS = {
    "patient": marked("patient"),
    "diagnoses": marked("diagnosis"),
    "visits": marked("visits"),
    "tests": marked("lung function"),
    "hrct": marked("HRCT"),
    "therapy": marked("therapy"),
    "adverse_events": marked("adverse events"),
    "labs": marked("blood tests"),
    "heart_tests": marked("heart tests"),
    "pros": marked("questionnaires"),
    "decisions": marked("earlier decisions"),
    "actions": marked("earlier actions"),
}
"""The parts of a record that the page rests on, by the name of the field."""

_PLAIN = (
    *PARTS.values(),
    marked("Addendum {date} ({by}): {text}"),
    *(marked("MDT summary"), marked("DIAGNOSIS"), marked("Question"), marked("asked by {asked_by}")),
    *(
        marked("HRCT"),
        marked("Labs"),
        marked("LAST DECISION"),
        marked("none recorded"),
        marked("Implemented:"),
    ),
    *(
        marked("not recorded"),
        marked("+ {texts} more"),
        marked("Adverse events"),
        marked("Therapy"),
        marked("CT"),
    ),
    *(marked("+ {folded} earlier"), marked("+ {older} older"), marked("Note"), marked("DLCO, {dlco_unit}")),
    *(marked("FVC"), marked("DLCO"), marked("Hb")),
    *(marked("Date"), marked("LLN"), marked("to prev"), marked("Hb-corr"), marked("Qual."), marked("value")),
    *(marked("No lung-function test recorded."), marked("No therapy recorded."), marked("new set")),
    *(marked("excl.: {why}"), marked("excluded: {why}"), marked("pair: {pairs}"), marked("pair of {title}")),
    *(marked("pair of {title} and {more} more"), marked("reference set {named}")),
    *(marked("{name} not done: {absent}"), marked("Therapy; FVC mL/y (n){more}"), marked(" (+ {left} more)")),
    *(
        marked("Dates"),
        marked("before"),
        marked("AE "),
        marked("DECISION TODAY"),
        marked("DECISION OF {date}"),
    ),
    *(marked("Confidence %"), marked("unclassifiable"), marked("Diagnosis"), marked("Verdict")),
    *(marked("progressing"), marked("improved"), marked("cannot tell"), marked("Recommendation")),
    *(marked("Action, owner, due"), marked("Present"), marked("resp"), marked("rheum"), marked("rad")),
    *(marked("path"), marked("Signed"), marked("Dissent"), marked("Reason"), marked("Next")),
    *(marked("CONFIDENTIAL {page}/{pages}"), marked("data as of {data_as_of}"), STATEMENT),
    *(marked("printed by {printed_by} {printed_on}"), marked("Demonstration data, invented.")),
    marked("Practice: invented patients."),
    *(marked("{missing} is a letter that this page cannot print."), marked("Changed since signing:")),
    *(marked("Pseudonymised: no name, number, birth date or free text."),),
    LENT_HB,
    marked("One-page summary for an interstitial lung disease multidisciplinary meeting"),
)


def page_words() -> Said:
    """Every fixed text of the page in the language in use."""
    of_lists = {
        "mark|MDT": say_in("mark", "MDT"),
        "mark|CT, H": say_in("mark", "CT, H"),
        "team_verdict|stable": say_in("team_verdict", "stable"),
        "page|nurse": say_in("page", "nurse"),
        "table|on": say_in("table", "on"),
    }
    return (
        *((text[:], say(text)[:]) for text in _PLAIN),
        *((key, text[:]) for key, text in of_lists.items()),
    )


class Words:
    """The fixed words that a page was made with; any other text is said in the language in use."""

    def __init__(self, said: Said | Sequence[tuple[str, str]] = ()) -> None:
        self._said = dict(said)

    def __call__(self, text: str, /, **values: object) -> str:
        """A text with its values in their places."""
        told = self._said.get(text)
        if told is None:
            return say(text, **values)
        return told.format(**values) if values else told

    def of(self, kind: str, text: str) -> str:
        """A text of a list."""
        return self._said.get(f"{kind}|{text}") or say_in(kind, text)
