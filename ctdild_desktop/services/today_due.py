"""The lines of the due list as rows of the work list: what is done at one place is one row of a patient.

Checks that were never recorded and stand before a drug, or that the disease asks for, are told together as
what the record lacks; bloods of a running drug that were never recorded stay among what is due.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.due import DueItem, default_rules
from ctdild_desktop.clinical.due import State as Due
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.language import english_of, marked, say
from ctdild_desktop.services.today_rows import Group, Person, Place, State, TodayRow

_RITUXIMAB = ("RTX-RETREAT", "RTX-COURSE")
_PFT = {"spirometry", "dlco", "lung_volumes", "spo2_exertion"}
_VISIT = {"symptoms", "weight", "blood_pressure", "home_blood_pressure"}
_HEART = {"echo", "nt_probnp"}
_NO_BLOODS = {"urinalysis", "eye", "dxa", "cervical_smear", "chest_xray", "mesna", "bone_protection"}
_TIMED = {
    Due.OVERDUE: State.OVERDUE,
    Due.DUE: State.DUE,
    Due.WINDOW_OPEN: State.OPEN,
    Due.PROMPT: State.SUGGESTED,
}
_STATE_WORDS = {
    State.GATE: "never recorded",
    State.NEVER: "never recorded",
    State.DUE: marked("due"),
    State.OPEN: "may be done",
    State.SUGGESTED: marked("suggested"),
}


def following(items: Iterable[DueItem], as_of: dt.date) -> tuple[dt.date, str] | None:
    """The first day after this one on which something may be done, and what it is."""
    coming = (
        (on, _title(item))
        for item in items
        if item.state is Due.NOT_DUE and (on := item.opens or item.due) is not None and on > as_of
    )
    return min(coming, default=None)


def due_rows(
    items: Iterable[DueItem], record: PatientRecord, person: Person, as_of: dt.date
) -> Iterable[TodayRow]:
    """What the due rules ask for in one patient, as rows."""
    together: dict[tuple[Place, bool], list[tuple[State, DueItem]]] = {}
    never: list[DueItem] = []
    for item in items:
        place = _place(item)
        if item.state is Due.WARNING or (item.state is Due.PROMPT and place is not Place.HRCT):
            yield _said(item, person)
        elif item.state is Due.CANNOT_ASSESS:
            if record.diagnoses:
                yield _untold(item, person, place)
        elif item.rule in _RITUXIMAB and item.state in _TIMED:
            yield _rituximab_row(item, person, as_of)
        elif item.state is Due.NEVER_DONE and not item.gate and not _safety(item):
            never.append(item)
        elif item.state is Due.NEVER_DONE:
            state = State.GATE if item.gate else State.NEVER
            together.setdefault((place, item.gate), []).append((state, item))
        elif item.state in _TIMED:
            together.setdefault((place, False), []).append((_TIMED[item.state], item))
    for (place, _gate), found in together.items():
        yield _due_row(place, found, person, as_of)
    if never:
        yield _never_row(never, person)


def _place(item: DueItem) -> Place:
    tests = set(item.tests)
    for place, known in ((Place.LOG_PFT, _PFT), (Place.VISIT, _VISIT), (Place.HEART, _HEART)):
        if tests and tests <= known:
            return place
    if "hrct" in tests:
        return Place.HRCT
    return Place.BLOODS if tests else Place.THERAPY


def _safety(item: DueItem) -> bool:
    """Whether an item is about bloods that are watched while a drug is taken."""
    rule = default_rules().get(item.rule)
    watched = rule is not None and rule.kind in {"phases", "checks", "special", "interval"}
    vaccine = any(test.startswith("vaccine") for test in item.tests)
    return bool(item.drug) and watched and not vaccine and not set(item.tests) & _NO_BLOODS


def _title(item: DueItem) -> str:
    """The words of the rule, with the drug where they do not name it."""
    rule = default_rules().get(item.rule)
    words = rule.item if rule is not None else item.item
    drug = codes.drugs().label(item.drug).lower() if item.drug else ""
    return f"{words} ({drug})" if drug and drug not in words.lower() else words


def _tests(item: DueItem) -> str:
    """What is asked for, without the words of the rule; those where nothing else is said."""
    rule = default_rules().get(item.rule)
    words = item.item.removeprefix(rule.item).removeprefix(": ") if rule is not None else item.item
    return words or item.item


def _detail(items: Sequence[DueItem]) -> tuple[str, ...]:
    return tuple(
        " ".join((f"{item.item}.", *(wording.say(line) for line in item.because), f"({say(item.source)})"))
        for item in items
    )


def _rests_on(items: Iterable[DueItem]) -> str:
    """Rules, tests and latest results; not the state, which time alone changes."""
    return "; ".join(sorted(f"{item.rule} {' '.join(item.tests)} {item.drug} {item.last}" for item in items))


def _due_row(place: Place, items: list[tuple[State, DueItem]], person: Person, as_of: dt.date) -> TodayRow:
    """What is due at one place: the most urgent item leads, the others are named after it."""
    order = list(State)
    items.sort(key=lambda each: (order.index(each[0]), each[1].due or dt.date.max, each[1].rule))
    state, lead = items[0]
    last = (
        say("last {last}", last=wording.day(lead.last))
        if lead.last is not None
        else say("no result on record")
    )
    others = [
        title for title in dict.fromkeys(_title(item) for _state, item in items) if title != _title(lead)
    ]
    reason = f"{_title(lead)}, {last}"
    if place is Place.LOG_PFT and lead.last is not None:
        reason = f"{_title(lead)} ({_tests(lead)}), {last}"
    elif place is Place.HRCT:
        reason = say("HRCT, {last}: {because}", last=last, because=wording.say(lead.because[0])).rstrip(".")
    if others:
        reason += f"; {'; '.join(others)}"
    return TodayRow(
        person=person,
        group=Group.DUE,
        key=f"{place.value}{' gate' if state is State.GATE else ''}",
        reason=reason,
        state=state,
        place=place,
        opens=lead.opens,
        due=lead.due,
        days=lead.overdue_days,
        detail=_detail([item for _state, item in items]),
        ask=f"{_title(lead)} {_words(state, lead.overdue_days)}",
        rests_on=_rests_on([item for _state, item in items]),
    )


def _words(state: State, days: int) -> str:
    return say("overdue {days} d", days=days) if state is State.OVERDUE else say(_STATE_WORDS[state])


def _rituximab_row(item: DueItem, person: Person, as_of: dt.date) -> TodayRow:
    """The decision on re-treatment and the checks before the next course."""
    state = _TIMED[item.state]
    if item.rule == "RTX-RETREAT" and item.last is not None:
        months = wording.number((as_of - item.last).days / 30.4375, 1)
        reason = say(
            "Re-treatment decision: last infusion {last}, {months} months",
            last=wording.day(item.last),
            months=months,
        )
    else:
        needs = "; ".join(wording.say(need) for need in item.needs)
        reason = (
            say("{item}: {needs} not on record since then", item=_title(item), needs=needs)
            if needs
            else _title(item)
        )
        if item.opens is not None and needs:
            reason = say(
                "{item}: since {opens} no {needs}",
                item=_title(item),
                opens=wording.day(item.opens),
                needs=needs,
            )
    return TodayRow(
        person=person,
        group=Group.RITUXIMAB,
        key=item.rule,
        reason=reason,
        state=state,
        place=Place.THERAPY if item.rule == "RTX-RETREAT" else Place.BLOODS,
        opens=item.opens,
        due=item.due,
        days=item.overdue_days,
        detail=_detail([item]),
        ask=f"{_title(item)} {_words(state, item.overdue_days)}",
        rests_on=_rests_on([item]),
    )


def _said(item: DueItem, person: Person) -> TodayRow:
    """What the rules connect with what happened, or with two drugs together."""
    warns = item.state is Due.WARNING
    return TodayRow(
        person=person,
        group=Group.DUE,
        key=f"{item.rule} {english_of(item.item)}",
        reason=f"{item.item}: {wording.say(item.because[0])}".rstrip(".") if item.because else item.item,
        state=State.WARNING if warns else State.SUGGESTED,
        place=Place.BLOODS if item.tests else Place.THERAPY,
        due=item.due,
        detail=_detail([item]),
        ask=item.item,
        rests_on="; ".join(str(line) for line in item.because),
    )


def _untold(item: DueItem, person: Person, place: Place) -> TodayRow:
    needs = "; ".join(wording.say(need) for need in item.needs)
    return TodayRow(
        person=person,
        group=Group.INCOMPLETE,
        key=f"{item.rule} {english_of(item.item)}",
        reason=say("{item}: needs {needs}", item=_title(item), needs=needs),
        state=State.LACKING,
        place=place,
        detail=_detail([item]),
        ask=say("{item}: needs {needs}", item=_title(item), needs=needs),
        rests_on="; ".join(str(need) for need in item.needs),
    )


def _never_row(items: Sequence[DueItem], person: Person) -> TodayRow:
    """Checks of which no result is on record, in one row."""
    named = list(dict.fromkeys(part for item in items for part in _tests(item).split(", ")))
    many = len(named) > 1
    places = {_place(item) for item in items}
    return TodayRow(
        person=person,
        group=Group.INCOMPLETE,
        key="never",
        reason=say("No result on record: {named}", named=", ".join(named)),
        state=State.UNRECORDED,
        place=places.pop() if len(places) == 1 else Place.PATIENT,
        detail=_detail(items),
        ask=say(
            "{value} never recorded",
            value=say("{n} checks", n=len(named)) if many else wording.capital(named[0]),
        ),
        rests_on=_rests_on(items),
    )
