"""The sheet of one reading of a high-resolution CT."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical import codes, wording
from ctdild_desktop.clinical.records import Hrct, HrctResult
from ctdild_desktop.services import hrct
from ctdild_desktop.services.assessment import PatientView
from ctdild_desktop.services.desk import Desk
from ctdild_desktop.ui.dialogs.record_sheet import RecordActs, RecordSheet
from ctdild_desktop.ui.dialogs.texts import as_bool, coded, pairs, yes_no
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.widgets.checks_field import ChecksField
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import DateField, NumberField, TextField
from ctdild_desktop.ui.widgets.option_field import Option, OptionField


class HrctSheet(RecordSheet):
    """A new reading, or one to correct. The scan before is offered as the one compared with."""

    acts = RecordActs(
        keep=hrct.amend_hrct,
        remove=hrct.remove_hrct,
        check=hrct.check,
        add=hrct.record_hrct,
    )

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        view: PatientView,
        saved: Hrct | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            desk,
            runner,
            view,
            title=QCoreApplication.translate("HrctSheet", "HRCT"),
            draft_kind="hrct",
            saved=saved,
            parent=parent,
        )
        tr = self.tr
        self.add_field(tr("&Date"), DateField("date", tr("Date of the scan"), desk.today), required=True)
        self.add_field(
            tr("&Pattern"), ChoiceField("pattern", tr("Pattern"), pairs(codes.patterns()), searchable=True)
        )
        self.add_field(
            tr("&Fibrosis"),
            OptionField("fibrosis", tr("Fibrosis"), yes_no(tr("Yes"), tr("No")), advance=True),
        )
        self.add_field(tr("&Extent"), NumberField("extent_percent", tr("Extent of disease"), "%"), unit="%")
        self.add_field(
            tr("E&xtent read"), ChoiceField("extent_reading", tr("Extent as read"), coded("hrct_extent"))
        )
        self.add_section(tr("Compared with an earlier scan"))
        self.add_field(
            tr("&Compared with"),
            DateField("compared_with", tr("Date of the earlier scan"), desk.today),
            unit=self._earlier_words(),
        )
        self.add_field(
            tr("&Result"),
            OptionField(
                "result",
                tr("Result"),
                (
                    Option("progression", tr("Progression"), "p"),
                    Option("stable", tr("Stable"), "s"),
                    Option("improved", tr("Improved"), "i"),
                    Option("not_compared", tr("Not compared"), "n"),
                ),
                advance=True,
            ),
        )
        self.add_field(tr("Si&gns"), ChecksField("signs", tr("Signs of progression"), coded("hrct_sign")))
        self.add_field(
            tr("Ex&plained"),
            OptionField(
                "alternative_explanation",
                tr("Another explanation for the change"),
                yes_no(tr("Yes"), tr("No")),
                advance=True,
            ),
        )
        self.add_section(tr("Also seen"))
        self.add_field(
            tr("E&mphysema"),
            OptionField("emphysema", tr("Emphysema"), yes_no(tr("Yes"), tr("No")), advance=True),
        )
        self.add_field(tr("&Note"), TextField("note", tr("Note")), wide=True)
        known = saved or Hrct(id="", date=desk.today(), pattern=self._last_pattern())
        self.fill({name: getattr(known, name) for name in self.fields})

    def _last_pattern(self) -> str | None:
        return self.record.hrct[-1].pattern if self.record.hrct else None

    def _earlier_words(self) -> str:
        scans = [scan for scan in self.record.hrct if self.old is None or scan.date < self.old.date]
        if not scans:
            return self.tr("no earlier scan recorded")
        return self.tr("last scan {date}").format(date=wording.day(scans[-1].date))

    def build(self) -> Hrct:
        """See :meth:`FieldForm.build`."""
        result = self.read("result")
        return Hrct(
            id=self.old.id if self.old else "",
            version=self.old.version if self.old else 1,
            date=self.read("date"),
            pattern=self.read("pattern"),
            extent_percent=self.read("extent_percent"),
            extent_reading=self.read("extent_reading"),
            fibrosis=as_bool(self.read("fibrosis")),
            result=HrctResult(result) if result else None,
            signs=self.read("signs"),
            compared_with=self.read("compared_with"),
            alternative_explanation=as_bool(self.read("alternative_explanation")),
            emphysema=as_bool(self.read("emphysema")),
            note=self.text("note"),
        )
