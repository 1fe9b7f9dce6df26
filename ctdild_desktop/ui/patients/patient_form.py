"""Who the patient is: a new one, of whom the MRN or the surname is enough, or one to complete or correct."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical.plausibility import Issue, check_patient
from ctdild_desktop.clinical.records import Patient, Sex
from ctdild_desktop.clinical.typed_text import LONGEST_NAME, LONGEST_NUMBER
from ctdild_desktop.services import patients
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.texts import display_name
from ctdild_desktop.ui.dialogs.form_sheet import SheetActs
from ctdild_desktop.ui.dialogs.saved_sheet import SavedSheet
from ctdild_desktop.ui.dialogs.texts import as_text, coded
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import NumberField, PartialDateField, TextField
from ctdild_desktop.ui.widgets.option_field import Option, OptionField

_IDENTITY = ("family_name", "given_name", "mrn", "birth_date", "sex")


class PatientForm(SavedSheet):
    """A sheet for the patient's own data. A likely twin entry is asked about before it is saved."""

    acts = SheetActs(patients.edit_patient, patients.remove_patient)

    def __init__(
        self, desk: Desk, runner: Runner, saved: Patient | None = None, parent: QWidget | None = None
    ) -> None:
        self.old = saved
        self._local_mrn = f"LOCAL-{secrets.token_hex(4).upper()}"
        title = (
            QCoreApplication.translate("PatientForm", "New patient")
            if saved is None
            else display_name(saved) or saved.mrn
        )
        super().__init__(
            desk,
            runner,
            title=title,
            identity=saved.mrn if saved is not None else "",
            draft_kind="patient" if saved is not None else "new_patient",
            patient_id=saved.id if saved is not None else None,
            parent=parent,
        )
        tr = self.tr
        surname = TextField("family_name", tr("Surname"), max_length=LONGEST_NAME)
        given = TextField("given_name", tr("Given name"), max_length=LONGEST_NAME)
        number = TextField("mrn", tr("MRN"), max_length=LONGEST_NUMBER)
        self.add_field(tr("&Surname"), surname, wide=True)
        self.add_field(tr("&Given name"), given, wide=True)
        self.add_field(tr("&MRN"), number, unit=tr("MRN or surname is needed"))
        self.add_field(
            tr("&Birth date"),
            PartialDateField("birth_date", tr("Birth date"), desk.today),
            unit=tr("the year alone will do"),
        )
        self.add_field(
            tr("Se&x"),
            OptionField(
                "sex",
                tr("Sex at birth"),
                (Option("F", tr("Female"), "f"), Option("M", tr("Male"), "m")),
                advance=True,
            ),
        )
        self.add_field(tr("&Height"), NumberField("height_cm", tr("Height"), "cm"), unit="cm")
        self.add_section(tr("More"))
        self.add_field(tr("Smo&king"), ChoiceField("smoking", tr("Smoking"), coded("smoking")))
        self.add_field(tr("&Pack-years"), NumberField("pack_years", tr("Pack-years")))
        self.add_field(tr("O&xygen"), ChoiceField("oxygen", tr("Oxygen"), coded("oxygen")))
        self.add_field(
            tr("&Registry"), ChoiceField("consent_registry", tr("Consent to the registry"), coded("consent"))
        )
        self.add_field(
            tr("R&esearch"), ChoiceField("consent_research", tr("Consent to research"), coded("consent"))
        )
        self.add_field(
            tr("GLI gro&up"),
            ChoiceField("ethnic_group", tr("Group of the GLI 2012 equations"), coded("ethnic_group")),
        )
        self.add_field(tr("&Died"), PartialDateField("death_date", tr("Date of death"), desk.today))
        self.add_field(tr("&Alert"), TextField("alert_note", tr("Alert shown with the name")), wide=True)
        for name in self.fields:
            self.fields[name].set_text(as_text(getattr(saved, name)) if saved is not None else "")
        self.drafts.set_start(self.payload())
        self.field_left.connect(self._look_for_twin)
        self._looked_for = self._identity()
        self._found: tuple[Issue, ...] = ()
        if saved is not None:
            self.touch(self.fields)
            self.allow_removal(self.remove)

    def build(self) -> Patient:
        """See :meth:`FieldForm.build`."""
        sex, group = self.read("sex"), self.read("ethnic_group")
        base = self.old
        return Patient(
            id=base.id if base is not None else "",
            version=base.version if base is not None else 1,
            mrn=self.text("mrn") or (self._local_mrn if self.text("family_name") else ""),
            family_name=self.text("family_name"),
            given_name=self.text("given_name"),
            birth_date=self.read("birth_date"),
            sex=Sex(sex) if sex else None,
            height_cm=self.read("height_cm"),
            ethnic_group=int(group) if group else None,
            smoking=self.read("smoking"),
            pack_years=self.read("pack_years"),
            oxygen=self.read("oxygen"),
            consent_registry=self.read("consent_registry"),
            consent_research=self.read("consent_research"),
            death_date=self.read("death_date"),
            alert_note=self.text("alert_note"),
        )

    def complete(self) -> bool:
        """See :meth:`FieldForm.complete`; the MRN or the surname must be there."""
        if not super().complete():
            return False
        if not self.text("mrn") and not self.text("family_name"):
            self.refuse("mrn", self.tr("The MRN or the surname is needed."))
            return False
        return True

    def refresh(self) -> None:
        """Say that a local number is given where the MRN is missing."""
        if self.text("family_name") and not self.text("mrn"):
            self.read_out("mrn", self.tr("none: gets a local number"))
        else:
            self.read_out("mrn", "" if self.text("mrn") else self.tr("MRN or surname is needed"))

    def issues_of(self, value: Any) -> tuple[Issue, ...]:
        """See :meth:`FieldForm.issues_of`; a used MRN and a twin were looked for in the registry."""
        if not value.mrn:
            return ()
        issues = check_patient(value, self.desk.today())
        found = self._found if self._identity() == self._looked_for else ()
        return (*issues, *(issue for issue in found if issue not in issues))

    def act(self, value: Any, confirmed: Collection[str]) -> Done[Any]:
        """See :meth:`ActSheet.act`."""
        if self.old is None:
            return patients.add_patient(self.desk, value, confirmed=confirmed)
        return patients.edit_patient(self.desk, value, confirmed=confirmed)

    def remove(self, reason: str) -> Done[Any]:
        """Void the record that is open; runs on the registry's thread."""
        assert self.old is not None
        return patients.remove_patient(self.desk, self.old.id, reason)

    def _look_for_twin(self) -> None:
        now = self._identity()
        if now == self._looked_for or not self.readable():
            return
        self._looked_for, self._found = now, ()
        draft, desk = self.build(), self.desk
        if draft.mrn:
            self.runner.run(
                lambda: patients.check(desk, draft),
                while_alive(self, lambda found: self._show_twin(now, found)),
            )

    def _show_twin(self, asked: tuple[str, ...], issues: tuple[Issue, ...]) -> None:
        if asked == self._identity():
            self._found = issues
            self.refresh_issues()

    def _identity(self) -> tuple[str, ...]:
        return tuple(self.text(name) for name in _IDENTITY)
