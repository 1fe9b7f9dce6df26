"""Reference equations against independent results: worked examples and the official GLI calculator."""

from __future__ import annotations

import csv
import datetime as dt
import math
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop.clinical import reference
from ctdild_desktop.clinical.entry import EntryError
from ctdild_desktop.clinical.records import DlcoUnit, Sex
from ctdild_desktop.clinical.reference import tables
from ctdild_desktop.clinical.reference.equations import People, evaluate, measures

DATA = Path(__file__).parents[1] / "data"
SETS = {
    "gli2012": "GLI2012",
    "gliglobal2022": "GLI2022",
    "gli2017": "GLI2017_TLCO",
    "gli2021": "GLI2021_VOL",
}


def read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def people(rows: list[dict[str, str]]) -> People:
    return People(
        male=np.array([row["sex"] == "male" for row in rows]),
        age=np.array([float(row["age_years"]) for row in rows]),
        height=np.array([float(row["height_cm"]) for row in rows]),
        group=np.array([float(row["ethnic_group"]) for row in rows]),
    )


def test_worked_examples_to_one_in_a_million() -> None:
    rows = read("reference_worked_examples.csv")
    assert len(rows) == 288
    for row in rows:
        made = evaluate(SETS[row["equation"]], row["measure"], people([row]))
        got = {
            "l": made.skew,
            "predicted": made.predicted,
            "s": made.spread,
            "lln": made.lln,
            "uln": made.uln,
            "percent_predicted": made.percent(np.array([float(row["measured"])])),
        }
        where = (row["case_id"], row["equation"], row["measure"])
        for name, column in got.items():
            if row[name]:
                assert column[0] == pytest.approx(float(row[name]), rel=1e-6), (*where, name)
            else:
                assert math.isnan(column[0]), (*where, name)
        z = made.z(np.array([float(row["measured"])]))[0]
        if row["z"]:
            assert z == pytest.approx(float(row["z"]), abs=1e-6), where
        else:
            assert math.isnan(z), where


def test_official_calculator_to_three_decimals() -> None:
    rows = read("reference_official_calculator.csv")
    compared = 0
    for equation in ("gli2012", "gli2017", "gli2021"):
        for measure in measures(SETS[equation]):
            made = evaluate(SETS[equation], measure, people(rows))
            for part, column in (("predicted", made.predicted), ("lln", made.lln), ("uln", made.uln)):
                name = f"{equation}_{measure.lower()}_{part}"
                for row, value in zip(rows, column, strict=True):
                    if row[name]:
                        assert abs(value - float(row[name])) <= 0.000501, (row["case_id"], name)
                        compared += 1
                    else:
                        assert math.isnan(value), (row["case_id"], name)
    assert compared > 10_000


def test_one_person_equals_the_column() -> None:
    for row in read("reference_worked_examples.csv")[::7]:
        one = reference.limits(
            row["measure"],
            SETS[row["equation"]],
            Sex.MALE if row["sex"] == "male" else Sex.FEMALE,
            float(row["age_years"]),
            Decimal(row["height_cm"]),
            ethnic_group=int(row["ethnic_group"]),
        )
        if not row["predicted"]:
            assert one is None
            continue
        assert one is not None
        assert one.predicted == pytest.approx(float(row["predicted"]), rel=1e-6)
        assert reference.z_score(Decimal(row["measured"]), one) == pytest.approx(float(row["z"]), abs=1e-6)
        assert float(reference.percent(Decimal(row["measured"]), one)) == pytest.approx(
            float(row["percent_predicted"]), rel=1e-6
        )


@pytest.mark.parametrize(
    ("reference_set", "measure", "youngest", "oldest"),
    [
        ("GLI2022", "FVC", 3, 95),
        ("GLI2012", "FEV1", 3, 95),
        ("GLI2017_TLCO", "DLCO", 5, 85),
        ("GLI2021_VOL", "TLC", 5, 80),
        ("ECSC93", "FVC", 18, 70),
        ("NHANES3", "FVC", 18, 80),
    ],
)
def test_no_value_outside_the_published_ages(
    reference_set: str, measure: str, youngest: float, oldest: float
) -> None:
    def at(age: float) -> reference.Limits | None:
        return reference.limits(measure, reference_set, Sex.FEMALE, age, Decimal("165"), ethnic_group=1)

    assert at(youngest) is not None
    assert at(oldest) is not None
    assert at(youngest - 0.01) is None
    assert at(oldest + 0.01) is None


def test_group_is_never_assumed() -> None:
    for reference_set in ("GLI2012", "NHANES3"):
        assert reference.limits("FVC", reference_set, Sex.MALE, 50.0, Decimal("175")) is None
    assert reference.limits("FVC", "NHANES3", Sex.MALE, 50.0, Decimal("175"), ethnic_group=3) is None
    assert reference.limits("FVC", "GLI2022", Sex.MALE, 50.0, Decimal("175")) is not None


