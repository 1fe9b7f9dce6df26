"""The sheet of an echocardiogram or a right-heart catheter."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical.records import HeartTest
from ctdild_desktop.services import heart_tests
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.record_sheet import RecordActs, RecordSheet
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.widgets.fields import NumberField, PartialDateField, TextField
from ctdild_desktop.ui.widgets.option_field import Option, OptionField

_ECHO = ("rvsp_mmhg", "tapse_mm", "lvef_percent")
_CATHETER = ("mpap_mmhg", "pvr_wu", "pawp_mmhg")


class HeartSheet(RecordSheet):
    """A new test of the heart, or one to correct; only what its kind measures is asked."""

    acts = RecordActs(
        keep=heart_tests.amend_heart_test,
        remove=heart_tests.remove_heart_test,
        check=heart_tests.check,
        add=heart_tests.record_heart_test,
    )

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        view: PatientView,
        saved: HeartTest | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            desk,
            runner,
            view,
            title=QCoreApplication.translate("HeartSheet", "Echo or right-heart catheter"),
            draft_kind="heart_test",
            saved=saved,
            parent=parent,
        )
        tr = self.tr
        self.add_field(
            tr("&Date"), PartialDateField("date", tr("Date of the test"), desk.today), required=True
        )
        self.add_field(
            tr("&Kind"),
            OptionField(
                "kind",
                tr("Kind of test"),
                (Option("echo", tr("Echocardiogram"), "e"), Option("rhc", tr("Right-heart catheter"), "r")),
                advance=True,
            ),
            required=True,
        )
        for caption, name, label, unit in (
            (tr("&RVSP"), "rvsp_mmhg", tr("Right ventricular systolic pressure"), "mmHg"),
            (tr("&TAPSE"), "tapse_mm", tr("TAPSE"), "mm"),
            (tr("&LVEF"), "lvef_percent", tr("Left ventricular ejection fraction"), "%"),
            (tr("&Mean PAP"), "mpap_mmhg", tr("Mean pulmonary arterial pressure"), "mmHg"),
            (tr("P&VR"), "pvr_wu", tr("Pulmonary vascular resistance"), "WU"),
            (tr("&PAWP"), "pawp_mmhg", tr("Pulmonary arterial wedge pressure"), "mmHg"),
        ):
            self.add_field(caption, NumberField(name, label, unit), unit=unit)
        self.add_field(tr("&Site"), TextField("site", tr("Where it was done")), wide=True)
        self.add_field(tr("N&ote"), TextField("note", tr("Note")), wide=True)
        known = saved or self._new()
        self.fill({name: getattr(known, name) for name in self.fields})
        self._show_asked()

    def _new(self) -> HeartTest:
        from ctdild_desktop.clinical.dates import PartialDate

        site = self.record.heart_tests[-1].site if self.record.heart_tests else ""
        return HeartTest(id="", date=PartialDate.of(self.desk.today()), kind="echo", site=site)

    def refresh(self) -> None:
        """Ask what this kind of test measures; what is typed already stays in sight."""
        self._show_asked()

    def _show_asked(self) -> None:
        kind = self.read("kind")
        for name in (*_ECHO, *_CATHETER):
            asked = name == "rvsp_mmhg" or kind is None or (name in _ECHO) == (kind == "echo")
            self.show_row(name, shown=asked or bool(self.text(name)))

    def build(self) -> HeartTest:
        """See :meth:`FieldForm.build`."""
        return HeartTest(
            id=self.old.id if self.old else "",
            version=self.old.version if self.old else 1,
            date=self.read("date"),
            kind=self.read("kind") or "",
            **{name: self.read(name) for name in (*_ECHO, *_CATHETER)},
            site=self.text("site"),
            note=self.text("note"),
            absent=self.old.absent if self.old else (),
        )
