"""What an analysis of this registry may be asked: the drugs that were given here, the most frequent first."""

from __future__ import annotations

from ctdild_desktop.services.desk import Desk, for_everybody


@for_everybody
def drugs_given(desk: Desk) -> tuple[str, ...]:
    """Codes of the drugs of all lines of therapy, by the number of patients who had them."""
    from sqlalchemy import func, select

    from ctdild_desktop.registry.models import TherapyLineRow

    patients = func.count(TherapyLineRow.patient_id.distinct())
    given = (
        select(TherapyLineRow.drug)
        .where(TherapyLineRow.deleted_at.is_(None))
        .group_by(TherapyLineRow.drug)
        .order_by(patients.desc(), TherapyLineRow.drug)
    )
    with desk.registry.read() as session:
        return tuple(session.execute(given).scalars())
