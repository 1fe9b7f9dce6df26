"""The whole-registry path against the path of one patient: never another answer."""

from __future__ import annotations

import datetime as dt
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctdild_desktop.clinical.criteria import CriteriaSettings, assess, facts_from_record, strip_criteria
from ctdild_desktop.clinical.dates import PartialDate, add_months
from ctdild_desktop.clinical.fast.columns import FIELDS, MISSING, UNFIT, fixed, months_from, read_columns
from ctdild_desktop.clinical.fast.domains import MET, NOT_APPLICABLE, NOT_MET, UNKNOWN
from ctdild_desktop.clinical.fast.judge import CATEGORIES, FAST_CRITERIA, NO_CATEGORY, Judged, judge
from ctdild_desktop.clinical.records import DlcoUnit, PatientRecord, Sex
from ctdild_desktop.clinical.verdict import Verdict
from tests.support.columns import AS_OF, Inventor, columns_of, record, rows_of
from tests.support.people import percent, pft

CODES = {
    Verdict.MET: MET,
    Verdict.NOT_MET: NOT_MET,
    Verdict.CANNOT_ASSESS: UNKNOWN,
    Verdict.NOT_APPLICABLE: NOT_APPLICABLE,
}


def category(judged: Judged, criterion: str, place: int) -> str | None:
    if criterion not in judged.categories or judged.categories[criterion][place] == NO_CATEGORY:
        return None
    return CATEGORIES[criterion][judged.categories[criterion][place]]


def compare(
    records: Sequence[PatientRecord],
    as_of: dt.date | None = AS_OF,
    site: CriteriaSettings | None = None,
) -> int:
    """Assert that every answer is the same; returns how many patients were left to the scalar path."""
    judged = judge(columns_of(records), None if as_of is None else as_of.toordinal(), site)
    scalar = set(judged.scalar.tolist())
    for place, item in enumerate(records):
        if place in scalar:
            continue
        day = dt.date.fromordinal(int(judged.as_of[place]))
        facts = facts_from_record(item, day)
        for name in FAST_CRITERIA:
            expected = assess(facts, name, day, site)
            made = (judged.verdicts[name][place], category(judged, name, place))
            assert made == (CODES[expected.verdict], expected.category), (name, item)
    return len(scalar)


def test_every_criterion_of_the_strip_has_its_fast_form() -> None:
    assert set(FAST_CRITERIA) == {known.id for known in strip_criteria()}


def test_two_thousand_random_patients() -> None:
    records = Inventor(Random(20240402)).records(2000)
    assert compare(records) < 200
    judged = judge(columns_of(records), AS_OF.toordinal())
    for made in judged.verdicts.values():
        assert min(np.bincount(made, minlength=3)[[NOT_MET, UNKNOWN, MET]]) >= 5
    for made in judged.categories.values():
        assert min(np.bincount(made + 1)) >= 3


@pytest.mark.parametrize(
    "site",
    [
        CriteriaSettings(review_window_months=6, omeract_window_months=12),
        CriteriaSettings(window_grace_days=31, eustar_basis="relative"),
        CriteriaSettings(review_window_months=12),
    ],
)
def test_settings_of_a_site(site: CriteriaSettings) -> None:
    assert compare(Inventor(Random(7)).records(250), site=site) < 100


@given(seed=st.integers(0, 2**32))
@settings(max_examples=60)
def test_any_registry(seed: int) -> None:
    compare(Inventor(Random(seed)).records(5))


@given(
    baseline=st.decimals("20", "130", places=2),
    latest=st.decimals("20", "130", places=2),
    days=st.integers(1, 800),
    recorded=st.booleans(),
)
@settings(max_examples=150)
def test_any_pair_of_tests(baseline: Decimal, latest: Decimal, days: int, recorded: bool) -> None:
    first = AS_OF - dt.timedelta(days=days)
    if recorded:
        tests = (percent(first, str(baseline), str(baseline)), percent(AS_OF, str(latest), str(latest)))
    else:
        tests = tuple(
            pft(day, fvc_l=str(value / 30), reference_set="GLI2022")
            for day, value in ((first, baseline), (AS_OF, latest))
        )
    compare([record(*tests)])


@given(tenth=st.integers(300, 1300), step=st.sampled_from([-1, 0, 1]))
def test_exactly_at_each_limit_and_one_unit_beside_it(tenth: int, step: int) -> None:
    """Recorded values are decided here, and never left to the scalar path."""
    base = Decimal(tenth) / 10
    records = []
    for limit in ("0.95", "0.90", "0.85"):
        last = base * Decimal(limit) + Decimal(step) / 10**6
        records.append((base, last))
    for points in ("-5.3", "-5", "-3", "3", "3.3", "5", "10"):
        records.append((base, base - Decimal(points) + Decimal(step) / 10**6))
    made = [
        record(
            percent(dt.date(2023, 4, 2), str(first), str(first)),
            percent(AS_OF, str(last), str(last)),
            number=number,
        )
        for number, (first, last) in enumerate(records)
    ]
    assert compare(made) == 0


