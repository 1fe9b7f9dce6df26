"""Limits of blood results and other single values: inclusive, with the unit that was probably meant."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ctdild_desktop.clinical.entry import EntryError
from ctdild_desktop.clinical.plausibility_labs import (
    check_blood_count,
    check_lab,
    lab_limits,
    parse_lab_value,
)


@pytest.mark.parametrize(
    ("test", "refused", "asked", "usual"),
    [
        ("wbc", ("-0.1", "200.1"), ("0", "0.99", "50.1", "200"), ("1", "50")),
        ("neutrophils", ("-0.1", "200.1"), (), ("0", "200")),
        ("platelets", ("-1", "2001"), ("0", "19", "1001", "2000"), ("20", "1000")),
        ("alt", ("0.9", "10001"), ("1001", "10000"), ("1", "1000")),
        ("ast", ("0.9", "10001"), ("1001", "10000"), ("1", "1000")),
        ("creatinine", ("0.1", "9.95", "2001"), ("10", "29", "501", "2000"), ("30", "500")),
        ("crp", ("-1", "601"), ("301", "600"), ("0", "300")),
        ("ck", ("0", "200001"), ("20001", "200000"), ("1", "20000")),
        ("igg", ("-1", "61"), ("0", "3.9", "25.1", "60"), ("4", "25")),
        ("walk_distance", ("-1", "1001"), ("0", "49", "801", "1000"), ("50", "800")),
        ("temperature", ("29.9", "45.1"), ("30", "34.9", "41.1", "45"), ("35", "41")),
        ("fev1_fvc", ("0.14", "101"), ("0.15", "0.39"), ("0.40", "1.00")),
        ("z_score", ("-10.1", "8.1"), ("-10", "-6.1", "4.1", "8"), ("-6", "4")),
    ],
)
def test_limits_are_inclusive(test, refused, asked, usual):
    for value in refused:
        (issue,) = check_lab(test, Decimal(value))
        assert issue.hard, value
    for value in asked:
        (issue,) = check_lab(test, Decimal(value))
        assert not issue.hard, value
    for value in usual:
        assert check_lab(test, Decimal(value)) == (), value


@pytest.mark.parametrize(
    ("test", "typed", "unit", "fixed"),
    [
        ("wbc", "4100", "/µL", "4.1"),
        ("neutrophils", "2300", "/µL", "2.3"),
        ("platelets", "250000", "/µL", "250"),
        ("creatinine", "0.9", "mg/dL", "79.578"),
        ("igg", "700", "mg/dL", "7"),
        ("fev1_fvc", "78", "percent", "0.78"),
    ],
)
def test_a_probable_other_unit_is_offered(test, typed, unit, fixed):
    (issue,) = check_lab(test, Decimal(typed))
    assert issue.hard
    assert issue.code == "UNIT"
    assert f"was it in {unit}?" in issue.text
    assert issue.fix is not None
    assert issue.fix.text == fixed
    assert check_lab(test, Decimal(fixed)) == ()


def test_a_value_in_another_known_unit_is_converted_first():
    assert check_lab("creatinine", Decimal("0.9"), "mg/dL") == ()
    assert check_lab("wbc", Decimal("4100"), "/µL") == ()
    assert check_lab("walk_distance", Decimal("1500"), "ft") == ()
    assert check_lab("alt", Decimal("1"), "µkat/L") == ()


def test_an_unknown_unit_is_refused_and_an_unknown_test_has_no_limits():
    for test, unit in (("creatinine", "g/L"), ("temperature", "°F")):
        (issue,) = check_lab(test, Decimal(37), unit)
        assert (issue.hard, issue.code) == (True, "UNIT")
    assert check_lab("hbv_dna", Decimal(12)) == ()
    assert check_lab("wbc", None) == ()


def test_parts_of_the_white_cells_cannot_be_more_than_all():
    cells = {"wbc": Decimal("4.0"), "neutrophils": Decimal("4.1"), "lymphocytes": Decimal("4.0")}
    (issue,) = check_blood_count(cells)
    assert (issue.field, issue.hard) == ("neutrophils", True)
    assert check_blood_count({"neutrophils": Decimal("4.1")}) == ()


@pytest.mark.parametrize(
    ("typed", "value", "sign"),
    [("<0.5", "0.5", "<"), ("> 1000", "1000", ">"), ("4,1", "4.1", ""), ("5", "5", "")],
)
def test_the_sign_of_a_result_is_kept(typed, value, sign):
    found = parse_lab_value(typed)
    assert (found.value, found.sign) == (Decimal(value), sign)


@pytest.mark.parametrize("typed", ["<", "<<3", "1 000", "negative", "NaN", ""])
def test_what_is_no_result_is_refused(typed):
    with pytest.raises(EntryError):
        parse_lab_value(typed)


def test_every_hard_span_holds_its_soft_span():
    for limits in lab_limits().values():
        low, high = limits.hard
        assert all(edge is None or low <= edge <= high for edge in limits.soft)
