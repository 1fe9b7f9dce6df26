"""Questions about the registry by name; fields as in ``clinical.records.SavedQuery``."""

from sqlalchemy import Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ctdild_desktop.registry.models.base import Base, Recorded, recorded_checks
from ctdild_desktop.registry.models.checks import filled_check

_LIVE = text("deleted_at IS NULL")


class SavedQueryRow(Recorded, Base):
    """One question; no two that are kept have the same name."""

    __tablename__ = "saved_query"
    __table_args__ = (
        *recorded_checks(),
        filled_check("name"),
        filled_check("text"),
        Index("uq_saved_query_live", "name", unique=True, sqlite_where=_LIVE),
    )

    name: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
