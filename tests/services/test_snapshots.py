"""The page that was signed: kept exactly, printed for ever, and marked when the record changes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ctdild_desktop import language
from ctdild_desktop.bundled import resources
from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Decision, Lab, Pft
from ctdild_desktop.language import Catalogue
from ctdild_desktop.reports.mdt_page import write_mdt_page
from ctdild_desktop.services import agenda, decisions, meetings, snapshots
from ctdild_desktop.services.acts import record_of
from ctdild_desktop.services.desk import Desk, RefusedError
from ctdild_desktop.services.exact_json import NotThisTypeError, plain, typed
from ctdild_desktop.services.page_words import PARTS
from ctdild_desktop.services.pages import MdtPageData
from tests.support import holloway, mdt
from tests.support.desks import in_a_file
from tests.support.mdt_data import decided, empty_page, holloway_page, with_tests

DAY = holloway.TODAY
PAGES = (holloway_page(), decided(holloway_page()), empty_page(), with_tests(holloway_page(), 60))
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def test_a_page_is_read_as_it_was_written() -> None:
    for page in PAGES:
        kept = snapshots.frozen(page, DAY)
        assert snapshots.page_of(kept) == page
        assert snapshots.frozen(snapshots.page_of(kept), DAY) == kept
        assert kept.startswith("{")


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    name=TEXT,
    facts=st.lists(TEXT, max_size=4).map(tuple),
    older=st.integers(0, 10**9),
    value=st.floats(allow_nan=False, allow_infinity=False),
    date=st.dates(),
    words=st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple),
)
def test_any_text_number_and_day_is_read_as_it_was_written(  # noqa: PLR0917  hypothesis gives them by name
    name: str, facts: tuple[str, ...], older: int, value: float, date: dt.date, words: Any
) -> None:
    page = PAGES[1]
    panel = replace(page.figures.panel, low=value)
    figures = replace(page.figures, panel=panel, start=date)
    page = replace(page, name=name, facts=facts, older_tests=older, figures=figures, words=words)
    assert snapshots.page_of(snapshots.frozen(page, date)) == page


def test_a_kept_page_holds_no_more_than_is_printed() -> None:
    kept = snapshots.frozen(holloway_page(), DAY)
    for record in (holloway.record().tests[0], holloway.record().therapy[0], holloway.patient()):
        assert record.id not in kept


@pytest.mark.parametrize(
    "damage",
    [
        lambda made: made.pop("page"),
        lambda made: made["page"].pop("name"),
        lambda made: made["page"].update(name=7),
        lambda made: made["page"].update(unheard="of"),
        lambda made: made["page"]["criteria"][0].update(verdict="perhaps"),
        lambda made: made["page"]["figures"].update(start="yesterday"),
        lambda made: made.update(digests=[["tests"]]),
        lambda made: made["page"].update(facts="one"),
        lambda made: made["page"].update(figures=[]),
    ],
)
def test_what_is_no_page_is_refused_and_nothing_of_it_is_said(damage: Callable[[Any], Any]) -> None:
    made = json.loads(snapshots.frozen(holloway_page(), DAY))
    damage(made)
    with pytest.raises(RefusedError, match="cannot be read") as refused:
        snapshots.page_of(json.dumps(made))
    assert "HOLLOWAY" not in f"{refused.value}{refused.value.__cause__}"


def test_a_field_of_a_later_version_takes_its_default() -> None:
    made = json.loads(snapshots.frozen(holloway_page(), DAY))
    del made["page"]["labs"]
    assert snapshots.page_of(json.dumps(made)) == replace(holloway_page(), labs="")


@dataclasses.dataclass(frozen=True)
class _Every:
    amount: Decimal
    pair: tuple[int, str]
    maybe: dt.date | None
    share: float


def test_decimals_and_pairs_keep_their_digits_and_kinds() -> None:
    value = _Every(Decimal("2.310"), (1, "a"), None, 2.0)
    again = typed(_Every, json.loads(json.dumps(plain(value))))
    assert again == value
    assert str(again.amount) == "2.310"
    with pytest.raises(NotThisTypeError):
        typed(_Every, {**plain(value), "amount": "much"})
    with pytest.raises(NotThisTypeError):
        typed(_Every, {**plain(value), "pair": [1]})
    with pytest.raises(TypeError):
        plain(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


# at a desk


@pytest.fixture
def signed(desk: Desk) -> tuple[Desk, Decision]:
    """A registry with one signed decision."""
    _meeting, (item,) = mdt.planned(desk)
    mdt.treated(desk)
    kept = mdt.written(desk, item, mdt.ACTION, confidence="high")
    return desk, sign(desk, kept)


def sign(desk: Desk, decision: Decision) -> Decision:
    """The decision as it is signed."""
    return decisions.sign_decision(desk, decision.id).value


def drawn(page: MdtPageData) -> bytes:
    out = io.BytesIO()
    write_mdt_page(out, page)
    return out.getvalue()


def test_the_signed_page_says_what_was_decided(signed: tuple[Desk, Decision]) -> None:
    desk, decision = signed
    page = snapshots.signed_page(desk, decision.id)
    assert page.case == "case 1 of 1"
    assert page.meeting == "MDT 12.03.2026"
    assert page.question == "Has the lung got worse?"
    assert page.decision is not None
    assert page.decision.recommendation == "Discuss at the next clinic."
    assert page.decision.actions == "Repeat FVC and DLCO (Clinic, due 01.06.2026)"
    assert page.decision.present == ("respiratory", "radiology")
    assert page.decision.names == "R. Amsel (respiratory medicine), T. Specht (radiology, remote)"
    assert (page.decision.signed_by, page.decision.signed_on) == ("R. Amsel", "12.03.2026")
    assert page.changed == ""
    assert snapshots.changed_since(desk, decision.id) == ()


def _update(desk: Desk, record: Any) -> None:
    with desk.registry.write(desk.login, "later") as session:
        desk.store.update(session, record, user=desk.login, at=desk.clock())


def _amend(kind: str, **values: Any) -> Callable[[Desk], None]:
    def act(desk: Desk) -> None:
        record = record_of(desk, mdt.ID)
        held = record.patient if kind == "patient" else getattr(record, kind)[-1]
        _update(desk, replace(held, **values))

    return act


def _add(item: Any) -> Callable[[Desk], None]:
    def act(desk: Desk) -> None:
        with desk.registry.write(desk.login, "later") as session:
            desk.store.insert_many(session, mdt.ID, (item,))

    return act


CHANGES: dict[str, tuple[str, Callable[[Desk], None]]] = {
    "a value corrected": ("tests", _amend("tests", fvc_l=Decimal("2.13"))),
    "a test of an earlier day": ("tests", _add(Pft(id="e" * 32, date=dt.date(2025, 1, 7), fvc_l=Decimal(2)))),
    "a result of the same day": (
        "labs",
        _add(Lab(id="f" * 32, date=PartialDate.of(DAY), test="crp", value=Decimal(4), unit="mg/L")),
    ),
    "a birth date": ("patient", _amend("patient", birth_date=PartialDate(1969, 9, 18))),
    "a name": ("patient", _amend("patient", family_name="HALLOWAY")),
    "a diagnosis": ("diagnoses", _amend("diagnoses", pattern="UIP")),
    "a scan": ("hrct", _amend("hrct", extent_percent=Decimal(40))),
    "a dose": ("therapy", _amend("therapy", dose=Decimal(2))),
    "an event": ("adverse_events", _amend("adverse_events", grade=4)),
}


@in_a_file
def test_any_change_of_the_record_leaves_the_signed_page_and_marks_it(signed: tuple[Desk, Decision]) -> None:
    desk, decision = signed
    before = snapshots.signed_page(desk, decision.id)
    parts: set[str] = set()
    for change, (part, act) in CHANGES.items():
        act(desk)
        parts.add(PARTS[part])
        assert set(snapshots.changed_since(desk, decision.id)) == parts, change
        assert replace(snapshots.signed_page(desk, decision.id), changed="") == before, change
    after = snapshots.signed_page(desk, decision.id)
    assert set(after.changed.split(", ")) == parts
    assert drawn(replace(after, changed="")) == drawn(before)


@in_a_file
def test_what_is_recorded_of_later_days_is_no_change(signed: tuple[Desk, Decision]) -> None:
    desk, decision = signed
    later = DAY + dt.timedelta(days=30)
    _add(Pft(id="e" * 32, date=later, fvc_l=Decimal(2)))(desk)
    line = record_of(desk, mdt.ID).therapy[-1]
    _update(desk, replace(line, stop=PartialDate.of(later), stop_reason="switched"))
    assert snapshots.changed_since(desk, decision.id) == ()


@in_a_file
def test_an_earlier_decision_counts_without_what_became_of_it_later(desk: Desk) -> None:
    _meeting, (item,) = mdt.planned(desk)
    first = sign(desk, mdt.written(desk, item, mdt.ACTION))
    desk.clock.forward(days=91)  # type: ignore[attr-defined]
    second = meetings.plan_meeting(desk, mdt.meeting(6, 11)).value
    item = agenda.add_to_agenda(desk, mdt.agenda_item(second)).value
    decision = sign(desk, mdt.written(desk, item))
    page = snapshots.signed_page(desk, decision.id)
    assert page.facts_title == "SINCE LAST MDT, 12.03.2026"
    assert "Open: Repeat FVC and DLCO (Clinic, due 01.06.2026)" in page.facts
    assert page.last is not None
    assert page.last.implemented == "not recorded"
    later = PartialDate(2026, 7, 1)
    desk.clock.forward(days=40)  # type: ignore[attr-defined]
    decisions.answer_carried_out(desk, first.id, implemented="yes", date=later)
    assert snapshots.changed_since(desk, decision.id) == ()


@pytest.fixture
def spanish() -> Iterator[Callable[[], None]]:
    folder = resources() / "i18n"
    catalogue = Catalogue.read("es", folder / "es.po", folder / "es_contexts.po")
    yield lambda: language.use(catalogue)
    language.use(None)
    wording.use_style(wording.Style())


@in_a_file
def test_a_page_prints_in_the_language_of_its_signing(
    signed: tuple[Desk, Decision], spanish: Callable[[], None]
) -> None:
    desk, decision = signed
    before = drawn(snapshots.signed_page(desk, decision.id))
    spanish()
    wording.use_style(wording.Style(date="dd/mm/yyyy", decimal_mark=","))
    after = snapshots.signed_page(desk, decision.id)
    assert after.language == "en"
    assert drawn(replace(after, printed_on="12.03.2026")) == before
    assert snapshots.changed_since(desk, decision.id) == ()


@in_a_file
def test_a_page_signed_in_spanish_stays_spanish(desk: Desk, spanish: Callable[[], None]) -> None:
    _meeting, (item,) = mdt.planned(desk)
    spanish()
    decision = sign(desk, mdt.written(desk, item))
    before = drawn(snapshots.signed_page(desk, decision.id))
    language.use(None)
    assert drawn(snapshots.signed_page(desk, decision.id)) == before
    assert b"/Lang (es)" in before


@in_a_file
def test_an_unsigned_decision_has_no_kept_page(desk: Desk) -> None:
    _meeting, (item,) = mdt.planned(desk)
    decision = mdt.written(desk, item)
    with pytest.raises(RefusedError, match="not signed"):
        snapshots.signed_page(desk, decision.id)
    assert snapshots.changed_since(desk, decision.id) == ()
