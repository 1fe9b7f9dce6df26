"""Progression of fibrosing ILD by the Erice ILD working group.

George PM, et al. Lancet Respir Med 2020;8:925, doi 10.1016/S2213-2600(20)30355-6. Within 24 months, despite
treatment, in fibrosing ILD other than IPF: relative FVC fall of at least 10 %; or of at least 5 % with a
relative DLCO fall of at least 15 % between the same two tests, with more fibrosis on HRCT, or with worse
symptoms; or worse symptoms with more fibrosis on HRCT.
"""

from __future__ import annotations

from ctdild_desktop.clinical.criteria.composite import (
    FVC_5,
    FVC_5_DLCO_15,
    FVC_10,
    RADIOLOGY,
    SYMPTOMS,
    Definition,
    Item,
    criterion_of,
)

CRITERION = criterion_of(
    Definition(
        id="ERICE",
        title="Erice",
        source="George 2020, Erice ILD working group, doi 10.1016/S2213-2600(20)30355-6",
        items=(
            Item("FVC fall of at least 10 %", (FVC_10,)),
            Item(
                "FVC fall of at least 5 % with a DLCO fall of at least 15 % at the same tests",
                (FVC_5_DLCO_15,),
            ),
            Item("FVC fall of at least 5 % with progression on HRCT", (FVC_5, RADIOLOGY)),
            Item("FVC fall of at least 5 % with worse symptoms", (FVC_5, SYMPTOMS)),
            Item("worse symptoms with progression on HRCT", (SYMPTOMS, RADIOLOGY)),
        ),
        needs_fibrosis=True,
        despite_treatment=True,
    )
)
