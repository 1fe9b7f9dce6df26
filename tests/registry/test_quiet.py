"""No value of a row is in the text of an error, of anything chained to it, in a traceback or in a log."""

from __future__ import annotations

import datetime as dt
import logging
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from ctdild_desktop.registry.models import (
    AdverseEventRow,
    MappingRow,
    PatientRow,
    SiteCriterionRow,
    UserRow,
    VisitRow,
    new_id,
)
from ctdild_desktop.registry.registry import Registry
from tests.support import any_row
from tests.support.registries import LOGIN

NOW = any_row.NOW
DAY = dt.date(2026, 1, 5)
Fault = Callable[[Session, str], None]


def twice(session: Session, row: Callable[[], Any]) -> None:
    for _ in range(2):
        session.add(row())
        session.flush()


def same_mrn(session: Session, value: str) -> None:
    twice(session, lambda: PatientRow(mrn=value, family_name=f"{value} née"))


def same_mapping(session: Session, value: str) -> None:
    twice(session, lambda: MappingRow(name=value, toml=value, saved_at=NOW, saved_by=value))


def same_login(session: Session, value: str) -> None:
    twice(session, lambda: UserRow(login=value, display_name=value, role="viewer"))


def same_id(session: Session, value: str) -> None:
    identity = new_id()
    for _ in range(2):
        values = any_row.values_for(session.connection(), VisitRow.__table__)
        session.execute(insert(VisitRow), [{**values, "id": identity, "version": 1, "note": value}])


def no_role(session: Session, value: str) -> None:
    session.add(UserRow(login=value, display_name=value, role=value))
    session.flush()


def no_grade(session: Session, value: str) -> None:
    patient_id = session.execute(select(PatientRow.id)).scalars().first()
    session.add(AdverseEventRow(patient_id=patient_id, term=value, onset="2025", grade=77, note=value))
    session.flush()


def no_patient(session: Session, value: str) -> None:
    session.add(VisitRow(patient_id=value, date=DAY, note=value))
    session.flush()


def no_date(session: Session, value: str) -> None:
    session.execute(update(VisitRow).values(date=text("CAST(:value AS date) + 1").bindparams(value=value)))
    session.add(VisitRow(patient_id=new_id(), date=DAY, note=value))
    session.flush()


def no_number(session: Session, value: str) -> None:
    session.execute(update(PatientRow).values(version=value))
    session.execute(text("SELECT CAST(:value AS integer) + abs(:least)"), {"value": value, "least": -(2**63)})


def much_too_large(session: Session, value: str) -> None:
    session.execute(update(PatientRow).values(version=10**30, family_name=value))


def no_flag(session: Session, value: str) -> None:
    session.execute(update(UserRow).values(active=value))


def no_column(session: Session, value: str) -> None:
    session.execute(text("UPDATE patient SET family_name = :value, nothing = 1"), {"value": value})


def no_amount(session: Session, value: str) -> None:
    session.execute(update(SiteCriterionRow).values(amount=value))


def nothing_given(session: Session, value: str) -> None:
    session.execute(insert(PatientRow.__table__).values(id=new_id(), mrn=value))


FAULTS: tuple[Fault, ...] = (
    same_mrn,
    same_mapping,
    same_login,
    same_id,
    no_role,
    no_grade,
    no_patient,
    no_date,
    no_number,
    much_too_large,
    no_flag,
    no_column,
    no_amount,
    nothing_given,
)


def attempt(registry: Registry, fault: Fault, value: str) -> None:
    with registry.write(LOGIN, "a try") as session:
        fault(session, value)


def everything_said(error: BaseException, log: pytest.LogCaptureFixture) -> str:
    """What anybody could print of an error, and what was logged meanwhile."""
    said = ["".join(traceback.format_exception(error)), log.text]
    for one in chain(error):
        said += [str(one), repr(one), repr(one.args), "".join(traceback.format_exception_only(one))]
        said += [str(getattr(one, name, "")) for name in ("text", "hint", "detail", "code", "__notes__")]
    return "\n".join(said)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error with every error behind it, whether it would be shown or not."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += [one.__cause__, one.__context__, getattr(one, "orig", None)]


VALUES = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=6, max_size=30).map(
    lambda value: f"Zaunkönig{value}"
)


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=VALUES)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_no_error_of_the_database_says_a_value(
    bare_registry: Registry, caplog: pytest.LogCaptureFixture, fault: Fault, value: str
) -> None:
    caplog.clear()
    with caplog.at_level(logging.INFO), pytest.raises(Exception) as caught:  # noqa: PT011 - of any kind
        attempt(bare_registry, fault, value)
    said = everything_said(caught.value, caplog)
    assert "Zaunkönig" not in said
    assert "\\xf6nig" not in said
    with bare_registry.read() as session:
        assert session.execute(select(PatientRow.mrn)).scalars().all() == ["MRN-SENTINEL-1"]


def test_an_error_still_says_what_was_wrong_with_which_table(bare_registry: Registry) -> None:
    with pytest.raises(Exception, match="import_mapping"):
        attempt(bare_registry, same_mapping, "ours")
