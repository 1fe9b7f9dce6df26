"""What each analysis of a cohort does, in words: printed by the command, shown with the numbers, on paper."""

from __future__ import annotations

from collections.abc import Mapping

from ctdild_desktop.language import marked, say

DEFINITIONS: Mapping[str, str] = {
    "summary": marked("Everybody who was chosen; age, FVC and DLCO at the first usable visit of each."),
    "change": marked(
        "Baseline: {baseline}. Follow-up: the usable visit nearest to baseline + {months} calendar months, "
        "within 56 days, of two the earlier. Mean with the t interval; quartiles by linear interpolation; "
        "paired t; Wilcoxon signed rank, zeros dropped, exact up to 25 untied changes, else normal without "
        "continuity correction, its statistic the smaller rank sum. Responders by relative change, with "
        "Wilson's intervals."
    ),
    "course": marked(
        "The measure at the first usable visit (month 0) and at the usable visit nearest to so many "
        "calendar months later, within 56 days, of two the earlier; and the change since month 0. Each "
        "month by itself, of those who have a visit then. By drug: the first drug after the first usable "
        "visit or running on it, of one day the first by its code. Means with the t interval, SD with "
        "n - 1, quartiles by linear interpolation."
    ),
    "slopes": marked(
        "Per patient: ordinary least squares on days / 365.25, at least three usable visits. Pooled: linear"
        " mixed model, random intercept and slope, REML, years from each patient's first usable visit, "
        "everybody with two visits, at least three patients; interval by the normal distribution."
    ),
    "epochs": marked(
        "Each line of therapy by itself: ordinary least squares on days / 365.25 through the usable visits "
        "from its start to its stop, both days included; at least three visits. Lines are drugs other than "
        "oxygen, rehabilitation and prophylaxis; lines that overlap share their visits. Pooled: linear "
        "mixed model of the lines of a drug with two visits, random intercept and slope for each line, "
        "REML, years from the first visit of the line; at least three lines; interval by the normal "
        "distribution."
    ),
    "decline": marked(
        "Baseline: {baseline}; all later usable visits of patients who have one. Relative loss of 10 (5) % "
        "of the baseline, absolute loss of 5 (10) points of % predicted. Confirmed: the next visit reaches "
        "it too. Wilson's intervals. Kaplan-Meier from the baseline, event at the visit, censored at the "
        "last visit, Greenwood, log(-log) interval; beyond the last observation nothing is told. First "
        "events per 100 patient-years with Garwood's interval."
    ),
    "survival": marked(
        "From {zero} to {event}; death, transplant and the last contact end the observation, a failure of "
        "treatment only where it is asked for: a line stopped for lack of effect or progression, or a "
        "response judged worse; where the start of a drug is time zero, none on that day. Who was "
        "first seen after time zero is at risk from the day of the first contact on (delayed entry). "
        "Contacts: visits, tests, laboratory values, infusions, judged responses and the day a patient was "
        "last known alive. By drug: the first drug after time zero or running on it, of one day the first by "
        "its code. By diagnosis or pattern: the latest recorded one. "
        "Kaplan-Meier, Greenwood, log(-log) interval, the median the first day at a half or less; log-rank "
        "without continuity correction; cumulative incidence by Aalen-Johansen. Ties: events before "
        "censorings. Beyond the last observation of a group nothing is told of it."
    ),
    "next-line": marked(
        "From {start} to the first later start of another drug; glucocorticoids, oxygen, rehabilitation and"
        " prophylaxis are no next line, nor are a restart or a change of dose of the same drug and what was"
        " begun on the same day. Who was first seen after the start is at risk from the day of the first "
        "contact on (delayed entry). Kaplan-Meier, death and the last contact ending the observation, "
        "Greenwood, log(-log) interval; log-rank; cumulative incidence of the next line with death "
        "competing, by Aalen-Johansen. Ties: the next line before death, events before censorings."
    ),
    "pre-post": marked(
        "First start S of {drug}. Baseline: latest usable visit in the 6 months up to S. Before: from the "
        "visit nearest to S - 9 months, 6 to 12 months before. After: to the visit nearest to S + 9 months,"
        " 6 to 12 months after. Relative changes in per cent, of % predicted; of FVC in litres where % "
        "predicted is not known at both visits. Paired Wilcoxon of after against before."
    ),
    "responders": marked(
        "Of the first line of {drug}, begun on a known day; relative changes. RESPONSE_KEIR: from the latest "
        "usable visit of the 6 months up to the start to the latest of 6 to 12 months after it; 10 % of FVC "
        "or 15 % of DLCO or more up is improved, down deteriorated, one up and the other down mixed, "
        "neither stable. RESPONSE_REVIEW: from the latest usable visit of the 8 months up to the start to "
        "the latest from 3 months on; a gain of more than 10 % of FVC, of more than 15 % of DLCO, of both, "
        "or, marked, of more than 30 % of FVC, FEV1 and DLCO. FVC and DLCO have visits of their own."
    ),
    "compare": marked(
        "Index: the first start of either drug, known to the day; later drugs do not matter. Baseline: "
        "latest usable visit in the 6 months up to it. Outcome: the change from the baseline to the usable "
        "visit nearest to baseline + {months} calendar months, within 56 days, of two the earlier; the "
        "first drug less the second. Covariates as they were on the index day; who lacks a number is left "
        "out, a category that is not recorded is a level. Propensity: logistic regression; who has a level "
        "that occurs with one drug only is left out of it. Pairs: one to one without replacement on the "
        "logit within 0.2 of its standard deviation, patients of the first drug from the highest logit "
        "down, each with the nearest of the second, of equal ones the one of the lower record number. "
        "Standardised differences: by the spread before matching. Pairs: paired t. Everybody: Welch's t. "
        "Analysis of covariance: the change on the drug and the baseline, and with the covariates, by least"
        " squares."
    ),
    "adverse-events": marked(
        "Onset within the exposure, whatever the cause: a line and 28 days more, rituximab 274 days from "
        "each infusion. Per 100 patient-years with Garwood's exact interval; the first-event rate counts "
        "the time up to the first event. Related: judged certain, probable or possible. Discontinued: a "
        "line stopped for an adverse event or an infection, with Wilson's interval. Deaths: on a day of the"
        " exposure, by an event in it, or a line stopped by death. Left out and counted: events, deaths and"
        " lines whose dates do not tell."
    ),
}
"""By the name of the analysis; the options stand in braces."""

