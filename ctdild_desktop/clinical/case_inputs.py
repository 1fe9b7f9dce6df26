"""The calculators that a worked case may ask with plain inputs, and their answers in one form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ctdild_desktop.clinical import ctcae, goh, spirometry_quality
from ctdild_desktop.clinical.case_fields import CaseError, Fields
from ctdild_desktop.clinical.inputs import InputError
from ctdild_desktop.clinical.records import Sex
from ctdild_desktop.clinical.severity import IldGroup, ild_gap, severity_z
from ctdild_desktop.clinical.units import UnitError
from ctdild_desktop.clinical.verdict import Caution, Sentence, sentence

_CANNOT = "CANNOT_ASSESS"
_READINGS = ("below_20", "above_20", "indeterminate")
_OLDEST = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolAnswer:
    """What a calculator answers: ``outcome`` holds its own words, such as ``verdict`` or ``grade``."""

    outcome: Mapping[str, str | int]
    because: tuple[Sentence, ...] = ()
    needs: tuple[Sentence, ...] = ()
    cautions: tuple[Caution, ...] = ()
    source: str = ""
    figures: Mapping[str, object] = field(default_factory=dict)
    """Further figures of the answer as numbers."""


def _goh(inputs: Fields) -> ToolAnswer:
    made = goh.classify(
        extent_reading=inputs.choice("extent_reading", _READINGS),
        extent_pct=inputs.number("extent_pct"),
        fvc_pct_pred=inputs.number("fvc_pct_pred", above=True),
    )
    return ToolAnswer(
        outcome={"verdict": made.stage.value},
        because=made.because,
        needs=made.needs,
        cautions=made.cautions,
        source=made.source,
    )


def _severity_z(inputs: Fields) -> ToolAnswer:
    z = inputs.number("z", low=None)
    band = severity_z(z)
    return ToolAnswer(
        outcome={"verdict": band.value},
        because=() if z is None else (sentence("z-score {z}.", z=z),),
        needs=(sentence("the z-score"),) if z is None else (),
        source="Stanojevic 2022, doi 10.1183/13993003.01499-2021",
    )


def _spirometry_grade(inputs: Fields) -> ToolAnswer:
    acceptable, usable = inputs.numbers("acceptable"), inputs.numbers("usable")
    if not inputs.has("acceptable") and not inputs.has("usable"):
        raise inputs.fail("acceptable", "and usable are missing")
    made = spirometry_quality.grade(acceptable, usable, inputs.number("age"))
    return ToolAnswer(outcome={"grade": made.grade}, because=made.because, source=made.source)


def _ild_gap(inputs: Fields) -> ToolAnswer:
    group = inputs.choice("ild_group", [item.value for item in IldGroup])
    sex = inputs.choice("sex", [item.value for item in Sex])
    age = inputs.number("age")
    if age is not None and age > _OLDEST:
        raise inputs.fail("age", f"is above {_OLDEST}")
    source = "Ryerson 2014, doi 10.1378/chest.13-1474"
    made = ild_gap(
        group=IldGroup(group) if group is not None else IldGroup.CTD_ILD,
        sex=None if sex is None else Sex(sex),
        age=None if age is None else int(age),
        fvc_percent=inputs.number("fvc_pct_pred", above=True),
        dlco_percent=inputs.number("dlco_pct_pred", above=True),
        dlco_cannot_perform=inputs.flag("dlco_cannot_perform") is True,
    )
    needs = (*((sentence("the disease group"),) if group is None else ()), *made.needs)
    if needs or made.raw is None or made.score is None:
        return ToolAnswer(outcome={"verdict": _CANNOT}, needs=needs, source=source)
    risks = {"m1": made.risk_1y, "m2": made.risk_2y, "m3": made.risk_3y}
    told = sentence(
        "Index {score}; risk of death {m1} % at 1 year, {m2} % at 2, {m3} % at 3.",
        score=made.score,
        **{name: risk for name, risk in risks.items() if risk is not None},
    )
    return ToolAnswer(
        outcome={
            "raw": made.raw,
            "score": made.score,
            "band": made.band,
            **{name: str(risk) for name, risk in risks.items()},
        },
        because=(told, *made.because),
        cautions=made.cautions,
        source=source,
        figures=risks,
    )


def _laboratory_grade(inputs: Fields) -> ToolAnswer:
    inputs.need("term")
    term = inputs.choice("term", list(ctcae.lab_terms()))
    value, unit = inputs.number("value"), inputs.text("unit")
    lln, uln, baseline = (inputs.number(name, above=True) for name in ("lln", "uln", "baseline"))
    if term is None or value is None or unit is None:
        missing = [(value, "the value"), (unit, "the unit")]
        return ToolAnswer(
            outcome={"grade": _CANNOT},
            needs=tuple(sentence(words) for found, words in missing if found is None),
            source=ctcae.SOURCE,
        )
    made = ctcae.lab_grade(term, value, unit, lln=lln, uln=uln, baseline=baseline)
    return ToolAnswer(
        outcome={"grade": _CANNOT if made.grade is None else made.grade},
        because=made.because,
        needs=made.needs,
        cautions=made.cautions,
        source=made.source,
    )


def _refusing(tool: Callable[[Fields], ToolAnswer]) -> Callable[[Fields], ToolAnswer]:
    """The tool, with what it refuses told as an error of the case."""

    def answer(inputs: Fields) -> ToolAnswer:
        try:
            return tool(inputs)
        except (InputError, UnitError) as error:
            raise CaseError(f"{inputs.where}{error}") from None

    return answer


TOOLS: Mapping[str, Callable[[Fields], ToolAnswer]] = {
    name: _refusing(tool)
    for name, tool in (
        ("GOH", _goh),
        ("SEVERITY_Z", _severity_z),
        ("SPIRO_GRADE", _spirometry_grade),
        ("ILD_GAP", _ild_gap),
        ("CTCAE_LAB", _laboratory_grade),
    )
}
"""The calculators by the id that a case names."""
