"""The MDT page of the invented patient as values, and ways to make it crowded, empty or awkward.

Every text is written here by hand, so that the drawing of the page is tested apart from its making.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from ctdild_desktop.clinical.derived import DerivedTest, derive
from ctdild_desktop.clinical.records import Patient, PatientRecord, TherapyLine
from ctdild_desktop.clinical.verdict import Evidence, Reading, Verdict
from ctdild_desktop.figures.scene import Timeline
from ctdild_desktop.services.page_decision import PageDecision, PageLast
from ctdild_desktop.services.page_figure import page_figure
from ctdild_desktop.services.pages import (
    MdtPageData,
    PageCriterion,
    PageTest,
    PageTherapy,
)
from tests.support import holloway

QUESTION = (
    "FVC falling 7 months after rituximab course 3, on MMF 1.5 g. Course 4, a switch, or an antifibrotic?"
)


def derived_of(record: PatientRecord) -> tuple[DerivedTest, ...]:
    """Every test with what follows from it, newest first."""
    return tuple(derive(test, record.patient) for test in reversed(record.tests))


def fvc_pair(record: PatientRecord, first: dt.date, last: dt.date) -> Evidence:
    """The FVC of two days as a reported pair."""
    by_day = {made.date: made for made in derived_of(record)}
    before, after = by_day[first].fvc.percent, by_day[last].fvc.percent
    assert before is not None
    assert after is not None
    return Evidence(
        measure="fvc",
        basis="percent_predicted",
        baseline=Reading(first, before, (by_day[first].test.id,)),
        follow_up=Reading(last, after, (by_day[last].test.id,)),
        absolute_change=after - before,
        relative_change_percent=(after - before) / before * 100,
    )


def figures_of(record: PatientRecord, reference: Evidence | None = None) -> Timeline:
    """The chart of a record."""
    return page_figure(record, derived_of(record), reference, holloway.TODAY)


_ROWS = (
    "12.03.2026|2.31|2.64|−2.2|64.4|−3.9 %|10.3|−4.6|46.7|47.6|−4.4 %|128|95 / 87|2|A / A|",
    "10.11.2025|2.41|2.65|−2.1|67.0|−4.1 %|10.9|−4.3|49.3|49.8|−3.2 %|131|95 / 88|2|B / A|",
    "14.07.2025|2.52|2.66|−1.9|69.9|−1.7 %|11.2|−4.2|50.6|51.4|−2.2 %|129|96 / 89|2|A / A|",
    "17.03.2025|2.57|2.67|−1.8|71.1|−2.4 %|11.5|−4.0|51.9|52.5|−4.5 %|130|96 / 90|2|A / A|pair of PPF 2022",
    "09.12.2024|2.64|2.67|−1.7|72.8|+1.5 %|11.9|−3.8|53.6|55.0|+1.2 %|126|96 / 91|1|A / A|reference",
    "15.07.2024|2.61|2.69|−1.8|71.8|+3.4 %|11.9|−3.9|53.5|54.4|+3.1 %|129|96 / 90|1|A / A|",
)
_FIELDS = tuple(PageTest.__dataclass_fields__)


def page_test(row: str) -> PageTest:
    """A row of the table from its cells, parted by bars."""
    return PageTest(**dict(zip(_FIELDS, row.split("|"), strict=True)))


def holloway_page() -> MdtPageData:
    """The page of the invented patient, as in the design."""
    record = holloway.record()
    return MdtPageData(
        name="HOLLOWAY, Ingrid",
        identity="F · 55 y · born 18.09.1970 · MRN DEMO-0417 · consent: registry yes, research yes",
        meeting="MDT 19.03.2026",
        question=QUESTION,
        asked_by="rheumatology",
        diagnosis=(
            "Antisynthetase syndrome, Jo-1 +, Ro52 + · ILD 06.2021 (4.8 y)",
            "Fibrotic NSIP, high confidence (70–89 %), MDT 25.10.2023",
            "Never smoked · O₂ none · ILD-GAP 0 (0–1: 3.1 % at 1 y)",
        ),
        facts_title="AT 12.03.2026",
        facts=(
            "FVC 72.8 → 64.4 % predicted since 09.12.2024",
            "DLCO 53.6 → 46.7 % predicted since 09.12.2024",
            "MMF 1.5 g · prednisolone 5 mg · RTX course 3",
            "AE: low IgG grade 1 since 06.10.2025, ongoing",
            "Admissions: 6 nights 02.2023",
        ),
        figures=figures_of(record, fvc_pair(record, holloway.REFERENCE_DAY, holloway.TODAY)),
        tests=tuple(page_test(row) for row in _ROWS),
        older_tests=9,
        dlco_unit="mL/min/mmHg",
        criteria_title="CRITERIA, latest test 12.03.2026 against the date given",
        criteria=(
            PageCriterion(
                title="FVC fall > 10 %",
                verdict=Verdict.MET,
                verdict_text="MET",
                detail="−11.6 % since 09.12.2024",
            ),
            PageCriterion(
                title="DLCO fall > 15 %",
                verdict=Verdict.NOT_MET,
                verdict_text="NOT MET",
                detail="−13.6 % since 09.12.2024",
            ),
            PageCriterion(
                title="PPF 2022",
                verdict=Verdict.CANNOT_ASSESS,
                verdict_text="CANNOT TELL",
                detail="needs an HRCT read since 12.03.2025",
            ),
        ),
        therapy=(
            PageTherapy(
                name="RTX 2 × 1 g",
                role="rescue",
                dates="11.2023, 09.2024, 08.2025",
                before="−422 (3)",
                on="−55 (8)",
            ),
            PageTherapy(
                name="MMF 1.5 g/d",
                role="maint.",
                dates="01.2022 – now",
                before="+517 (3)",
                on="−93 (12)",
            ),
            PageTherapy(name="Pred 5 mg/d", role="maint.", dates="06.2021 – now", before="–", on="–"),
            PageTherapy(
                name="CYC IV 6.6 g", role="induct.", dates="07.2021 – 11.2021", before="–", on="+517 (3)"
            ),
        ),
        adverse_events=(
            "IgG low G1 10.2025, ongoing (RTX)",
            "lung infection G3 serious 02.2023 (MMF)",
            "infusion reaction G2 11.2023 (RTX)",
            "shingles G2 10.2024",
            "WBC low G2 11.2024 (MMF)",
            "neutrophils low G2 09.2021 (CYC)",
            "nausea G1 07.2021 (CYC)",
        ),
        hrct="18.11.2024: stable against 18.10.2023; fibrosis; extent 22 %; no emphysema",
        program="CTD-ILD Desktop 1.0.0",
        data_as_of="12.03.2026",
        references="GLI Global 2022, GLI TLCO 2017",
        printed_by="R. Amsel",
        printed_on="18.03.2026",
        demo=True,
    )


def empty_page() -> MdtPageData:
    """A patient of whom nothing but the number is known."""
    record = PatientRecord(patient=Patient(id="0" * 32, mrn="DEMO-0001"))
    return replace(
        holloway_page(),
        name="DEMO-0001",
        identity="sex not recorded · birth date not recorded · MRN DEMO-0001 · consent: not recorded",
        meeting="MDT",
        question="",
        asked_by="",
        diagnosis=("Diagnosis: not recorded", "Smoking, O₂: not recorded"),
        facts_title="AT 12.03.2026",
        facts=("PFT: not recorded", "Therapy: not recorded"),
        figures=figures_of(record),
        tests=(),
        older_tests=0,
        dlco_unit="",
        criteria=tuple(
            replace(row, verdict=Verdict.CANNOT_ASSESS, verdict_text="CANNOT TELL", detail="needs two tests")
            for row in holloway_page().criteria
        ),
        therapy=(),
        adverse_events=(),
        hrct="not recorded",
    )


def decided(page: MdtPageData, wordiness: int = 1) -> MdtPageData:
    """The page after the meeting, with a decision before it, of so many words."""
    return replace(
        page,
        case="case 4 of 11",
        meeting_kind="ILD MDT",
        facts_title="SINCE LAST MDT, 18.12.2024",
        labs="CRP 6 mg/L · CK 212 U/L (15.12.2025) · IgG 5.8 g/L (06.10.2025) · RVSP, K-BILD: not recorded",
        last=PageLast(
            date="18.12.2024",
            words="Rituximab course 3, stay on MMF 1.5 g, echocardiogram" * wordiness,
            implemented="partly (echo open)",
        ),
        decision=PageDecision(
            date="19.03.2026",
            diagnosis="Antisynthetase syndrome, Fibrotic NSIP, progressive despite treatment",
            confidence="high",
            verdict="progressing",
            reason="Symptoms and HRCT say more than the one criterion. " * wordiness,
            recommendation="Add nintedanib 150 mg bd; no course 4 for now; repeat PFT in 3 months. "
            * wordiness,
            actions="start nintedanib (Dr Croft, due 02.04.2026)" + "; echocardiogram" * wordiness,
            dissent="Rheumatology would prefer a fourth course first. " * wordiness,
            next="06.2026, or earlier if FVC falls",
            present=("respiratory", "radiology"),
            names="Dr Croft (respiratory medicine), Dr Ng (radiology, remote)" * wordiness,
            signed_by="R. Amsel",
            signed_on="19.03.2026",
            addenda=("Addendum 02.04.2026 (R. Amsel): nintedanib declined. " * wordiness,),
        ),
        changed="tests, therapy" * wordiness,
    )


def with_tests(page: MdtPageData, count: int) -> MdtPageData:
    """The page of a patient with ``count`` tests, one a month up to the latest."""
    record = holloway.record()
    model = holloway.pfts()[-1]
    tests = tuple(
        replace(
            model,
            id=f"{number:032x}",
            date=holloway.TODAY - dt.timedelta(days=30 * (count - 1 - number)),
            entered=number,
            fvc_l=Decimal("2.9") - Decimal(number) / 100,
        )
        for number in range(count)
    )
    return replace(
        page,
        figures=figures_of(replace(record, tests=tests)),
        tests=tuple(page_test(_ROWS[number]) for number in range(min(count, 6))),
        older_tests=max(0, count - 6),
    )


def with_lines(page: MdtPageData, drugs: tuple[str, ...], *, running: bool) -> MdtPageData:
    """The page of a patient who had each of the drugs, one after the other."""
    mmf = next(line for line in holloway.therapy() if line.drug == "mycophenolate")
    lines: tuple[TherapyLine, ...] = tuple(
        replace(
            mmf,
            id=f"{number:032x}",
            drug=drug,
            start=mmf.start,
            stop=None if running else replace(mmf.start, year=2023, month=number % 12 + 1, day=None),
        )
        for number, drug in enumerate(drugs)
    )
    record = replace(holloway.record(), therapy=lines)
    return replace(
        page,
        figures=figures_of(record, fvc_pair(record, holloway.REFERENCE_DAY, holloway.TODAY)),
        therapy=tuple(
            PageTherapy(
                name=f"{drug.capitalize()} 1500 mg/d",
                role="maint.",
                dates="01.2022 – 12.2023",
                before="−1422 (13)",
                on="−1055 (18)",
            )
            for drug in drugs
        ),
    )
