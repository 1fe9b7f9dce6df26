"""The key of the time-line names what is in the picture and nothing else."""

from __future__ import annotations

from dataclasses import replace

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import PatientRecord
from ctdild_desktop.figures.key import Sign, key_of
from ctdild_desktop.figures.scene import Scale, Timeline
from ctdild_desktop.figures.timeline import build_timeline
from ctdild_desktop.services.assessment import patient_view
from tests.support.holloway import TODAY, record

HOLLOWAY = record()


def timeline(patient: PatientRecord = HOLLOWAY, **options: object) -> Timeline:
    view = patient_view(patient, TODAY)
    usual = {"scale": Scale.PERCENT, "reference": view.pair(view.first_choice), "today": TODAY}
    return build_timeline(patient, view.derived, **{**usual, **options})  # type: ignore[arg-type]


def signs(made: Timeline) -> set[tuple[Sign, str]]:
    return {(line.sign, line.detail) for part in key_of(made) for line in part.lines}


def words(made: Timeline) -> str:
    return " ".join(line.words for part in key_of(made) for line in part.lines)


def test_every_kind_of_sign_of_the_picture_is_told_once() -> None:
    found = signs(timeline())
    assert {sign for sign, detail in found if sign is Sign.SERIES} == {Sign.SERIES}
    assert {detail for sign, detail in found if sign is Sign.SERIES} == {"fvc", "dlco"}
    assert {detail for sign, detail in found if sign is Sign.ADVERSE_EVENT} == {"1", "2", "3"}
    lanes = {detail for sign, detail in found if sign is Sign.LANE}
    assert lanes == {"glucocorticoid", "conventional", "cyclophosphamide", "anti_cd20"}
    kinds = {sign for sign, _detail in found}
    assert kinds >= {Sign.HOLLOW, Sign.RING, Sign.BAND, Sign.LIMIT, Sign.TICK, Sign.GAP, Sign.ARROW}
    assert kinds >= {Sign.SERIOUS, Sign.ONGOING, Sign.SCAN, Sign.ADMISSION, Sign.MDT, Sign.POSSIBLE}
    assert kinds.isdisjoint(
        {Sign.EPOCH, Sign.FIT, Sign.PLANNED, Sign.SET_CHANGE, Sign.UNCERTAIN, Sign.PREVIEW}
    )


def test_nothing_is_told_of_what_is_not_there() -> None:
    bare = PatientRecord(patient=HOLLOWAY.patient)
    assert key_of(timeline(bare)) == ()
    quiet = timeline(replace(HOLLOWAY, therapy=(), adverse_events=(), hrct=(), visits=(), diagnoses=()))
    assert [part.title for part in key_of(quiet)] == ["Lung function"]
    assert Sign.LIMIT not in {sign for sign, _detail in signs(timeline(show_lln=False))}
    assert Sign.BAND not in {sign for sign, _detail in signs(timeline(show_band=False))}


def test_the_scale_and_an_uncertain_date_are_explained() -> None:
    assert "The scale is litres." in words(timeline(scale=Scale.LITRES))
    lines = (replace(HOLLOWAY.therapy[0], start=PartialDate(2021, 6)), *HOLLOWAY.therapy[1:])
    assert (Sign.UNCERTAIN, "") in signs(timeline(replace(HOLLOWAY, therapy=lines)))


def test_epochs_are_told_with_all_their_numbers() -> None:
    made = timeline(course=patient_view(HOLLOWAY, TODAY).trajectory)
    told = words(made)
    assert made.epochs is not None
    assert all(span.sentence in told for span in made.epochs.spans)
    assert "it does not say what caused it" in told
    assert {Sign.EPOCH, Sign.FIT} <= {sign for sign, _detail in signs(made)}
