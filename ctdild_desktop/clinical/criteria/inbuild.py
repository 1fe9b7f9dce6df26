"""Progression as the INBUILD trial defined it for its entry.

Flaherty KR, et al. N Engl J Med 2019;381:1718, doi 10.1056/NEJMoa1908681; Brown KK, et al. Eur Respir J
2020, doi 10.1183/13993003.00085-2020. Within 24 months, despite treatment, in fibrosing ILD other than IPF:
relative FVC fall of at least 10 %; or of at least 5 % with worse symptoms or with more fibrosis on HRCT; or
worse symptoms with more fibrosis on HRCT. One printed table says "more than 10 %"; the protocol's "at
least" is used.
"""

from __future__ import annotations

from ctdild_desktop.clinical.criteria.composite import (
    FVC_5,
    FVC_10,
    RADIOLOGY,
    SYMPTOMS,
    Definition,
    Item,
    criterion_of,
)

CRITERION = criterion_of(
    Definition(
        id="INBUILD",
        title="INBUILD",
        source="Flaherty 2019, INBUILD, doi 10.1056/NEJMoa1908681",
        items=(
            Item("FVC fall of at least 10 %", (FVC_10,)),
            Item("FVC fall of at least 5 % with worse symptoms", (FVC_5, SYMPTOMS)),
            Item("FVC fall of at least 5 % with progression on HRCT", (FVC_5, RADIOLOGY)),
            Item("worse symptoms with progression on HRCT", (SYMPTOMS, RADIOLOGY)),
        ),
        needs_fibrosis=True,
        despite_treatment=True,
    )
)
