"""One test of a message while it is read: its values, what is doubtful, and the neutral row at the end."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Patient, Pft
from ctdild_desktop.clinical.typed_text import (
    LONGEST_COMMENT,
    LONGEST_NAME,
    LONGEST_NUMBER,
    has_unseen,
    tidy_line,
)
from ctdild_desktop.interchange.measures import (
    FIELDS,
    Named,
    Role,
    converted,
    flow_l_s,
    rounded,
    stored_unit,
    transfer_unit,
)
from ctdild_desktop.interchange.records import Reading, Remark, TestRow
from ctdild_desktop.interchange.values import CellError, Marks, read_number
from ctdild_desktop.language import say

_NOT_A_VALUE = frozenset(
    {"", "nan", "inf", "-inf", "+inf", "infinity", "-infinity", "na", "n/a", "null", "-", "--", "---", "."}
)
_NAN_OF_C = re.compile(r"-?1\.#\w+\Z")
_EXACT = re.compile(r"[+-]?\d{1,10}(?:\.\d{1,40})?(?:[eE][+-]?\d{1,2})?\Z", re.ASCII)
_MOST_READINGS = 400
_LONGEST_READING = 200
MEASURED = (
    "fvc_l",
    "fvc_pct_pred",
    "fev1_l",
    "fev1_pct_pred",
    "svc_l",
    "dlco",
    "dlco_pct_pred",
    "tlc_l",
    "rv_l",
    "frc_l",
    "va_l",
    "kco",
    "kco_pct_pred",
    "walk_m",
)


@dataclass(frozen=True, slots=True)
class Who:
    """What a message says of whose test it is."""

    patient: Patient
    problems: tuple[tuple[str, str, str], ...] = ()
    """Label, text and reason of each part that cannot be read."""


class TestDraft:
    """Collects the values of one test; a value that cannot be read refuses the whole test.

    Args:
        number: which test of the file it is, from 1.
        marks: the decimal marks that the numbers of the whole file show beyond doubt.
        commas: the format writes decimal commas.
        whole: the file says of the test everything that is recorded of it, and it may hold no measurement.
    """

    __test__ = False

    def __init__(
        self, number: int, *, marks: Marks | None = None, commas: bool = False, whole: bool = False
    ) -> None:
        self.number = number
        self._whole = whole
        self.post_bd: bool | None = None
        self.refusals: list[Remark] = []
        self.warnings: list[Remark] = []
        self._marks = marks or Marks(point=not commas, comma=commas)
        self._commas = commas
        self._values: dict[str, Any] = {}
        self._readings: list[Reading] = []
        self._kept: dict[str, list[tuple[Decimal, str, str]]] = {}
        self._ratio: tuple[str, str, Decimal] | None = None
        self._comments: list[str] = []
        self._corrected: list[tuple[str, str, str, bool]] = []

    @property
    def empty(self) -> bool:
        """Whether there is no measurement in it."""
        return not any(name in self._values for name in MEASURED)

    @property
    def summary(self) -> str:
        """Its measurements in the words of the file, for a refusal that concerns all of them."""
        return "; ".join(read.as_given for read in self._readings if read.field in MEASURED)

    def refuse(self, label: str, text: str, reason: str) -> None:
        """Note why the test cannot be taken."""
        self.refusals.append(Remark(self.number, label, text[:_LONGEST_READING], reason))

    def warn(self, label: str, text: str, reason: str) -> None:
        """Note what a person should look at."""
        self.warnings.append(Remark(self.number, label, text[:_LONGEST_READING], reason))

    def comment(self, text: str) -> None:
        """Add a text of the report."""
        if text.strip():
            self._comments.append(text.strip())

    def set(self, field: str, value: Any, label: str, text: str) -> None:
        """Set a field that is no measurement with a unit, such as a grade."""
        self._values[field] = value
        self._note(Reading(label=label, text=text, unit="", field=field))

    def take(self, meant: Named, label: str, text: str, unit: str, *, exact: bool = False) -> None:
        """Take one value.

        Args:
            meant: what the label means.
            exact: the number is in the machine's own form, with a decimal point and perhaps an exponent.
        """
        if meant.quantity == "DLCO_HB" and meant.role is Role.MEASURED:
            self._corrected.append((label, text, unit, exact))
            return
        field = FIELDS.get((meant.quantity, meant.role), "")
        if _says_no_value(text):
            if field and meant.role is Role.MEASURED:
                self.warn(label, text, say("not a value; taken as not recorded"))
            self._note(Reading(label=label, text=text, unit=unit))
            return
        try:
            value = self._number(text, exact=exact)
        except CellError as error:
            if field or meant.quantity == "RATIO":
                self.refuse(label, text, str(error))
            self._note(Reading(label=label, text=text, unit=unit))
            return
        if field:
            self._store(field, value, label, text, unit)
            return
        self._note(Reading(label=label, text=text, unit=unit, value=value, stored_unit=unit))
        if meant.quantity == "RATIO" and meant.role is Role.MEASURED:
            self._ratio = label, text, value
        elif meant.role is Role.MEASURED:
            self._kept.setdefault(label, []).append((value, unit, text))

    def keep(self, label: str, text: str, unit: str = "") -> None:
        """Keep a value that no field takes, as it is written."""
        if text.strip():
            self._note(Reading(label=label, text=text, unit=unit))

    def value(self, field: str) -> Any:
        """What a field holds so far."""
        return self._values.get(field)

    def row(self, date: dt.date, who: Who) -> TestRow | None:
        """The neutral row; None when anything was refused, which ``refusals`` then tells."""
        for label, text, reason in who.problems:
            self.refuse(label, text, reason)
        self._take_corrected()
        if self.empty and not self._whole and not self.refusals:
            self.refuse("", "", say("holds no value of lung function that is known here"))
        self._check_agreement()
        if self.refusals:
            return None
        told = dict(self._values)
        if "dlco" not in told and "kco" not in told:
            told.pop("dlco_unit", None)
        given: dict[str, str] = {}
        for reading in self._readings:
            name = reading.field or reading.label
            given[name] = f"{given[name]}; {reading.as_given}" if name in given else reading.as_given
        test = Pft(
            id="",
            date=date,
            post_bd=self.post_bd,
            comment=self._whole_comment(),
            as_given=tuple(given.items()),
            **told,
        )
        written = {
            reading.field: (reading.label, _shown(reading)) for reading in self._readings if reading.field
        }
        height = told.get("height_cm")
        patient = who.patient
        if height is not None and not self._whole:
            patient = replace(patient, height_cm=height)
        return TestRow(
            row=self.number,
            date=date,
            patient=patient,
            test=test,
            visit=None,
            written=written,
            readings=tuple(self._readings),
        )

    def _take_corrected(self) -> None:
        """A DLCO corrected for haemoglobin is the test's where there is no other; beside one it is kept."""
        if "dlco" in self._values:
            for label, text, unit, _ in self._corrected:
                self.keep(label, text, unit)
            return
        for label, text, unit, exact in self._corrected:
            self.take(Named("DLCO"), label, text, unit, exact=exact)
        if "dlco" in self._values:
            self._values["dlco_hb_corrected"] = True

    def _number(self, text: str, *, exact: bool) -> Decimal:
        bare = text.strip()
        if exact:
            if not _EXACT.match(bare):
                raise CellError("not a number")
            return Decimal(bare)
        return read_number(bare, self._marks, self._marks, semicolons=self._commas)

    def _store(self, field: str, value: Decimal, label: str, text: str, unit: str) -> None:
        if has_unseen(label):  # such words are not kept, and the preview would not show the value
            self.refuse(field, text, say("holds characters that cannot be seen"))
            return
        try:
            if field in {"dlco", "kco"}:
                shown = transfer_unit(field, unit)
                if self._values.setdefault("dlco_unit", shown) is not shown:
                    raise CellError("DLCO and KCO are given in two systems of units")
                stored = rounded(value)
            else:
                stored = converted(field, value, unit)
        except CellError as error:
            self.refuse(label, f"{text} {unit}".strip(), str(error))
            return
        held = self._values.setdefault(field, stored)
        if held != stored:
            other = next((read.as_given for read in self._readings if read.field == field), "")
            self.refuse(
                label,
                f"{text} {unit}".strip(),
                say("contradicts {other} of the same test; which one counts cannot be told", other=other),
            )
        self._note(
            Reading(
                label=label,
                text=text,
                unit=unit,
                field=field,
                value=stored,
                stored_unit=stored_unit(field) or unit,
            )
        )

    def _note(self, reading: Reading) -> None:
        if len(self._readings) < _MOST_READINGS and not has_unseen(reading.as_given):
            self._readings.append(
                replace(
                    reading,
                    label=reading.label[:_LONGEST_READING],
                    text=reading.text[:_LONGEST_READING],
                    unit=reading.unit[:_LONGEST_READING],
                )
            )

    def _whole_comment(self) -> str:
        text = unicodedata.normalize("NFC", "\n".join(self._comments)).strip()
        if has_unseen(text):
            self.warn(
                "", "", say("the text of the report holds characters that cannot be seen; it is left out")
            )
            return ""
        if len(text) > LONGEST_COMMENT:
            self.warn("", "", say("the text of the report is too long; its end is left out"))
        return text[:LONGEST_COMMENT]

    def _check_agreement(self) -> None:
        """Tell what the values say against one another; nothing is corrected."""
        fvc, fev1 = self._values.get("fvc_l"), self._values.get("fev1_l")
        if self._ratio is not None and fvc and fev1 is not None:
            label, text, stated = self._ratio
            percent = stated * 100 if stated <= 2 else stated
            worked = rounded(fev1 * 100 / fvc)
            if abs(percent - worked) > Decimal("1.5"):
                self.warn(
                    label,
                    text,
                    say("contradicts FEV1 and FVC, which give {worked} %", worked=f"{worked:.1f}"),
                )
        printed, predicted = self._values.get("fvc_pct_pred"), self._values.get("fvc_pred_l")
        if fvc is not None and printed is not None and predicted:
            share: Decimal = fvc * 100 / predicted
            if abs(printed - share) > Decimal("1.5"):
                self.warn(
                    "FVC",
                    f"{printed} %",
                    say("contradicts the predicted value, which gives {share} %", share=f"{share:.1f}"),
                )
        for label, values in self._kept.items():
            flows = [flow for value, unit, _ in values if (flow := flow_l_s(value, unit)) is not None]
            if len(flows) > 1 and (max(flows) - min(flows)) * 100 > 2 * abs(max(flows)):
                said = ", ".join(f"{text} {unit}".strip() for _, unit, text in values)
                self.warn(label, said, say("the file gives two values that do not agree"))


