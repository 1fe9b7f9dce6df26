"""Propensity, pairs and balance: against R's ``glm`` and against all pairs looked at one by one."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Sequence

import numpy as np
import pytest

from ctdild_desktop.cohort import matching
from ctdild_desktop.cohort.columns import Covariate, Subject, Value, independent
from ctdild_desktop.cohort.matching import UnmatchedError, balance, pairs, propensity
from tests.cohort.expected import expected, table

AGE = Covariate("age", "Age")
SEX = Covariate("sex", "Sex", category=True)
GROUP = Covariate("group", "Group", category=True)
ALL = (AGE, SEX, GROUP, Covariate("fvc", "FVC"), Covariate("prior", "Prior"))


def compared() -> list[Subject]:
    """The patients of ``compared.csv``."""
    return [
        Subject(
            patient=row["patient"],
            first=row["drug"] == "a",
            values={one.name: row[one.name] if one.category else float(row[one.name]) for one in ALL},
        )
        for row in table("compared.csv")
    ]


def some(first: Sequence[Value], second: Sequence[Value], name: str = "age") -> list[Subject]:
    """Patients of two groups with one covariate."""
    both = [(value, True) for value in first] + [(value, False) for value in second]
    return [Subject(patient=str(at), first=one, values={name: value}) for at, (value, one) in enumerate(both)]


def test_logits_and_caliper_are_those_of_r() -> None:
    told = expected("compared.txt")
    model = propensity(compared(), ALL)
    assert model.logits == pytest.approx(told["logits"], abs=2e-9)
    assert model.caliper == pytest.approx(told["caliper"][0], abs=1e-9)
    assert (model.left_out, model.without_counterpart) == ((), ())


def test_each_pair_is_the_nearest_that_was_free() -> None:
    model = propensity(compared(), ALL)
    made = pairs(model)
    logit = dict(zip((one.patient for one in model.subjects), model.logits, strict=True))
    free = {one.patient for one in model.subjects if not one.first}
    wanted = []
    for one in sorted((one for one in model.subjects if one.first), key=lambda one: -logit[one.patient]):
        nearest = min(free, key=lambda other: abs(logit[other] - logit[one.patient]))
        if abs(logit[nearest] - logit[one.patient]) <= model.caliper:
            wanted.append((one.patient, nearest))
            free.remove(nearest)
    assert [(pair.first.patient, pair.second.patient) for pair in made] == wanted
    assert 10 < len(made) < 22, "some are outside the caliper"
    assert pairs(propensity(compared(), ALL)) == made


def test_of_equal_ones_the_earlier_in_the_list_is_taken() -> None:
    people = some([50, 60, 60, 71], [60, 49, 60, 60, 72, 40])
    made = pairs(propensity(people, (AGE,)))
    sixty = [(pair.first.patient, pair.second.patient) for pair in made if pair.distance == 0]
    assert sixty == [("1", "4"), ("2", "6")]


def test_standardised_differences_are_those_of_r_and_keep_the_spread_after_matching() -> None:
    told = expected("compared.txt")
    people = compared()
    made = pairs(propensity(people, ALL))
    by_name = {(one.covariate, one.level): one for one in balance(people, made, ALL)}
    age = by_name["age", ""]
    assert age.before.difference == pytest.approx(told["smd_age"][0])
    assert by_name["group", "IIM"].before.difference == pytest.approx(told["smd_IIM"][0])
    assert age.after is not None
    ages = [(float(pair.first.values["age"]), float(pair.second.values["age"])) for pair in made]
    first, second = (sum(side) / len(ages) for side in zip(*ages, strict=True))
    assert age.after.first == pytest.approx(first)
    spread = (age.before.first - age.before.second) / age.before.difference
    assert age.after.difference == pytest.approx((first - second) / spread)
    shares = [by_name["group", level].before.first for level in ("SSc", "IIM", "RA")]
    assert sum(share for share in shares if share is not None) == pytest.approx(100)


def test_balance_where_nothing_varies_or_nobody_is_paired() -> None:
    same, apart, alone = some([5, 5], [5, 5]), some([5, 5], [6, 6]), some([5], [6, 7])
    assert balance(same, (), (AGE,))[0].before.difference == 0
    assert balance(apart, (), (AGE,))[0].before.difference is None
    told = balance(alone, (), (AGE,))[0]
    assert (told.before.difference, told.after) == (None, None)
    assert balance(some(["F", "F"], ["M", "M"], "sex"), (), (SEX,))[0].before.difference is None


@pytest.mark.parametrize(
    ("people", "covariate", "sentence"),
    [
        (some([70, 71, 72], [40, 50, 60]), AGE, matching.SEPARATED),
        (some([60, 71, 72], [40, 50, 60]), AGE, matching.SEPARATED),
        (some([50, 50], [50, 50, 50]), AGE, matching.ALL_EQUAL),
        (some(["F", "F"], ["F", "F", "F"], "sex"), SEX, matching.ALL_EQUAL),
        (some(["F", "F"], ["M", "M"], "sex"), SEX, matching.NOBODY_ALIKE),
        (some([50], []), AGE, matching.NOBODY_ALIKE),
        (some([50], [60]), AGE, matching.SEPARATED),
    ],
    ids=["divided", "divided but for one border", "equal", "one level", "no level in both", "one", "two"],
)
def test_groups_that_cannot_be_matched_get_a_sentence(
    people: list[Subject], covariate: Covariate, sentence: str
) -> None:
    with pytest.raises(UnmatchedError) as refused:
        propensity(people, (covariate,))
    assert str(refused.value) == sentence
    assert sentence.endswith(".")


def test_whoever_has_a_level_of_one_group_only_has_no_counterpart() -> None:
    people = [
        *(Subject(patient=f"a{at}", first=True, values={"group": one, "sex": sex}) for at, (one, sex) in
          enumerate(itertools.product(("SSc", "RA", "IIM"), "FM"))),
        *(Subject(patient=f"b{at}", first=False, values={"group": one, "sex": sex}) for at, (one, sex) in
          enumerate(itertools.product(("SSc", "RA", "UCTD"), "FM"))),
    ]  # fmt: skip
    model = propensity(people, (GROUP, SEX))
    assert model.without_counterpart == ("a4", "a5", "b4", "b5")
    assert len(model.subjects) == 8
    assert np.allclose(model.logits, 0, atol=1e-8), "the groups are alike in the rest"
    assert len(pairs(model)) == 4


def test_a_column_made_of_others_is_left_out_whatever_its_unit() -> None:
    metres = np.array([1.5, 1.6, 1.7, 1.8])
    design = np.column_stack([np.ones(4), metres, metres * 1000 + 3, np.array([1, 0, 0, 1.0]), np.zeros(4)])
    assert independent(design) == [0, 1, 3]


def test_the_regression_is_to_the_last_bit_that_of_statsmodels() -> None:
    from statsmodels.discrete.discrete_model import Logit

    chance = np.random.default_rng(4)
    for count, columns in ((12, 2), (60, 4), (500, 9), (2000, 6)):
        design = np.column_stack([np.ones(count), chance.normal(size=(count, columns))])
        towards = 1 / (1 + np.exp(-(design @ chance.normal(0, 0.5, columns + 1))))
        outcome = (chance.random(count) < towards).astype(float)
        found = matching.logistic(design, outcome)
        assert found is not None
        known = Logit(outcome, design).fit(method="newton", maxiter=100, disp=False)
        assert found.tolist() == np.asarray(known.params).tolist()


def test_a_regression_that_runs_away_has_no_answer() -> None:
    design = np.column_stack([np.ones(6), np.arange(6.0)])
    assert matching.logistic(design, (np.arange(6) > 2).astype(float)) is None


def test_groups_that_overlap_are_proven_to_without_the_library_that_is_large(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    values = np.array([-1.2, 0.3, 0.9, -0.4, 0.1, 1.4])
    design = np.column_stack([np.ones(len(values)), values])
    assert not matching.divided(design, np.array([True, False, True, False, True, False]))
