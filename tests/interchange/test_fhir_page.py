"""``docs/fhir.md`` says what is written: every code, every resource, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from ctdild_desktop.interchange.fhir_terms import (
    DLCO_HB,
    LAB_LOINC,
    PANEL,
    PFT_VALUES,
    RATIO,
    VISIT_VALUES,
)
from tests.support import holloway
from tests.support.fhir_bundles import resources, written

PAGE = (Path(__file__).parents[2] / "docs" / "fhir.md").read_text(encoding="utf-8")


def test_the_page_has_every_code_that_is_written_and_no_other() -> None:
    values = (*PFT_VALUES.values(), *VISIT_VALUES.values(), DLCO_HB, RATIO)
    used = {code for value in values for code in (value.loinc, value.before, value.after) if code}
    used |= {PANEL, *LAB_LOINC.values()}
    assert set(re.findall(r"\b\d{3,5}-\d\b", PAGE)) == used
    for name in PFT_VALUES:
        assert f"`{name}`" in PAGE


def test_the_page_names_every_resource_that_is_written() -> None:
    kinds = {one["resourceType"] for one in resources(written(holloway.record()))}
    assert {kind for kind in kinds if kind not in PAGE} == set()
