"""What was measured: lung function, blood, antibodies and the heart."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records.coded import DlcoUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Pft:
    """One lung-function test as recorded: values and units as given, nothing derived."""

    id: str
    date: dt.date
    version: int = 1
    entered: int = 0
    """Order of entry; breaks ties of one day."""
    performed: str | None = None
    """``done``, ``partly`` or ``not_done``."""
    not_done: str | None = None
    """Reason code when no part of the test was done."""
    height_cm: Decimal | None = None
    weight_kg: Decimal | None = None
    fvc_l: Decimal | None = None
    fvc_pct_pred: Decimal | None = None
    fvc_pred_l: Decimal | None = None
    fev1_l: Decimal | None = None
    fev1_pct_pred: Decimal | None = None
    svc_l: Decimal | None = None
    dlco: Decimal | None = None
    dlco_unit: DlcoUnit | None = None
    dlco_pct_pred: Decimal | None = None
    dlco_hb_corrected: bool | None = None
    hb_g_l: Decimal | None = None
    hb_date: dt.date | None = None
    """Day of the haemoglobin when it is not that of the test."""
    tlc_l: Decimal | None = None
    rv_l: Decimal | None = None
    frc_l: Decimal | None = None
    volumes_method: str | None = None
    """``body_box``, ``helium``, ``nitrogen``, ``other`` or ``unknown``."""
    va_l: Decimal | None = None
    kco: Decimal | None = None
    kco_pct_pred: Decimal | None = None
    spo2_rest: Decimal | None = None
    spo2_nadir: Decimal | None = None
    walk_m: Decimal | None = None
    """Distance of the 6-minute walk."""
    walk_spo2_nadir: Decimal | None = None
    """Lowest saturation of the 6-minute walk."""
    walk_borg: Decimal | None = None
    """Borg score of breathlessness at the end of the walk, 0-10."""
    fvc_grade: str | None = None
    """ATS/ERS 2019 grade A-F or U."""
    dlco_grade: str | None = None
    reference_set: str | None = None
    """Set of the recorded % predicted, or the one to compute with: ``GLI2022`` ...; None when unknown."""
    post_bd: bool | None = None
    position: str | None = None
    """``sitting``, ``standing``, ``supine`` or ``unknown``."""
    laboratory: str = ""
    device: str = ""
    not_done_fvc: str | None = None
    """Reason code when FVC was not done (``unwell``, ``cannot_perform`` ...)."""
    not_done_dlco: str | None = None
    excluded: bool = False
    exclusion_reason: str = ""
    confirmed_unusual: tuple[str, ...] = ()
    """Names of fields whose unlikely value was confirmed."""
    comment: str = ""
    source_format: str = "typed"
    source_sha256: str | None = None
    as_given: tuple[tuple[str, str], ...] = ()
    """Fields (and values that no field takes) with the words of the file: ``FVC 2310 mL``."""
    absent: tuple[tuple[str, str], ...] = ()
    """Fields without a value, each with why; see :mod:`ctdild_desktop.clinical.absence`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """One result of a blood or urine sample, as the laboratory gave it."""

    id: str
    date: PartialDate
    test: str
    """Code of the list of laboratory tests (``hb``, ``alt``, ``hbsag`` ...)."""
    version: int = 1
    test_name: str = ""
    """Name of a test that the list lacks, where the code is ``other``."""
    value: Decimal | None = None
    unit: str = ""
    detection: str | None = None
    """``below`` or ``above``: the value is the limit of the method, and the true one lies beyond it."""
    result: str | None = None
    """``negative``, ``borderline``, ``positive`` or ``unknown``, for a result that is no number."""
    text: str = ""
    """The result in words, where there is neither a number nor one of these."""
    lln: Decimal | None = None
    uln: Decimal | None = None
    fasting: bool | None = None
    laboratory: str = ""
    note: str = ""
    absent: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Serology:
    """One antibody test of one sample; a repeated test is a new row."""

    id: str
    date: PartialDate
    test: str
    """Code of the list of antibodies (``ANA``, ``SCL70``, ``RF`` ...), or ``other``."""
    result: str
    """``negative``, ``borderline``, ``positive``, ``not_done`` or ``unknown``."""
    version: int = 1
    test_name: str = ""
    """Name of an antibody that the list lacks, where the code is ``other``."""
    value: Decimal | None = None
    unit: str = ""
    uln: Decimal | None = None
    """Upper limit of normal, in the unit of the value."""
    detection: str | None = None
    """``below`` or ``above``, as in :class:`Lab`."""
    titre: int | None = None
    """Reciprocal of the titre: 320 for 1:320."""
    pattern: str | None = None
    """Code of the ``ana_pattern`` list."""
    assay: str = ""
    laboratory: str = ""
    note: str = ""
    absent: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartTest:
    """An echocardiogram or a right-heart catheter."""

    id: str
    date: PartialDate
    kind: str
    """``echo`` or ``rhc``."""
    version: int = 1
    rvsp_mmhg: Decimal | None = None
    tapse_mm: Decimal | None = None
    lvef_percent: Decimal | None = None
    mpap_mmhg: Decimal | None = None
    pvr_wu: Decimal | None = None
    """Pulmonary vascular resistance in Wood units."""
    pawp_mmhg: Decimal | None = None
    site: str = ""
    note: str = ""
    absent: tuple[tuple[str, str], ...] = ()
