"""Before against after a drug, and who responded to it by the published classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ctdild_desktop.clinical.verdict import Verdict
from ctdild_desktop.clinical.wording import capital
from ctdild_desktop.cohort.courses import Change
from ctdild_desktop.cohort.describing import Proportion, Summary, proportion
from ctdild_desktop.figures.chart import Chart, Meaning
from ctdild_desktop.figures.cohort_columns import Bar, shares
from ctdild_desktop.figures.cohort_pairs import Pair, Quartiles, before_and_after
from ctdild_desktop.language import marked, retold, say
from ctdild_desktop.services.cohort import lung_function
from ctdild_desktop.services.cohort.answer import Cell, Column, Result, Step
from ctdild_desktop.services.cohort.answers.parts import (
    NOTHING,
    Asked,
    Found,
    by_number,
    chosen_steps,
    count_cell,
    drug_words,
    interval_cell,
    left_out,
    nobody,
    number_cell,
    p_cell,
    share_cells,
    share_columns,
    steps_of,
)
from ctdild_desktop.services.cohort.around_start import Around, Responses
from ctdild_desktop.services.cohort.definitions import definition
from ctdild_desktop.services.cohort.times import NEVER_GIVEN, START_INEXACT

_MEASURES = {"fvc": marked("FVC"), "dlco": marked("DLCO")}
_INKS = {"fvc": Meaning.FVC, "dlco": Meaning.DLCO}
_LIMITS = {"fvc": 10.0, "dlco": 15.0}
"""The changes that Keir 2014 counts, drawn as guides."""
_KEIR, _REVIEW = "RESPONSE_KEIR", "RESPONSE_REVIEW"
_NO_START = (NEVER_GIVEN, START_INEXACT)
"""Why there is no before and no after."""
_UNTOLD = str(Verdict.CANNOT_ASSESS)
_CRITERIA = {
    _KEIR: marked("Before and after the drug, as Keir 2014: FVC 10 %, DLCO 15 %, after 6–12 months"),
    _REVIEW: marked("Gains that the source review counts: FVC above 10 %, DLCO above 15 %"),
}
_CLASSES: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    _KEIR: (
        (marked("improved or stable: a success"), ("IMPROVED", "STABLE")),
        (marked("improved"), ("IMPROVED",)),
        (marked("stable"), ("STABLE",)),
        (marked("mixed: one measure up, one down"), ("MIXED",)),
        (marked("deteriorated"), ("DETERIORATED",)),
    ),
    _REVIEW: (
        (
            marked("FVC gain above 10 %"),
            ("FVC_RESPONSE", "FVC_AND_DLCO_RESPONSE", "MARKED_RESPONSE"),
        ),
        (
            marked("DLCO gain above 15 %"),
            ("DLCO_RESPONSE", "FVC_AND_DLCO_RESPONSE", "MARKED_RESPONSE"),
        ),
        (marked("gain above 30 % in FVC, FEV1 and DLCO"), ("MARKED_RESPONSE",)),
        (marked("none of these gains"), ("NO_RESPONSE",)),
    ),
}


def pre_post(asked: Asked) -> Found:
    """FVC and DLCO on the way to a drug and after its start."""
    drug = drug_words(asked.options.drug)
    told = lung_function.pre_post(asked.desk, asked.options.drug, asked.chosen, asked.progress)
    return Found(
        title=say("FVC and DLCO before and after {drug}", drug=drug),
        definition=definition("pre-post", drug=drug),
        steps=_steps(told.measures, drug),
        results=(_changes(told.measures), *_responses(told.responses)),
        charts=tuple(_drawn(name, made, drug) for name, made in told.measures.items()),
        caveats=(
            say(
                "Before and after without a control group: a drug is begun when the lung gets worse, and "
                "what was worst tends to be better at the next test (regression to the mean); other "
                "treatment changes, too. It does not show an effect of the drug."
            ),
            say(
                "Who died, stopped coming or could not blow has no test after the start and is left out; the "
                "change after it then looks better than it was."
            ),
            *_litres(told.measures),
        ),
    )


def responders(asked: Asked) -> Found:
    """How many responded to the first line of a drug."""
    drug = drug_words(asked.options.drug)
    told = lung_function.responders(asked.desk, asked.options.drug, asked.chosen, asked.progress)
    return Found(
        title=say("Who responded to {drug}", drug=drug),
        definition=definition("responders", drug=drug),
        steps=steps_of(told.n, analysed=say("began {drug} on a known day", drug=drug)),
        results=_responses(told),
        charts=tuple(_classes_drawn(name, told) for name in _CLASSES),
        caveats=(
            say("Stable counts as a success with Keir 2014 and as no response with the source review."),
            say(
                "Of whom the tests do not tell, nothing is counted; they are not taken for patients without "
                "a response."
            ),
            say("There is no control group: some of these patients would have been stable without the drug."),
        ),
    )


def _steps(measures: Mapping[str, Around], drug: str) -> tuple[Step, ...]:
    """To those who began the drug, then what each measure needs."""
    counts = measures["fvc"].n
    without = {patient for reason in _NO_START for patient in counts.who.get(reason, ())}
    began = tuple(patient for patient in counts.who["cohort"] if patient not in without)
    made = list(chosen_steps(counts))
    made += [left_out(counts, reason) for reason in _NO_START if reason in counts.excluded]
    made.append(Step(text=say("began {drug} on a known day", drug=drug), count=len(began), patients=began))
    for name, around in measures.items():
        measure = say(_MEASURES[name])
        made += [
            left_out(around.n, reason, say("{measure}: {reason}", measure=measure, reason=retold(reason)))
            for reason in by_number(around.n)
            if reason not in _NO_START
        ]
        text = say("{measure}: a change before or after is known", measure=measure)
        made.append(Step(text=text, count=around.n.analysed, patients=around.n.who["analysed"]))
    return tuple(made)


def _changes(measures: Mapping[str, Around]) -> Result:
    rows: list[tuple[Cell, ...]] = []
    for name, made in measures.items():
        measure = say(_MEASURES[name])
        rows += [
            _change(say("{measure} before", measure=measure), made.before),
            _change(say("{measure} after", measure=measure), made.after),
            (
                Cell(say("{measure}, after against before", measure=measure)),
                count_cell(made.both),
                *(NOTHING,) * 4,
                p_cell(made.wilcoxon.p),
            ),
        ]
    method = " ".join(
        (
            say("Medians with quartiles by linear interpolation; the interval of the mean by Student's t."),
            say("p: {method}, of those with both.", method=_methods(measures)),
        )
    )
    return Result(
        title=say("Relative change, %"),
        columns=(
            Column(say("Measure"), number=False),
            *(
                Column(head)
                for head in (
                    *(say("n"), say("median"), say("quartiles"), say("mean")),
                    *(say("95 % interval of the mean"), say("p")),
                )
            ),
        ),
        rows=tuple(rows),
        method=method,
    )


def _methods(measures: Mapping[str, Around]) -> str:
    return " / ".join(dict.fromkeys(say(made.wilcoxon.method) for made in measures.values()))


def _change(name: str, told: Summary) -> tuple[Cell, ...]:
    return (
        Cell(name),
        count_cell(told.n),
        number_cell(told.median, 1, change=True),
        interval_cell(told.quartiles, 1, change=True),
        number_cell(told.mean, 1, change=True),
        interval_cell(told.ci95, 1, change=True),
        NOTHING,
    )


def _litres(measures: Mapping[str, Around]) -> tuple[str, ...]:
    number = measures["fvc"].in_litres
    if not number:
        return ()
    return (
        say("Of {n} patients a change of FVC is that of litres, because % predicted is not known.", n=number),
    )


def _drawn(name: str, made: Around, drug: str) -> Chart:
    pairs = [
        Pair(patient, _percent(before), _percent(after)) for patient, (before, after) in made.pairs.items()
    ]
    return before_and_after(
        say("{measure}, relative change in % predicted", measure=say(_MEASURES[name])),
        pairs,
        _middle(made.before),
        _middle(made.after),
        label=say("relative change, %"),
        start_text=say("the start of {drug}", drug=drug),
        limit=_LIMITS[name],
        measure=_INKS[name],
        empty_text=nobody(made.n),
    )


def _percent(made: Change | None) -> float | None:
    relative = made.relative if made is not None else None
    return None if relative is None else float(relative)


def _middle(told: Summary) -> Quartiles:
    return Quartiles(n=told.n, median=told.median, q1=told.q1, q3=told.q3)


def _judged(name: str, told: Responses) -> tuple[int, list[tuple[str, Proportion]]]:
    """How many cannot be told, and the share of each class in the others."""
    counted = Counter(told.by_patient[name].values())
    untold = told.n.analysed - sum(n for one, n in counted.items() if one != _UNTOLD)
    known = told.n.analysed - untold
    return untold, [
        (say(words), proportion(sum(counted[one] for one in classes), known))
        for words, classes in _CLASSES[name]
    ]


def _responses(told: Responses) -> tuple[Result, ...]:
    made = []
    for name, title in _CRITERIA.items():
        untold, judged = _judged(name, told)
        made.append(
            Result(
                title=say(title),
                columns=share_columns(say("Class")),
                rows=(
                    *((Cell(capital(words)), *share_cells(share)) for words, share in judged),
                    (
                        Cell(say("Cannot tell")),
                        count_cell(untold),
                        count_cell(told.n.analysed),
                        NOTHING,
                        NOTHING,
                    ),
                ),
                method=say("Of those who can be judged; Wilson's interval."),
            )
        )
    return tuple(made)


def _classes_drawn(name: str, told: Responses) -> Chart:
    untold, judged = _judged(name, told)
    bars = [
        Bar(
            name=capital(words),
            count=share.n,
            of=share.of,
            low=share.wilson95[0] if share.wilson95 else None,
            high=share.wilson95[1] if share.wilson95 else None,
        )
        for words, share in judged
    ]
    return shares(
        say(_CRITERIA[name]),
        bars,
        label=say("% of those who can be judged"),
        interval_text=say("95 % interval (Wilson); {n} cannot be told", n=untold),
        empty_text=_nobody_judged(told, untold),
    )


def _nobody_judged(told: Responses, untold: int) -> str:
    if not told.n.analysed:
        return nobody(told.n)
    return say("Of {n} patients nobody can be judged: the tests do not tell.", n=untold)
