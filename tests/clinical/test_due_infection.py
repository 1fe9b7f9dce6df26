"""Pneumocystis prophylaxis, vaccines, and prompts by what happened."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ctdild_desktop.clinical.due import State, default_rules
from ctdild_desktop.clinical.due.infection import live_vaccine_obstacles
from ctdild_desktop.clinical.due.steroids import daily_dose, days_in_a_row
from tests.support.due import at, done, item, items, line
from tests.support.people import day

MMF = line("mycophenolate", "2023-01-01", dose="2000")
RTX = line("rituximab", "2024-01-10", infusions=["2024-01-10", "2024-01-24"])


def steroid(dose: str, start: str = "2024-02-01", **values):
    return line("prednisolone", start, dose=dose, **values)


@pytest.mark.parametrize(
    ("therapy", "as_of", "state"),
    [
        ((steroid("20"), MMF), "2024-02-28", State.RECOMMEND),
        ((steroid("20"), MMF), "2024-02-27", State.CONSIDER),
        ((steroid("20"), MMF), "2024-02-15", State.CONSIDER),
        ((steroid("20"), MMF), "2024-02-14", None),
        ((steroid("19.9"), MMF), "2024-06-01", State.CONSIDER),
        ((steroid("20"),), "2024-06-01", State.CONSIDER),
        ((steroid("20"), line("hydroxychloroquine", "2023-01-01", dose="400")), "2024-06-01", State.CONSIDER),
        ((steroid("15"), MMF), "2024-03-31", None),
        ((line("cyclophosphamide_iv", "2024-02-01"),), "2024-02-01", State.RECOMMEND),
        ((line("cyclophosphamide_po", "2024-02-01", "2024-03-01"),), "2024-03-01", None),
        ((RTX, steroid("5")), "2024-07-24", State.RECOMMEND),
        ((RTX, steroid("5")), "2024-07-25", None),
        ((RTX,), "2024-03-01", None),
    ],
)
def test_pneumocystis_prophylaxis(therapy, as_of, state):
    found = items(at(as_of, therapy=therapy), "PJP")
    assert [one.state for one in found] == ([] if state is None else [state])


def test_a_recorded_prophylaxis_answers_the_rule():
    given = line("co_trimoxazole", "2024-02-10", dose="480")
    assert item(at("2024-03-10", therapy=(steroid("20"), MMF, given)), "PJP").state is State.NOT_DUE
    assert (
        item(at("2024-02-09", therapy=(steroid("30", "2024-01-01"), MMF, given)), "PJP").state
        is State.RECOMMEND
    )


def test_an_unknown_steroid_dose_is_named_as_needed():
    found = item(at("2024-03-10", therapy=(line("prednisolone", "2024-01-01"),)), "PJP")
    assert found.state is State.CANNOT_ASSESS
    assert "daily dose" in str(found.needs[0])


def test_the_days_of_a_dose_count_the_first_and_the_present_day_and_end_at_a_gap():
    taper = steroid("40", steps=[("2024-02-11", "20"), ("2024-03-01", "10")])

    def days(as_of: str, least: int) -> int:
        return days_in_a_row([taper], day(as_of), lambda mg: mg >= least)[0]

    assert [days("2024-02-29", 20), days("2024-02-29", 40), days("2024-02-10", 40)] == [29, 0, 10]
    assert [days("2024-03-01", 20), days("2024-01-31", 20)] == [0, 0]
    two = (steroid("20", stop="2024-02-10"), replace(steroid("20", "2024-02-12"), id="b"))
    assert days_in_a_row(two, day("2024-02-20"), lambda mg: mg >= 20) == (9, day("2024-02-12"))
    gapless = (steroid("20", stop="2024-02-12"), replace(steroid("20", "2024-02-12"), id="b"))
    assert days_in_a_row(gapless, day("2024-02-20"), lambda mg: mg >= 20) == (20, day("2024-02-01"))


def test_steroids_add_up_as_prednisolone():
    lines = (steroid("5"), line("dexamethasone", "2024-02-01", dose="6"))
    assert daily_dose(lines, day("2024-02-01")).mg == 45
    assert (
        daily_dose(
            (line("methylprednisolone", "2024-02-01", dose="2", frequency="tds"),), day("2024-02-05")
        ).mg
        == 7.5
    )


@pytest.mark.parametrize(
    ("therapy", "as_of", "expected"),
    [
        ((MMF,), "2024-01-01", 1),
        ((line("tocilizumab", "2024-01-01"),), "2024-01-01", 1),
        ((RTX,), "2025-01-23", 1),
        ((RTX,), "2025-01-24", 0),
        ((line("azathioprine", "2023-01-01", dose="3", dose_unit="mg/kg"),), "2024-01-01", 0),
        ((line("azathioprine", "2023-01-01", dose="3.1", dose_unit="mg/kg"),), "2024-01-01", 1),
        ((steroid("20"),), "2024-02-13", 0),
        ((steroid("20"),), "2024-02-14", 1),
        ((line("nintedanib", "2023-01-01", dose="150", frequency="bd"),), "2024-01-01", 0),
    ],
)
def test_what_stands_against_a_live_vaccine(therapy, as_of, expected):
    rule = default_rules().get("VAC-LIVE")
    assert rule is not None
    assert len(live_vaccine_obstacles(rule, at(as_of, therapy=therapy))) == expected


def test_a_live_vaccine_given_against_the_rule_is_a_warning():
    found = item(at("2024-06-01", *done("vaccine_live", "2024-05-01"), therapy=(MMF,)), "VAC-LIVE")
    assert (found.state, found.last) == (State.WARNING, day("2024-05-01"))
    assert items(at("2024-06-01", *done("vaccine_live", "2022-05-01"), therapy=(MMF,)), "VAC-LIVE") == []


def test_a_vaccine_within_six_months_after_rituximab_is_a_warning_but_not_influenza():
    early = at("2024-08-01", *done("vaccine_pneumococcal", "2024-07-23"), therapy=(RTX,))
    assert item(early, "VACCINE-TIMING").state is State.WARNING
    assert items(replace(early, results=done("vaccine_pneumococcal", "2024-07-24")), "VACCINE-TIMING") == []
    assert items(replace(early, results=done("vaccine_influenza", "2024-07-01")), "VACCINE-TIMING") == []
    assert items(replace(early, results=done("vaccine_pneumococcal", "2024-01-09")), "VACCINE-TIMING") == []


def test_influenza_vaccine_every_year_on_immunosuppression():
    found = item(at("2024-09-17", *done("vaccine_influenza", "2023-10-01"), therapy=(MMF,)), "VAC-FLU")
    assert (found.state, found.due) == (State.WINDOW_OPEN, day("2024-10-01"))
    antifibrotic = line("nintedanib", "2023-01-01", dose="150", frequency="bd")
    assert items(at("2024-09-17", therapy=(antifibrotic,)), "VAC-FLU") == []


def test_interactions_and_drugs_with_ild_are_warnings():
    mtx = line("methotrexate", "2023-01-01", dose="15", frequency="weekly")
    together = (mtx, line("co_trimoxazole", "2024-01-01", dose="480"))
    assert item(at("2024-02-01", therapy=together), "CTX-MTX").state is State.WARNING
    assert items(at("2024-02-01", therapy=(mtx,)), "CTX-MTX") == []
    aza = line("azathioprine", "2023-01-01", dose="100")
    assert (
        item(at("2024-02-01", therapy=(aza,), other_drugs=frozenset({"allopurinol"})), "AZA-XO").state
        is State.WARNING
    )
    anti_tnf = line("infliximab", "2023-01-01")
    found = item(at("2024-02-01", therapy=(anti_tnf,), anchor="2020-01-01"), "TNF-ILD")
    assert "R22" in " ".join(map(str, found.because))
    assert items(at("2024-02-01", therapy=(anti_tnf,)), "TNF-ILD") == []


def test_renal_crisis_is_a_warning_above_15_mg_in_systemic_sclerosis():
    for dose, diagnosis, expected in (("15.1", "dcSSc", 1), ("15", "dcSSc", 0), ("40", "DM", 0)):
        facts = at("2024-02-05", therapy=(steroid(dose),), diagnosis=diagnosis, anchor="2020-01-01")
        assert len(items(facts, "GC-RENAL")) == len(items(facts, "GC-HOMEBP")) == expected


def test_prompts_rest_on_what_happened_on_the_drug():
    mtx = line("methotrexate", "2024-01-01", dose="15", frequency="weekly")
    found = item(at("2024-06-01", therapy=(mtx,), worse_on=day("2024-05-30")), "MTX-PNEUMONITIS")
    assert "first year" in " ".join(map(str, found.because))
    later = item(at("2025-06-01", therapy=(mtx,), worse_on=day("2025-01-01")), "MTX-PNEUMONITIS")
    assert "first year" not in " ".join(map(str, later.because))
    assert items(at("2024-06-01", therapy=(mtx,), worse_on=day("2023-12-31")), "MTX-PNEUMONITIS") == []

    assert items(at("2024-10-24", therapy=(RTX,), neurological_on=day("2024-10-24")), "RTX-PML")
    assert items(at("2024-10-25", therapy=(RTX,), neurological_on=day("2024-10-25")), "RTX-PML") == []
    assert items(at("2025-05-25", therapy=(RTX,), neurological_on=day("2024-10-24")), "RTX-PML") == []

    cyc = line("cyclophosphamide_po", "2010-01-01", "2010-06-01", dose="100")
    assert items(at("2024-06-01", therapy=(cyc,), haematuria_on=day("2024-05-01")), "CYC-CYSTOSCOPY")
    assert items(at("2024-06-01", therapy=(cyc,), haematuria_on=day("2009-05-01")), "CYC-CYSTOSCOPY") == []
    dipstick = done("urinalysis", "2024-05-01", positive=True)
    assert items(at("2024-06-01", *dipstick, therapy=(cyc,)), "CYC-CYSTOSCOPY")

    tcz = line("tocilizumab", "2024-01-01")
    assert items(at("2024-06-01", therapy=(tcz,), abdominal_pain_on=day("2024-05-01")), "TCZ-PERFORATION")