def test_ecsc_by_hand() -> None:
    woman = reference.limits("FVC", "ECSC93", Sex.FEMALE, 50.0, Decimal("165"))
    assert woman is not None
    assert woman.predicted == pytest.approx(4.43 * 1.65 - 0.026 * 50 - 2.89)
    assert woman.lln is None
    assert reference.z_score(Decimal("3.0"), woman) is None
    young = reference.limits("FEV1", "ECSC93", Sex.MALE, 20.0, Decimal("180"))
    assert young is not None
    assert young.predicted == pytest.approx(4.30 * 1.80 - 0.029 * 25 - 2.49)
    assert reference.limits("FVC", "ECSC93", Sex.FEMALE, 50.0, Decimal("180.1")) is None
    assert reference.limits("FVC", "ECSC93", Sex.MALE, 50.0, Decimal("154.9")) is None


def test_nhanes_by_hand() -> None:
    man = reference.limits("FEV1", "NHANES3", Sex.MALE, 40.0, Decimal("175"), ethnic_group=1)
    assert man is not None
    predicted = 0.5536 - 0.01303 * 40 - 0.000172 * 1600 + 0.00014098 * 175**2
    lln = 0.5536 - 0.01303 * 40 - 0.000172 * 1600 + 0.00011607 * 175**2
    assert man.predicted == pytest.approx(predicted)
    assert man.lln == pytest.approx(lln)
    assert reference.z_score(Decimal(str(lln)), man) == pytest.approx(-1.645)
    ratio = reference.limits("FEV1FVC", "NHANES3", Sex.FEMALE, 50.0, Decimal("165"), ethnic_group=2)
    assert ratio is not None
    assert ratio.predicted == pytest.approx((91.655 - 0.2039 * 50) / 100)
    assert reference.limits("FVC", "NHANES3", Sex.MALE, 19.9, Decimal("175"), ethnic_group=1) is None


@given(
    sex=st.sampled_from(Sex),
    age=st.floats(18, 79),
    height=st.decimals("140", "200", places=1),
    z=st.floats(-5, 3),
)
def test_z_score_is_the_inverse_of_its_definition(sex: Sex, age: float, height: Decimal, z: float) -> None:
    of = reference.limits("FVC", "GLI2022", sex, age, height)
    assert of is not None
    assert of.skew is not None
    assert of.spread is not None
    value = of.predicted * (1 + z * of.skew * of.spread) ** (1 / of.skew)
    assert reference.z_score(Decimal(value), of) == pytest.approx(z, abs=1e-8)
    assert of.lln is not None
    assert of.uln is not None
    assert of.lln < of.predicted < of.uln


def test_units_of_the_transfer_factor_agree() -> None:
    trad = reference.limits(
        reference.dlco_measure(DlcoUnit.TRADITIONAL), "GLI2017_TLCO", Sex.MALE, 60.0, Decimal(175)
    )
    si = reference.limits(reference.dlco_measure(DlcoUnit.SI), "GLI2017_TLCO", Sex.MALE, 60.0, Decimal(175))
    assert trad is not None
    assert si is not None
    assert trad.predicted / si.predicted == pytest.approx(2.987, rel=2e-6)


@pytest.mark.parametrize(
    ("measure", "named", "used"),
    [
        ("FVC", "GLI2022", "GLI2022"),
        ("FVC", "GLI2012", "GLI2012"),
        ("FVC", "GLI2017_TLCO", None),
        ("DLCO", "GLI2022", "GLI2017_TLCO"),
        ("TLC", "GLI2012", "GLI2021_VOL"),
        ("DLCO", "ECSC93", None),
        ("FVC", "LOCAL:north wing", None),
        ("FVC", None, None),
    ],
)
def test_which_set_gives_which_measure(measure: str, named: str | None, used: str | None) -> None:
    assert reference.set_for(measure, named) == used


def test_age_is_days_over_365_and_a_quarter() -> None:
    assert reference.age_in_years(dt.date(1970, 9, 18), dt.date(2026, 3, 12)) == 20264 / 365.25


def test_a_damaged_table_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "reference"
    folder.mkdir()
    for file in (tables.resources() / "reference").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    damaged = folder / "ecsc1993_spirometry.csv"
    damaged.write_bytes(damaged.read_bytes().replace(b"5.76", b"5.67"))
    monkeypatch.setattr(tables, "resources", lambda: tmp_path)
    with pytest.raises(tables.TableError, match=r"ecsc1993_spirometry\.csv is damaged"):
        tables.rows("ECSC93", "spirometry.csv")
    assert tables.rows("NHANES3", "ratio.csv")


def test_every_set_names_its_publication() -> None:
    for name in reference.known_sets():
        book = reference.publication(name)
        assert book.id == name
        assert book.doi.startswith("10.")
        assert book.citation


