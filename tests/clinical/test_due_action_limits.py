"""Action limits of blood results: strict as printed, and honest when a limit or a unit is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ctdild_desktop.clinical.due import State, due_items
from ctdild_desktop.clinical.due.action_limits import action_limits
from tests.support.due import at, line, value
from tests.support.people import day

CELLS = "10^9/L"
AZA = line("azathioprine", "2024-01-01", dose="100")
CYC = line("cyclophosphamide_iv", "2024-01-01", infusions=["2024-01-01", "2024-04-01"], frequency="4-weekly")
TCZ = line("tocilizumab", "2024-01-01")


def limits(as_of: str, *results, therapy=(AZA,)):
    return {
        (found.rule.removeprefix("LIMIT-"), found.tests[0]): found
        for found in due_items(at(as_of, *results, therapy=therapy))
        if found.rule.startswith("LIMIT-")
    }


@pytest.mark.parametrize(
    ("test", "unit", "reached", "not_reached"),
    [
        ("wbc", CELLS, "3.49", "3.5"),
        ("neutrophils", CELLS, "1.59", "1.6"),
        ("platelets", CELLS, "139", "140"),
        ("alt", "U/L", "100.1", "100"),
        ("ast", "U/L", "101", "100"),
        ("mcv", "fL", "105.1", "105"),
        ("albumin", "g/L", "29", "30"),
        ("eosinophils", CELLS, "0.51", "0.5"),
    ],
)
def test_the_limits_of_conventional_drugs_are_strict(test, unit, reached, not_reached):
    found = limits("2024-03-01", value(test, "2024-02-20", reached, unit))[("S1", test)]
    assert (found.state, found.last) == (State.WARNING, day("2024-02-20"))
    assert "2024-02-20" in str(found.because[0])
    assert reached in str(found.because[0])
    assert limits("2024-03-01", value(test, "2024-02-20", not_reached, unit)) == {}


def test_only_the_latest_value_on_the_drug_counts():
    low, normal = value("wbc", "2024-02-01", "3.0", CELLS), value("wbc", "2024-02-20", "4.0", CELLS)
    assert limits("2024-03-01", low, normal) == {}
    assert limits("2024-02-10", low, normal)
    assert limits("2024-03-01", value("wbc", "2023-12-31", "3.0", CELLS)) == {}
    stopped = line("azathioprine", "2024-01-01", "2024-02-15", dose="100")
    assert limits("2024-03-01", low, therapy=(stopped,)) == {}


def test_other_units_are_converted_and_unknown_ones_are_named():
    assert limits("2024-03-01", value("wbc", "2024-02-20", "3490", "/µL"))
    assert limits("2024-03-01", value("wbc", "2024-02-20", "3500", "/µL")) == {}
    found = limits("2024-03-01", value("wbc", "2024-02-20", "3.0", ""))[("S1", "wbc")]
    assert found.state is State.CANNOT_ASSESS
    assert "unit" in str(found.needs[0])


def test_creatinine_rises_by_more_than_30_percent_within_12_months():
    before = value("creatinine", "2023-03-01", "100", "µmol/L")
    assert limits("2024-03-01", before, value("creatinine", "2024-03-01", "130", "µmol/L")) == {}
    assert limits("2024-03-01", before, value("creatinine", "2024-03-01", "130.1", "µmol/L"))
    assert limits("2024-03-02", before, value("creatinine", "2024-03-02", "200", "µmol/L")) == {}


def test_three_falls_in_a_row_within_normal_are_a_trend():
    days = ("2024-01-08", "2024-01-22", "2024-02-05", "2024-02-19")
    falling = [value("wbc", on, number, CELLS, lln="4.0") for on, number in zip(days, "9876", strict=True)]
    assert "trend" in " ".join(map(str, limits("2024-03-01", *falling)[("S1", "wbc")].because))
    assert limits("2024-03-01", *falling[1:]) == {}
    level = [*falling[:3], value("wbc", days[3], "7", CELLS, lln="4.0")]
    assert limits("2024-03-01", *level) == {}


def creatinine(on: str, number: str, detection: str | None = None):
    return replace(value("creatinine", on, number, "µmol/L"), detection=detection)


@pytest.mark.parametrize(
    ("earlier", "latest", "state"),
    [
        (("70", "below"), ("100", None), State.WARNING),
        (("90", "below"), ("100", None), State.CANNOT_ASSESS),
        (("100", "above"), ("125", None), None),
        (("100", "above"), ("140", None), State.CANNOT_ASSESS),
        (("100", None), ("140", "above"), State.WARNING),
        (("100", None), ("120", "above"), State.CANNOT_ASSESS),
        (("100", None), ("200", "below"), State.CANNOT_ASSESS),
        (("100", None), ("130", "below"), None),
    ],
)
def test_a_rise_is_told_of_a_value_beyond_the_method_only_where_it_is_certain(earlier, latest, state):
    found = limits("2024-03-01", creatinine("2024-01-10", *earlier), creatinine("2024-02-20", *latest))
    assert {item.state for item in found.values()} == ({state} if state else set())
    if state is State.CANNOT_ASSESS:
        assert "certain" in str(found[("S1", "creatinine")].needs[0])


def test_falls_in_a_row_are_not_told_of_values_beyond_the_method():
    days = ("2024-01-08", "2024-01-22", "2024-02-05", "2024-02-19")
    falling = [value("wbc", on, number, CELLS, lln="4.0") for on, number in zip(days, "9876", strict=True)]
    unsure = [*falling[:2], replace(falling[2], detection="below"), falling[3]]
    (found,) = limits("2024-03-01", *unsure).values()
    assert found.state is State.CANNOT_ASSESS
    risen = [falling[1], falling[0], *unsure[2:]]
    risen = [replace(one, date=day(on)) for one, on in zip(risen, days, strict=True)]
    assert limits("2024-03-01", *risen) == {}


def test_a_value_of_which_only_the_month_is_known_is_not_taken_for_that_of_a_day():
    low = value("wbc", "2024-02-10", "3.0", CELLS)
    month = replace(value("wbc", "2024-02-01", "4.0", CELLS), until=day("2024-02-29"))
    (found,) = limits("2024-03-01", low, month).values()
    assert found.state is State.CANNOT_ASSESS
    assert "the day" in str(found.needs[0])
    assert "on a day from 2024-02-01 to 2024-02-29" in str(found.because[0])
    (later,) = limits("2024-03-10", replace(low, date=day("2024-03-02")), month).values()
    assert (later.state, later.last) == (State.WARNING, day("2024-03-02"))
    before = replace(month, date=day("2023-11-01"), until=day("2023-11-30"))
    assert limits("2024-03-01", before) == {}


def test_the_nadir_of_cyclophosphamide_and_the_value_before_the_next_infusion():
    for number, words in (("2.99", "20 %"), ("2", "20 %"), ("1.99", "40 %"), ("1", "40 %"), ("0.99", "stop")):
        nadir = value("wbc", "2024-04-11", number, CELLS)
        found = limits("2024-04-12", nadir, therapy=(CYC,))[("CYC-NADIR", "wbc")]
        assert words in str(found.because[-1])
    assert ("CYC-NADIR", "wbc") not in limits(
        "2024-04-12", value("wbc", "2024-04-11", "3", CELLS), therapy=(CYC,)
    )
    assert ("CYC-NADIR", "wbc") not in limits(
        "2024-04-17", value("wbc", "2024-04-16", "1", CELLS), therapy=(CYC,)
    )
    before_next = limits("2024-04-28", value("neutrophils", "2024-04-27", "1.99", CELLS), therapy=(CYC,))
    assert {("CYC-HOLD", "neutrophils"), ("CYC-INFORM", "neutrophils")} <= set(before_next)
    on_the_day = limits("2024-04-01", value("neutrophils", "2024-04-01", "1.49", CELLS), therapy=(CYC,))
    assert ("CYC-DAY", "neutrophils") in on_the_day


def test_limits_in_multiples_of_normal():
    for number, words in (
        ("40.1", "reduce or hold"),
        ("120", "reduce or hold"),
        ("120.1", "says: hold"),
        ("200.1", "stop"),
    ):
        found = limits("2024-03-01", value("alt", "2024-02-20", number, "U/L", uln="40"), therapy=(TCZ,))
        assert words in str(found[("TCZ", "alt")].because[-1])
    assert limits("2024-03-01", value("alt", "2024-02-20", "40", "U/L", uln="40"), therapy=(TCZ,)) == {}
    unknown = limits("2024-03-01", value("alt", "2024-02-20", "300", "U/L"), therapy=(TCZ,))[("TCZ", "alt")]
    assert unknown.state is State.CANNOT_ASSESS
    assert "upper limit of normal for ALT" in str(unknown.needs[0])
    start = limits("2024-01-01", value("neutrophils", "2023-12-20", "1.9", CELLS), therapy=(TCZ,))
    assert start[("TCZ-START", "neutrophils")].state is State.WARNING


def test_neutrophils_on_tocilizumab():
    for number, words in (("1.0", "hold"), ("0.5", "hold"), ("0.49", "stop")):
        found = limits("2024-03-01", value("neutrophils", "2024-02-20", number, CELLS), therapy=(TCZ,))
        assert words in str(found[("TCZ", "neutrophils")].because[-1])
    assert limits("2024-03-01", value("neutrophils", "2024-02-20", "1.01", CELLS), therapy=(TCZ,)) == {}


def test_low_igg_on_rituximab():
    rituximab = line("rituximab", "2024-01-01", infusions=["2024-01-01"])
    found = limits("2024-07-01", value("igg", "2024-06-20", "5.9", "g/L", lln="6.0"), therapy=(rituximab,))
    assert "MDT" not in str(found[("RTX-IGG", "igg")].because[-1])
    found = limits("2024-07-01", value("igg", "2024-06-20", "399", "mg/dL"), therapy=(rituximab,))
    assert "MDT" in str(found[("RTX-IGG", "igg")].because[-1])


def test_every_action_limit_names_its_source():
    assert all(row.source and row.check and row.words for row in action_limits())