TIME_ZEROS: Mapping[str, str] = {
    "first-pft": marked("the first usable FVC"),
    "ild-diagnosis": marked("the diagnosis of ILD"),
    "drug-start": marked("the first start of {drug}"),
}
"""From when time is counted, by the name of the option."""
_FIRST_LINE = marked("the start of the first line that is no glucocorticoid")
_BASELINES: Mapping[str, str] = {
    "first-pft": marked("first usable visit"),
    "ild-diagnosis": marked("first usable visit on or after the diagnosis of ILD"),
    "drug-start": marked("latest usable visit in the 6 months up to the first start of {drug}"),
}


def definition(
    analysis: str,
    *,
    months: int = 12,
    event: str = "death",
    drug: str = "",
    time_zero: str = "",
) -> str:
    """The definition of an analysis with its options, in the language in use.

    Args:
        event: in words.
        drug: in words, or its code.
        time_zero: one of :data:`TIME_ZEROS`; empty for the first.
    """
    zero = time_zero or next(iter(TIME_ZEROS))
    return say(
        DEFINITIONS[analysis],
        months=months,
        event=event,
        drug=drug,
        start=say(TIME_ZEROS["drug-start"], drug=drug) if drug else say(_FIRST_LINE),
        zero=say(TIME_ZEROS[zero], drug=drug),
        baseline=say(_BASELINES[zero], drug=drug),
    )