def table_input() -> dict[str, list[str]]:
    rows = [row for row in read("reference_worked_examples.csv") if row["equation"] == "gli2012"]
    first = {row["case_id"]: row for row in rows}
    columns: dict[str, list[str]] = {
        name: [row[name] for row in first.values()]
        for name in ("case_id", "sex", "age_years", "height_cm", "ethnic_group")
    }
    fvc = {row["case_id"]: row["measured"] for row in rows if row["measure"] == "FVC"}
    columns["measured_fvc_l"] = [fvc[case] for case in first]
    return columns


def test_predict_table_names_and_values() -> None:
    columns = table_input()
    made = reference.predict_table(columns)
    assert len(made) == 4 * (3 + 3 + 5 + 5)
    assert list(made)[:4] == [
        "gli2012_fev1_predicted",
        "gli2012_fev1_lln",
        "gli2012_fev1_z",
        "gli2012_fev1_percent_predicted",
    ]
    expected = {
        (row["case_id"], row["equation"]): row
        for row in read("reference_worked_examples.csv")
        if row["measure"] == "FVC"
    }
    for index, case in enumerate(columns["case_id"]):
        for equation in ("gli2012", "gliglobal2022"):
            row = expected[(case, equation)]
            assert made[f"{equation}_fvc_z"][index] == pytest.approx(float(row["z"]), abs=1e-6)
    assert np.isnan(made["gli2021_tlc_z"]).all(), "no measured TLC was given"


def test_predict_table_without_group_leaves_gli2012_empty() -> None:
    columns = table_input()
    del columns["ethnic_group"]
    made = reference.predict_table(columns)
    assert np.isnan(made["gli2012_fvc_predicted"]).all()
    assert not np.isnan(made["gliglobal2022_fvc_predicted"]).any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sex": ["x"]}, "Row 2: sex"),
        ({"age_years": ["fifty"]}, "Row 2: age_years is not a number"),
        ({"height_cm": ["nan"]}, "Row 2: height_cm"),
        ({"measured_fvc_l": ["2,5"]}, "Row 2: measured_fvc_l"),
    ],
)
def test_predict_table_refuses_with_row_and_column(change: dict[str, list[str]], message: str) -> None:
    good = {"sex": ["F"], "age_years": ["50"], "height_cm": ["165"], "measured_fvc_l": ["2.5"]}
    reference.predict_table(good)
    with pytest.raises(EntryError, match=message):
        reference.predict_table(good | change)
    with pytest.raises(EntryError, match="age_years is missing"):
        reference.predict_table({"sex": ["F"], "height_cm": ["165"]})


def test_several_ages_at_once_are_each_age_alone_to_the_last_bit() -> None:
    rng = np.random.default_rng(22)
    for named in tables.known_sets():
        for measure in measures(named):
            for sex, group in ((Sex.MALE, 1), (Sex.FEMALE, 2), (Sex.MALE, None)):
                ages = [*rng.uniform(3, 96, 12).tolist(), 18.0, 25.0, 95.0]
                at = [
                    (age, Decimal(int(height))) for age, height in zip(ages, range(140, 200, 4), strict=True)
                ]
                together = reference.limits_at(measure, named, sex, at, ethnic_group=group)
                alone = tuple(
                    reference.limits(measure, named, sex, age, height, ethnic_group=group)
                    for age, height in at
                )
                assert together == alone
    assert reference.limits_at("FVC", "unheard of", Sex.MALE, [(40.0, Decimal(170))]) == (None,)
    assert reference.limits_at("TLC", "ECSC93", Sex.MALE, [(40.0, Decimal(170))]) == (None,)


def test_z_of_one_number_is_that_of_a_column_to_the_last_bit() -> None:
    rng = np.random.default_rng(23)
    count = 400
    for named, measure in (
        ("GLI2022", "FVC"),
        ("GLI2012", "FEV1FVC"),
        ("GLI2017_TLCO", "DLCO"),
        ("GLI2021_VOL", "TLC"),
        ("NHANES3", "FVC"),
        ("ECSC93", "FVC"),
    ):
        age, height = rng.uniform(20, 69, count), rng.integers(155, 180, count).astype(float)
        made = evaluate(
            named,
            measure,
            People(male=np.full(count, True), age=age, height=height, group=np.full(count, 1.0)),
        )
        values = [Decimal(f"{value:.2f}") for value in made.predicted * rng.uniform(0.2, 1.6, count)]
        column = made.z(np.array([float(value) for value in values])).tolist()
        for at, value in enumerate(values):
            of = reference.limits(
                measure, named, Sex.MALE, float(age[at]), Decimal(int(height[at])), ethnic_group=1
            )
            assert of is not None
            z = reference.z_score(value, of)
            assert z is None if math.isnan(column[at]) else z == column[at]