def who_of(
    *,
    mrn: str = "",
    family_name: str = "",
    given_name: str = "",
    birth_date: PartialDate | None = None,
    sex: Any = None,
    problems: tuple[tuple[str, str, str], ...] = (),
) -> Who:
    """Who a message speaks of; parts with unseen characters, and parts that are too long, are problems."""
    found = list(problems)

    def tidy(label: str, text: str, longest: int) -> str:
        if has_unseen(text, number=label == "MRN"):
            found.append((label, "", say("holds characters that cannot be seen")))
            return ""
        line = tidy_line(text)
        if len(line) > longest:
            found.append((label, "", say("longer than {longest} characters", longest=longest)))
        return line

    patient = Patient(
        id="",
        mrn=tidy("MRN", mrn, LONGEST_NUMBER),
        family_name=tidy("family name", family_name, LONGEST_NAME),
        given_name=tidy("given name", given_name, LONGEST_NAME),
        birth_date=birth_date,
        sex=sex,
    )
    return Who(patient, tuple(found))


def _says_no_value(text: str) -> bool:
    bare = text.strip().casefold()
    return bare in _NOT_A_VALUE or _NAN_OF_C.match(bare) is not None


def _shown(reading: Reading) -> str:
    return f"{reading.text} {reading.unit}".strip()
