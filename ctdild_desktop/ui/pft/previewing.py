"""What saving a test would change, asked anew whenever a field of its sheet changes."""

from __future__ import annotations

from ctdild_desktop.clinical.records import PatientRecord, Pft, Visit
from ctdild_desktop.services import pft
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.services.pft import Before, PftPreview


class Previewing:
    """For one sheet: worked out once for each state of its test, and anew for another state of the record."""

    def __init__(self, desk: Desk, view: PatientView, test_id: str = "") -> None:
        self._desk, self._own, self._test_id = desk, view.own, test_id
        self._before: tuple[PatientRecord, Before] | None = None
        self._last: tuple[Pft, Visit | None, PftPreview] | None = None

    def of(self, record: PatientRecord, test: Pft, visit: Visit | None = None) -> PftPreview:
        """What would be if this test were saved now, and the visit of its day with it."""
        if self._before is None or self._before[0] is not record:
            self._before = (record, pft.before_pft(record, self._test_id, self._own))
            self._last = None
        if self._last is None or self._last[:2] != (test, visit):
            shown = pft.preview_pft(
                record,
                test,
                visit,
                self._desk.today(),
                self._desk.settings,
                own=self._own,
                known=self._before[1],
            )
            self._last = (test, visit, shown)
        return self._last[2]
