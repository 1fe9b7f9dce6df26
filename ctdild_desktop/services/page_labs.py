"""The line of blood, heart and questionnaire results that a meeting looks at, each with its day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.lab_entry import unit_text
from ctdild_desktop.clinical.records import HeartTest, Lab, PatientRecord, Pro, Score
from ctdild_desktop.language import joined, say

_LABS = ("crp", "ck", "neutrophils", "igg", "nt_probnp")
_BEYOND = {"below": "< ", "above": "> "}


@dataclass(frozen=True, slots=True)
class _Found:
    name: str
    words: str = ""
    day: str = ""


def labs_line(record: PatientRecord, today: dt.date) -> str:
    """``CRP 6 mg/L · CK 212 U/L (15.12.2025) · IgG 5.8 g/L (06.10.2025) · RVSP, K-BILD: not recorded``."""
    found = [_lab(record, code, today) for code in _LABS]
    found += [*_heart(record, today), _quality_of_life(record, today)]
    told = [one for one in found if one.words]
    parts = []
    for number, one in enumerate(told):
        following = told[number + 1] if number + 1 < len(told) else None
        dated = "" if following is not None and following.day == one.day else f" ({one.day})"
        parts.append(f"{one.name} {one.words}{dated}")
    lacking = [one.name for one in found if not one.words]
    if lacking:
        parts.append(say("{names}: not recorded", names=", ".join(lacking)))
    return " · ".join(parts)


def _lab(record: PatientRecord, code: str, today: dt.date) -> _Found:
    name = codes.labs().label(code)
    made = [lab for lab in record.labs if lab.test == code and lab.date.earliest <= today and lab_words(lab)]
    latest = max(made, key=lambda lab: (lab.date.latest, lab.id), default=None)
    return _Found(name) if latest is None else _Found(name, lab_words(latest), wording.partial(latest.date))


def lab_words(lab: Lab) -> str:
    """A result as the laboratory gave it, number and words: ``< 5 mg/L``, ``negative``; empty without any."""
    number = ""
    if lab.value is not None:
        beyond = _BEYOND.get(lab.detection or "", "")
        number = f"{beyond}{wording.as_typed(lab.value)} {unit_text(lab.unit)}".rstrip()
    words = codes.label("lab_result", lab.result) or lab.text
    return joined(part for part in (number, words) if part)


def _heart(record: PatientRecord, today: dt.date) -> tuple[_Found, _Found]:
    echos = [test for test in record.heart_tests if test.kind == "echo" and test.date.earliest <= today]

    def latest(name: str, field: str, unit: str) -> _Found:
        made = [test for test in echos if getattr(test, field) is not None]
        test: HeartTest | None = max(made, key=lambda one: (one.date.latest, one.id), default=None)
        if test is None:
            return _Found(name)
        value = wording.as_typed(getattr(test, field))
        return _Found(name, f"{value} {unit}", wording.partial(test.date))

    return latest(say("RVSP"), "rvsp_mmhg", "mmHg"), latest(say("TAPSE"), "tapse_mm", "mm")


def _quality_of_life(record: PatientRecord, today: dt.date) -> _Found:
    """The latest K-BILD total with the change to the one before."""

    name = codes.instruments().label("kbild")

    def total(pro: Pro) -> list[Score]:
        return [score for score in pro.scores if score.scale == "total"]

    made = [
        (pro.date, found[0].value)
        for pro in sorted(record.pros, key=lambda one: (one.date.latest, one.id))
        if pro.instrument == "kbild" and pro.date.earliest <= today and (found := total(pro))
    ]
    if not made:
        return _Found(name)
    date, value = made[-1]
    change = f" ({wording.signed(value - made[-2][1], 1)})" if len(made) > 1 else ""
    return _Found(name, f"{wording.as_typed(value)}{change}", wording.partial(date))
