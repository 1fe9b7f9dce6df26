"""Clinically meaningful progression of CTD-ILD by the OMERACT working group.

Khanna D, et al. J Rheumatol 2015;42:2168, doi 10.3899/jrheum.141182. Relative FVC fall of at least 10 %, or
of 5 to under 10 % with a relative DLCO fall of at least 15 % between the same two tests. Any CTD-ILD,
fibrotic or not. The publication names no window; 24 months are used, 12 by a setting of the site.
"""

from __future__ import annotations

from ctdild_desktop.clinical.criteria.composite import (
    FVC_5_DLCO_15,
    FVC_10,
    Definition,
    Item,
    criterion_of,
)

CRITERION = criterion_of(
    Definition(
        id="OMERACT",
        title="OMERACT",
        source="Khanna 2015, OMERACT, doi 10.3899/jrheum.141182",
        items=(
            Item("FVC fall of at least 10 %", (FVC_10,)),
            Item(
                "FVC fall of at least 5 % with a DLCO fall of at least 15 % at the same tests",
                (FVC_5_DLCO_15,),
            ),
        ),
        needs_fibrosis=False,
        months=lambda settings: settings.omeract_window_months,
    )
)
