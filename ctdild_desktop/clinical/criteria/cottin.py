"""A further published set for progressive fibrosing ILD; answered when asked for, not part of the strip.

Listed in Aging Dis 2022 (PMC8782547, table 2, first set); attributed to Cottin 2018. Within 24 months:
relative FVC fall of at least 10 %; or relative DLCO fall of at least 15 %; or worse symptoms or more
fibrosis on HRCT with an FVC fall of at least 5 %.
"""

from __future__ import annotations

from ctdild_desktop.clinical.criteria.composite import (
    DLCO_15,
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
        id="PFILD_COTTIN18",
        title="PF-ILD (Cottin)",
        source="Aging Dis 2022, PMC8782547, table 2; attributed to Cottin 2018",
        items=(
            Item("FVC fall of at least 10 %", (FVC_10,)),
            Item("DLCO fall of at least 15 %", (DLCO_15,)),
            Item("FVC fall of at least 5 % with worse symptoms", (FVC_5, SYMPTOMS)),
            Item("FVC fall of at least 5 % with progression on HRCT", (FVC_5, RADIOLOGY)),
        ),
        needs_fibrosis=False,
        in_strip=False,
    )
)
