"""The sentences and key numbers of compared pairs, shared by the criteria."""

from __future__ import annotations

from fractions import Fraction

from ctdild_desktop.clinical import wording
from ctdild_desktop.clinical.criteria.pairs import Pair, shown, shown_value
from ctdild_desktop.clinical.verdict import Sentence, SentenceValue, sentence
from ctdild_desktop.language import marked, say

_NAMES = {"fvc": "FVC", "dlco": "DLCO", "fev1": "FEV1"}


def _places(limits: tuple[Fraction, ...]) -> int:
    """Decimals for print: one, or two where a limit has two."""
    return 1 if all((limit * 10).denominator == 1 for limit in limits) else 2


def measure_name(pair: Pair) -> str:
    """``FVC``, ``DLCO`` or, where both values are at standard haemoglobin, ``DLCO (Hb-corrected)``."""
    name = say(_NAMES[pair.measure])
    return say("{name} (Hb-corrected)", name=name) if pair.basis == "percent_predicted_hb_corrected" else name


def relative_sentence(pair: Pair, *limits: Fraction) -> Sentence:
    """Both values with their dates and the relative change, printed so that it never reads as a limit."""
    common = _common(pair)
    change = pair.relative_fall
    if change == 0:
        return sentence(
            "{name} is unchanged at {latest}{unit} ({from_date} and {to_date}), {interval}.", **common
        )
    if change < 0:
        return sentence(
            "{name} rose from {base}{unit} ({from_date}) to {latest}{unit} ({to_date}), {interval}. "
            "({latest} − {base}) / {base} = +{change} % relative.",
            change=shown(-change, _places(limits), *limits),
            **common,
        )
    return sentence(
        "{name} fell from {base}{unit} ({from_date}) to {latest}{unit} ({to_date}), {interval}. "
        "({base} − {latest}) / {base} = {change} % relative.",
        change=shown(change, _places(limits), *limits),
        **common,
    )


def points_sentence(pair: Pair, *limits: Fraction) -> Sentence:
    """Both values in % predicted with their dates and the change in points; limits are amounts."""
    common = _common(pair)
    change = -pair.fall
    if change == 0:
        return sentence(
            "{name} is unchanged at {latest}{unit} ({from_date} and {to_date}), {interval}.", **common
        )
    return sentence(
        "{name} rose from {base}{unit} ({from_date}) to {latest}{unit} ({to_date}), {interval}: "
        "{change} points."
        if change > 0
        else "{name} fell from {base}{unit} ({from_date}) to {latest}{unit} ({to_date}), {interval}: "
        "{change} points.",
        change=shown(abs(change), _places(limits), *limits),
        **common,
    )


def relative_key(pair: Pair, *limits: Fraction) -> Sentence:
    """The relative change as a chip shows it: ``−11.6 %``."""
    return _key(-pair.relative_fall, marked("+{change} %"), marked("{change} %"), limits)


def points_key(pair: Pair, *limits: Fraction) -> Sentence:
    """The change in points as a chip shows it: ``−6.7 points``."""
    return _key(-pair.fall, marked("+{change} points"), marked("{change} points"), limits)


def rate_key(points_a_year: Fraction, limit: Fraction) -> Sentence:
    """A slope as a chip shows it: ``−5.3 points/y``."""
    return _key(points_a_year, marked("+{change} points/y"), marked("{change} points/y"), (limit,))


def _key(change: Fraction, gain: str, fall: str, limits: tuple[Fraction, ...]) -> Sentence:
    both_ways = [side for limit in limits for side in (limit, -limit)]
    template = gain if change > 0 else fall
    return sentence(template, change=shown(change, _places(limits), *both_ways, Fraction(0)))


def _common(pair: Pair) -> dict[str, SentenceValue]:
    return {
        "name": measure_name(pair),
        "base": shown_value(pair.b),
        "latest": shown_value(pair.f),
        "unit": pair.unit,
        "from_date": pair.baseline.date,
        "to_date": pair.follow_up.date,
        "interval": wording.span(pair.baseline.date, pair.follow_up.date),
    }