@pytest.mark.parametrize(
    ("step", "verdict"),
    [("-0.000001", MET), ("0", MET), ("0.000001", NOT_MET)],
    ids=["steeper", "at", "flatter"],
)
@pytest.mark.parametrize(
    ("days", "values"),
    [
        ((0, 240, 402), ("80", "78.5", "74.25")),
        ((0, 303, 471), ("80", "76.1", "73.5")),
        ((0, 228, 528), ("80", "74.9", "72.6")),
    ],
)
def test_slope_of_exactly_five_points_a_year(
    days: tuple[int, ...], values: tuple[str, ...], step: str, verdict: int
) -> None:
    """Days and values found by search so that the least-squares slope is −5 · 4/1461 a day exactly."""
    moved = [Decimal(value) for value in values]
    moved[-1] += Decimal(step)
    first = AS_OF - dt.timedelta(days=days[-1])
    made = record(
        *(percent(first + dt.timedelta(days=day), str(value)) for day, value in zip(days, moved, strict=True))
    )
    judged = judge(columns_of([made]), AS_OF.toordinal())
    assert judged.verdicts["RELIEF"].tolist() == [verdict]
    assert compare([made]) == 0


def test_decimals_beyond_the_scale_go_to_the_scalar_path() -> None:
    long = record(percent("2023-06-01", "80.0000001"), percent("2024-04-02", "70"))
    short = record(percent("2023-06-01", "80.000001"), percent("2024-04-02", "70"), number=1)
    assert judge(columns_of([long, short]), AS_OF.toordinal()).scalar.tolist() == [0]


def test_one_record_a_day_is_chosen_as_the_rules_say() -> None:
    """Grade before bronchodilator before litres before entry; another measure's record does not matter."""
    days = ("2023-06-01", "2024-04-02")
    rivals: list[tuple[dict[str, object], dict[str, object]]] = [
        ({"fvc_grade": "B"}, {"fvc_grade": "A"}),
        ({"fvc_grade": None}, {"fvc_grade": "D"}),
        ({"fvc_grade": None}, {"fvc_grade": "C"}),
        ({"post_bd": True}, {"post_bd": None}),
        ({"post_bd": True, "fvc_grade": "A"}, {"post_bd": False, "fvc_grade": "B"}),
        ({"fvc_l": "2.50"}, {"fvc_l": "2.60"}),
        ({"fvc_l": "2.60"}, {"fvc_l": "2.60"}),
        ({"fvc_grade": "C", "fvc_l": None}, {"fvc_grade": "B"}),
    ]
    made = []
    for number, (one, other) in enumerate(rivals):
        tests = []
        for order, values in enumerate((one, other)):
            for day, fvc in zip(days, (("80", "70"), ("80", "75"))[order], strict=True):
                tests.append(pft(day, fvc_pct_pred=fvc, entered=order + 1, **{"fvc_l": "2.40", **values}))
        made.append(record(*tests, pft(days[0], dlco="20", entered=9), number=number))
    assert compare(made) == 0


def test_records_of_one_day_that_are_equally_good_go_to_the_scalar_path() -> None:
    without_litres = record(percent("2024-04-02", "80"), percent("2024-04-02", "81", entered=2))
    averaged = record(
        percent("2024-04-02", None, "60"), percent("2024-04-02", None, "62", entered=2), number=1
    )
    same_entry = record(
        percent("2024-04-02", "80", fvc_l="2.4", id="a"), percent("2024-04-02", "81", fvc_l="2.4"), number=2
    )
    apart = record(percent("2024-04-02", "80"), percent("2024-04-02", None, "60", entered=2), number=3)
    columns = columns_of([without_litres, averaged, same_entry, apart])
    assert judge(columns, AS_OF.toordinal()).scalar.tolist() == [0, 1, 2]


def test_a_stricter_rule_for_symptoms_goes_to_the_scalar_path() -> None:
    judged = judge(columns_of([record()]), None, CriteriaSettings(require_alternative_explanation=True))
    assert judged.scalar.tolist() == [0]


def test_without_a_date_each_patient_is_judged_on_the_own_latest_entry() -> None:
    records = Inventor(Random(11)).records(150)
    compare(records, as_of=None)
    judged = judge(columns_of(records))
    for place, item in enumerate(records):
        days = [test.date for test in item.tests] + [scan.date for scan in item.hrct]
        days += [v.date for v in item.visits if v.symptom_change is not None or v.mmrc is not None]
        if days:
            assert judged.as_of[place] == max(days).toordinal()
        else:
            assert place in judged.scalar


