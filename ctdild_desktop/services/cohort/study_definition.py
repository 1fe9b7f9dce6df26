"""How a study is run here, in sentences: whom it counts, which visits, and how the answer is made."""

from __future__ import annotations

from collections.abc import Iterable

from ctdild_desktop.cohort.courses import BASELINE_MONTHS
from ctdild_desktop.cohort.published import Design
from ctdild_desktop.language import joined, say
from ctdild_desktop.services.cohort.study_table import drug_words

_COMPARED = frozenset({"pre-post", "responders", "change", "compare"})


def definition_of(design: Design, measures: Iterable[str]) -> str:
    """The definition of a study as it is run on the registry."""
    asked = set(measures)
    told: list[str] = []
    if design.analysis in _COMPARED | {"slopes", "survival"}:
        told.append(_begun(design))
    if design.analysis in _COMPARED:
        told.append(_visits(design))
    if limit := design.options.get("fvc_below"):
        told.append(say("FVC at the start is below {limit} % predicted.", limit=limit))
    if design.options.get("split") == "extent":
        told.append(say("Extensive: more than 20 % on the latest HRCT up to the start; else limited."))
    if asked & {"success", "improved"}:
        told.append(
            say(
                "Improved or stable: RESPONSE_KEIR, a change of FVC of 10 % or of DLCO of 15 % from the "
                "latest visit of the 6 months before the start to the latest of 6 to 12 months after it."
            )
        )
    if design.analysis == "slopes":
        told.append(
            say(
                "FVC per year by least squares through at least three usable visits: up to the start, and "
                "from the start to the stop."
            )
        )
    if design.analysis == "survival":
        told.append(
            say("Died by the day, of those whose vital status is recorded; of a cause, where it is recorded.")
        )
    if design.analysis == "adverse-events" or asked & {"leukopenia", "pneumonitis", "stopped", "event_rate"}:
        told.append(
            say(
                "Events with their onset in the exposure, whatever the cause: a line and 28 days more, "
                "rituximab 274 days from each infusion. Stopped: a line that was stopped for an adverse "
                "event or an infection."
            )
        )
    if "deaths_exposed" in asked:
        told.append(say("Died: on a day of the exposure, by an event in it, or a line stopped by death."))
    if design.analysis == "describe":
        told.append(say("The latest diagnosis of each patient, of those who have one."))
    return joined(told, " ")


def _begun(design: Design) -> str:
    if design.against == () and design.analysis == "survival":
        return say("Who had begun {drugs} by the day, and who had not.", drugs=drug_words(design.drugs))
    if design.against == () and "fvc_below" in design.options:
        return say(
            "First start of {drugs} on a known day; those never given it from their first usable FVC below "
            "the limit.",
            drugs=drug_words(design.drugs),
        )
    if design.against == ():
        return say(
            "First start of {drugs} on a known day; those never given it from their first usable FVC.",
            drugs=drug_words(design.drugs),
        )
    if design.against and design.against != design.drugs:
        return say(
            "First start of {drugs} or {others} on a known day; who had both counts by the first, who began "
            "both on one day is left out.",
            drugs=drug_words(design.drugs),
            others=drug_words(design.against),
        )
    return say("First start of {drugs} on a known day.", drugs=drug_words(design.drugs))


def _visits(design: Design) -> str:
    options = design.options
    months = options.get("before", BASELINE_MONTHS)
    baseline = say("Baseline: the latest usable visit in the {months} months up to the start.", months=months)
    before = say(
        "Before: to it from the visit nearest to 9 months before the start, 6 to 12 months before it."
    )
    return joined((baseline, before, _after(design)), " ")


def _after(design: Design) -> str:
    options = design.options
    if "month" in options:
        return say(
            "After: to the visit nearest to {months} months after it, within 8 weeks.",
            months=options["month"],
        )
    if "week" in options:
        return say(
            "After: to the visit nearest to {weeks} weeks after it, within 8 weeks.", weeks=options["week"]
        )
    if "latest" in options:
        first, _, last = options["latest"].partition("-")
        if last:
            return say(
                "After: to the latest visit of {first} to {last} months after it.", first=first, last=last
            )
        return say("After: to the latest visit from {first} months after it on.", first=first)
    return say("After: to the visit nearest to 9 months after it, 6 to 12 months after it.")
