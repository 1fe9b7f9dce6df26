"""The texts of the letters on a decision: a clinic's own, or those that the program brings."""

from __future__ import annotations

from dataclasses import replace
from string import Formatter
from typing import Any

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.issues import Issue, refused
from ctdild_desktop.clinical.records import LetterTemplate
from ctdild_desktop.language import say
from ctdild_desktop.services.acts import Add, Amend, Remove, Step, perform, refuse_issues, standing, with_id
from ctdild_desktop.services.desk import (
    LEADING,
    Desk,
    Done,
    RefusedError,
    StaleError,
    for_everybody,
    requires,
)
from ctdild_desktop.services.letter_words import DEFAULTS, PLACEHOLDERS

KINDS = tuple(DEFAULTS)
LONGEST = 10_000
"""Letters of a text."""
_WRITING = "the texts of letters"


def check(text: str) -> tuple[Issue, ...]:
    """Everything wrong with the text of a letter; pure, for the form's live feedback."""
    if not text.strip():
        return (refused("text", "MISSING", "There is no text."),)
    if len(text) > LONGEST:
        found = say("The text has {letters} letters; {most} fit.", letters=len(text), most=LONGEST)
        return (refused("text", "RANGE", found),)
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return (refused("text", "PLACEHOLDER", "A brace stands alone; a brace itself is written twice."),)
    return tuple(
        refused("text", "PLACEHOLDER", say("{word} is not a word that is filled in.", word=f"{{{name}}}"))
        for _literal, name, form, conversion in parts
        if name is not None and (name not in PLACEHOLDERS or form or conversion)
    )


@for_everybody
def stored(desk: Desk, kind: str) -> LetterTemplate:
    """The text of a kind of letter in use; without id when it is the one that the program brings.

    Raises:
        RefusedError: there is no letter of that kind.
    """
    from ctdild_desktop.registry.models import LetterTemplateRow

    if kind not in KINDS:
        raise RefusedError(say("There is no letter of the kind {kind}.", kind=kind))
    with desk.registry.read() as session:
        found: tuple[LetterTemplate, ...] = desk.store.many(
            session, LetterTemplate, LetterTemplateRow.kind == kind
        )
    return found[0] if found else LetterTemplate(id="", kind=kind, text=say(DEFAULTS[kind]))


@for_everybody
def template(desk: Desk, kind: str) -> str:
    """The text of a kind of letter in use, with its words in braces."""
    return stored(desk, kind).text


@requires(*LEADING, doing=_WRITING)
def save_template(desk: Desk, kind: str, text: str, *, seen: int | None = None) -> Done[LetterTemplate]:
    """Keep the text of a kind of letter.

    Args:
        desk: where the registry is open.
        kind: one of :data:`KINDS`.
        text: the whole text.
        seen: the version that was changed, 0 for the text that the program brings; None does not ask.

    Raises:
        StaleError: somebody else changed it meanwhile.
        RefusedError: the text holds a word in braces that is not filled in; nothing was saved.
    """
    refuse_issues(check(text))
    now = stored(desk, kind)
    if seen is not None and seen != (now.version if now.id else 0):
        raise _stale(desk, replace(now, text=text), now)
    value = with_id(replace(now, text=text))
    name = _named(kind)
    step: Step = Amend(value) if now.id else Add(value)
    return _done(desk, value, step, label=name, message=say("Saved {name}.", name=name))


@requires(*LEADING, doing=_WRITING)
def reset_template(desk: Desk, kind: str) -> Done[LetterTemplate]:
    """Go back to the text that the program brings; the clinic's own stays in the history.

    Raises:
        RefusedError: the clinic has no text of its own.
    """
    now = stored(desk, kind)
    if not now.id:
        raise RefusedError("The text that the program brings is in use already.")
    name = _named(kind)
    step = Remove(LetterTemplate, now.id, now.version)
    label = say("removal of {name}", name=name)
    return _done(desk, now, step, label=label, message=say("Removed {name}.", name=name))


def _named(kind: str) -> str:
    return say("text of the letter ({kind})", kind=codes.label("letter_to", kind))


def _stale(desk: Desk, mine: LetterTemplate, theirs: LetterTemplate) -> StaleError:
    found = standing(desk, LetterTemplate, theirs.id) if theirs.id else None
    who, at = (found.changed_by, found.changed_at) if found is not None else ("", desk.clock())
    text = "This letter was given another text meanwhile."
    return StaleError(text, mine=mine, theirs=theirs, changed_by=who, changed_at=at)


def _done(desk: Desk, value: LetterTemplate, step: Step, *, label: str, message: str) -> Done[LetterTemplate]:
    def kept(_record: Any) -> LetterTemplate:
        return stored(desk, value.kind)

    return perform(desk, None, (step,), label=label, value=kept, say=lambda _before, _after: message)