def test_the_order_of_rows_does_not_matter() -> None:
    records = Inventor(Random(3)).records(120)
    turned = [
        replace(
            item,
            tests=tuple(reversed(item.tests)),
            visits=tuple(reversed(item.visits)),
            hrct=tuple(reversed(item.hrct)),
            diagnoses=tuple(reversed(item.diagnoses)),
        )
        for item in records
    ]
    first, second = (judge(columns_of(some), AS_OF.toordinal()) for some in (records, turned))
    assert first.scalar.tolist() == second.scalar.tolist()
    kept = np.setdiff1d(np.arange(len(records)), first.scalar)
    for name in FAST_CRITERIA:
        assert (first.verdicts[name][kept] == second.verdicts[name][kept]).all()


def test_one_patient_does_not_change_another() -> None:
    records = Inventor(Random(5)).records(60)
    together = judge(columns_of(records), AS_OF.toordinal())
    for place, item in enumerate(records):
        alone = judge(columns_of([item]), AS_OF.toordinal())
        assert (place in together.scalar) == (0 in alone.scalar)
        for name in FAST_CRITERIA:
            assert alone.verdicts[name][0] == together.verdicts[name][place]


def test_an_empty_registry_has_no_answers() -> None:
    judged = judge(columns_of([]))
    assert all(len(made) == 0 for made in judged.verdicts.values())
    assert judged.scalar.tolist() == []


def test_rows_of_patients_that_were_removed_are_left_out() -> None:
    kept, gone = record(percent("2024-04-02", "80")), record(percent("2024-04-02", "80"), number=1)
    rows = {name: list(rows_of([kept, gone], name)) for name in FIELDS}
    rows["patient"] = [rows["patient"][0][:1]]
    made = read_columns(lambda name: rows[name])
    assert made.ids == (kept.patient.id,)
    assert len(made.pft["date"]) == len(made.hrct["date"]) == len(made.diagnosis["date"]) == 1


@pytest.mark.parametrize(
    ("text", "millionths"),
    [
        ("70", 70_000_000),
        ("70.10", 70_100_000),
        ("0.000001", 1),
        ("999.999999", 999_999_999),
        (None, MISSING),
        ("1000", UNFIT),
        ("0", UNFIT),
        ("-3", UNFIT),
        ("70.0000001", UNFIT),
        ("NaN", UNFIT),
        ("inf", UNFIT),
        ("seventy", UNFIT),
    ],
)
def test_decimal_text_in_millionths(text: str | None, millionths: int) -> None:
    assert fixed(text) == millionths


@given(days=st.lists(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))), months=st.integers(-36, 36))
def test_months_by_the_calendar(days: list[dt.date], months: int) -> None:
    made = months_from(np.array([day.toordinal() for day in days], np.int64), months)
    assert made.tolist() == [add_months(day, months).toordinal() for day in days]


def test_children_take_the_other_haemoglobin_constant() -> None:
    """The 15th birthday is the first day of the adult constant for a man; a remainder decides nothing."""
    young = record()
    records = []
    for number, birth in enumerate(
        (PartialDate(2009, 4, 2), PartialDate(2009, 4, 3), PartialDate(2009), None)
    ):
        patient = replace(young.patient, id=f"{number:032x}", sex=Sex.MALE, birth_date=birth)
        tests = tuple(
            pft(day, dlco_pct_pred=value, hb_g_l="146", reference_set="GLI2022", dlco=None)
            for day, value in (("2023-04-03", "60"), ("2024-04-02", "50.1"))
        )
        records.append(replace(young, patient=patient, tests=tests))
    compare(records)


def test_units_are_never_mixed() -> None:
    made = record(
        pft("2023-06-01", dlco="20", hb_g_l="134"),
        pft("2024-04-02", dlco="6", dlco_unit=DlcoUnit.SI, hb_g_l="134"),
    )
    judged = judge(columns_of([made]), AS_OF.toordinal())
    assert judged.verdicts["REVIEW_DLCO_DECLINE"].tolist() == [UNKNOWN]
    compare([made])


def test_memory_grows_as_the_registry_does() -> None:
    """Four times the patients take about four times the memory, no more."""
    some = Inventor(Random(8)).records(200)

    def peak(times: int) -> int:
        many = [
            replace(item, patient=replace(item.patient, id=f"{copy:04x}{place:028x}"))
            for copy in range(times)
            for place, item in enumerate(some)
        ]
        columns = columns_of(many)
        judge(columns, AS_OF.toordinal())
        tracemalloc.start()
        try:
            judge(columns, AS_OF.toordinal())
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(8) < 5 * peak(2)
