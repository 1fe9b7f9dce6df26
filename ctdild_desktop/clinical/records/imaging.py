"""Readings of CT, and what was taken from the lung."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records.coded import HrctResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Hrct:
    """One reading of a high-resolution CT.

    The features (``ground_glass`` to ``volume_loss``) are ``absent``, ``mild``, ``moderate``, ``severe`` or
    ``unknown``.
    """

    id: str
    date: dt.date
    version: int = 1
    site: str = ""
    contrast: bool | None = None
    prone: bool | None = None
    expiratory: bool | None = None
    reader: str = ""
    read_date: dt.date | None = None
    read_type: str | None = None
    """``local`` or ``mdt``."""
    pattern: str | None = None
    """Code of the ``hrct_pattern`` list."""
    pattern_percent: Decimal | None = None
    """How sure the reader is of the pattern."""
    distribution: tuple[str, ...] = ()
    """Codes of the ``distribution`` list."""
    subpleural_sparing: bool | None = None
    ground_glass: str | None = None
    reticulation: str | None = None
    traction_bronchiectasis: str | None = None
    honeycombing: str | None = None
    consolidation: str | None = None
    cysts: str | None = None
    mosaic_attenuation: str | None = None
    nodules: str | None = None
    volume_loss: str | None = None
    extent_percent: Decimal | None = None
    extent_reading: str | None = None
    """``below_20``, ``above_20`` or ``indeterminate``."""
    fibrosis_percent: Decimal | None = None
    ground_glass_percent: Decimal | None = None
    fibrosis: bool | None = None
    emphysema: bool | None = None
    emphysema_extent: str | None = None
    """``none``, ``below_15``, ``from_15`` (percent) or ``unknown``."""
    pa_diameter_mm: Decimal | None = None
    pa_aorta_ratio: Decimal | None = None
    oesophagus_dilated: bool | None = None
    pleural_disease: bool | None = None
    enlarged_nodes: bool | None = None
    suspicious_finding: bool | None = None
    """A nodule or another finding that may be a cancer."""
    finding_note: str = ""
    """Findings in pleura, nodes and nodules, and what follows from them."""
    acute_change: str | None = None
    """``none``, ``infection``, ``exacerbation``, ``embolism``, ``other`` or ``unknown``."""
    compared_with: dt.date | None = None
    result: HrctResult | None = None
    mixed: bool | None = None
    """Some findings are better and some worse; the criteria go by ``result`` and ``signs``."""
    signs: tuple[str, ...] = ()
    """Codes of the ``hrct_sign`` list that are there."""
    signs_not_seen: tuple[str, ...] = ()
    """Codes of the same list that were looked for and are not there; in neither: not known."""
    alternative_explanation: bool | None = None
    quantification: str = ""
    """Name of the tool that measured."""
    quantification_score: Decimal | None = None
    accession: str = ""
    report: str = ""
    radiation_note: str = ""
    next_due: PartialDate | None = None
    note: str = ""
    absent: tuple[tuple[str, str], ...] = ()
    """Fields without a value, each with why; see :mod:`ctdild_desktop.clinical.absence`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """A bronchoscopy with lavage or biopsy, or a surgical biopsy.

    The cultures (``bacteria`` to ``viruses``) are ``negative``, ``positive``, ``pending``, ``not_done`` or
    ``unknown``.
    """

    id: str
    date: PartialDate
    kind: str
    """``bal``, ``transbronchial_biopsy``, ``cryobiopsy``, ``ebus``, ``surgical_biopsy`` or ``none``."""
    version: int = 1
    not_done: str | None = None
    """Reason code where the kind is ``none``."""
    lobe: str | None = None
    volume_in_ml: Decimal | None = None
    recovered_ml: Decimal | None = None
    cells_million_l: Decimal | None = None
    """Cells of the lavage, 10⁶ in a litre."""
    macrophages_percent: Decimal | None = None
    lymphocytes_percent: Decimal | None = None
    neutrophils_percent: Decimal | None = None
    eosinophils_percent: Decimal | None = None
    mast_cells_percent: Decimal | None = None
    cd4_cd8: Decimal | None = None
    bacteria: str | None = None
    mycobacteria: str | None = None
    fungi: str | None = None
    pneumocystis: str | None = None
    viruses: str | None = None
    organisms: str = ""
    cytology: str = ""
    biopsy_pattern: str | None = None
    """Code of the ``ild_pattern`` list."""
    pathologist: str = ""
    confidence: str | None = None
    """``definite``, ``high``, ``low`` or ``unclassifiable``."""
    samples: int | None = None
    sample_mm: Decimal | None = None
    """Size of the largest sample."""
    ancillary: str = ""
    """Further stains and findings."""
    complication: str | None = None
    complication_note: str = ""
    complication_grade: int | None = None
    """CTCAE v5 grade 1-5."""
    adverse_event_id: str | None = None
    contribution: str | None = None
    """``changed``, ``confirmed``, ``no_help`` or ``unknown``: what it did to the diagnosis."""
    note: str = ""
    absent: tuple[tuple[str, str], ...] = ()
