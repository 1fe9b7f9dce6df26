"""The options of an analysis in fields of their own; those that it does not ask for are out of sight."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.entry import EntryError
from ctdild_desktop.clinical.plausibility import Issue, Severity
from ctdild_desktop.cohort.lines import is_counted
from ctdild_desktop.language import say
from ctdild_desktop.services.cohort.analyses import Options
from ctdild_desktop.services.cohort.answers.parts import EVENT_WORDS, MEASURE_WORDS
from ctdild_desktop.services.cohort.covariates import COVARIATES
from ctdild_desktop.services.cohort.definitions import TIME_ZEROS
from ctdild_desktop.services.cohort.times import GROUPS
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.cohort.picks_field import PicksField
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import Field, TextField
from ctdild_desktop.ui.widgets.plain import tip
from ctdild_desktop.ui.widgets.whole_field import WholeField

_DRUG_START = "drug-start"
_MAY_DRUG = "some drug"
"""A drug that an answer may be kept to, and need not."""
_MOST_MONTHS, _MOST_DAYS = 1200, 36525
"""A hundred years."""
OptionOf = ChoiceField | Field | PicksField


class DesignOptions(QWidget):
    """``changed`` says that another option stands here, ``accepted`` that Enter was pressed in one."""

    changed = Signal()
    accepted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cohort_options")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        tr, usual = self.tr, Options()
        self.measure = ChoiceField("design_measure", tr("Measure"), _said(MEASURE_WORDS), empty=None)
        self.months = WholeField("design_months", tr("Months after the baseline"))
        self.within = WholeField("design_within", tr("Days within which the loss counts"))
        self.at_days = TextField("design_at", tr("Days at which the curve is told"), max_length=60)
        self.drug = ChoiceField("design_drug", tr("Drug"), empty=None, searchable=True)
        self.first = ChoiceField("design_first", tr("First drug"), empty=None, searchable=True)
        self.second = ChoiceField("design_second", tr("Second drug"), empty=None, searchable=True)
        self.some_drug = ChoiceField("design_some_drug", tr("Drug"), empty=tr("every drug"), searchable=True)
        self.course = TextField("design_course", tr("Months of the course"), max_length=60)
        told = [(one.name, say(one.label)) for one in COVARIATES.values()]
        self.covariates = PicksField("design_covariates", tr("Matched on"), told)
        self.ending = ChoiceField("design_event", tr("Event"), self._endings(), empty=None)
        self.by = ChoiceField("design_by", tr("Groups"), self._groups(), empty=None)
        self.zero = ChoiceField("design_zero", tr("Time zero"), self._zeros(), empty=None)
        self._rows: tuple[tuple[str, str, OptionOf], ...] = (
            ("measure", tr("Measure"), self.measure),
            ("months", tr("Months"), self.months),
            ("within_days", tr("Within days"), self.within),
            ("time_zero", tr("Time zero"), self.zero),
            ("event", tr("Event"), self.ending),
            ("drug", tr("Drug"), self.drug),
            ("drugs", tr("First drug"), self.first),
            ("drugs", tr("Second drug"), self.second),
            ("by", tr("Groups"), self.by),
            ("at_days", tr("At days"), self.at_days),
            (_MAY_DRUG, tr("Drug"), self.some_drug),
            ("course_months", tr("Months"), self.course),
            ("covariates", tr("Matched on"), self.covariates),
        )
        self._shown: tuple[str, ...] = ()
        self._filling = False
        self._touched: set[str] = set()
        """Names of the fields in which the person has chosen something."""
        self._lay_out()
        self._filling = True
        self.months.set_text(str(usual.months))
        self.within.set_text(str(usual.within_days))
        self.at_days.set_text(", ".join(str(day) for day in usual.at_days))
        self.course.set_text(", ".join(str(month) for month in usual.course_months))
        self.covariates.set_text(" ".join(COVARIATES))
        self.show_drugs(())

    def _endings(self) -> list[tuple[str, str]]:
        together = (
            ("death,transplant", self.tr("death or transplant")),
            ("death,treatment_failure", self.tr("death or failure of treatment")),
        )
        return [*_said(EVENT_WORDS), *together]

    def _groups(self) -> list[tuple[str, str]]:
        words = {
            "none": self.tr("none"),
            "drug": self.tr("drug"),
            "diagnosis": self.tr("diagnosis"),
            "pattern": self.tr("pattern"),
        }
        return [(code, words[code]) for code in GROUPS]

    def _zeros(self) -> list[tuple[str, str]]:
        begun = self.tr("the first start of the drug")
        return [(code, begun if code == _DRUG_START else say(words)) for code, words in TIME_ZEROS.items()]

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        edge = theme.scaled(10)
        grid.setContentsMargins(edge, 4, edge, 6)
        grid.setHorizontalSpacing(theme.scaled(8))
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        self._captions: list[QLabel] = []
        for at, (_names, words, field) in enumerate(self._rows):
            caption = QLabel(words)
            caption.setProperty("secondary", True)
            caption.setTextFormat(Qt.TextFormat.PlainText)
            self._captions.append(caption)
            grid.addWidget(caption, at, 0)
            grid.addWidget(field, at, 1)
            field.changed.connect(self._on_changed)
            field.accepted.connect(self.accepted)

    # what is offered

    def show_drugs(self, given: Sequence[str]) -> None:
        """Offer the drugs that were given here first, then the others of the list; what is chosen stays."""
        self._filling = True
        listed = codes.drugs()
        others = sorted((code for code in listed.codes if code not in given), key=listed.label)
        offered = [(code, listed.label(code)) for code in (*given, *others)]
        likely = [code for code in given if is_counted(code)] or list(given)
        for at, field in enumerate((self.drug, self.first, self.second)):
            chosen = field.text_value() if field.count() else ""
            was_usual = field.property("usual") == chosen
            field.set_choices(offered)
            usual = likely[min(max(at - 1, 0), len(likely) - 1)] if likely else ""
            field.setProperty("usual", usual)
            if chosen and not was_usual:
                field.set_text(chosen)
            elif usual:
                field.set_text(usual)
            else:
                field.setCurrentIndex(-1)
        some = self.some_drug.text_value()
        self.some_drug.set_choices(offered)
        if some:
            self.some_drug.set_text(some)
        self._filling = False

    def show_asked(self, asks: tuple[str, ...], may: tuple[str, ...] = ()) -> None:
        """Show the fields of these options, and of those that are not needed."""
        names = self._shown = (*asks, *(_MAY_DRUG if name == "drug" else name for name in may))
        for caption, (mine, _words, field) in zip(self._captions, self._rows, strict=True):
            caption.setVisible(mine in names)
            field.setVisible(mine in names)
        self._fit()
        self.setVisible(bool(names))

    def _fit(self) -> None:
        """Where time zero is asked for, a drug is needed for that of its start alone."""
        shown = "drug" in self._shown
        if "time_zero" in self._shown:
            shown = shown and self.zero.text_value() == _DRUG_START
        at = next(at for at, (name, _words, _field) in enumerate(self._rows) if name == "drug")
        self._captions[at].setVisible(shown)
        self.drug.setVisible(shown)

    # what is chosen

    def options(self) -> Options | None:
        """The options that stand here; None when one cannot be read."""
        usual = Options()
        try:
            months = _count(self.months, _MOST_MONTHS) if "months" in self._shown else usual.months
            within = _count(self.within, _MOST_DAYS) if "within_days" in self._shown else usual.within_days
            days = _whole(self.at_days, _MOST_DAYS) if "at_days" in self._shown else usual.at_days
            shown = "course_months" in self._shown
            course = _whole(self.course, _MOST_MONTHS) if shown else usual.course_months
        except EntryError:
            return None
        made = Options(
            measure=self.measure.text_value(),
            months=months,
            within_days=within,
            at_days=days,
            drug=self._drug(),
            course_months=course,
            covariates=None if len(self.covariates.value()) == len(COVARIATES) else self.covariates.value(),
            drugs=(self.first.text_value(), self.second.text_value()),
            event=self.ending.text_value(),
            by=self.by.text_value(),
            time_zero=self.zero.text_value(),
        )
        names = {"drug" if name == _MAY_DRUG else name for name in self._shown}
        unasked = {one.name: getattr(usual, one.name) for one in fields(usual) if one.name not in names}
        return replace(made, **unasked)

    def _drug(self) -> str:
        field = self.some_drug if _MAY_DRUG in self._shown else self.drug
        return "" if field.isHidden() else field.text_value()

    def say_problems(self) -> None:
        """Say at each field why it cannot be read, and put the keyboard on the first of them."""
        refused: list[Field] = []
        whole = self.tr("a whole number above zero")
        checks: tuple[tuple[str, Field, Callable[[], object], str], ...] = (
            ("months", self.months, lambda: _count(self.months, _MOST_MONTHS), whole),
            ("within_days", self.within, lambda: _count(self.within, _MOST_DAYS), whole),
            (
                "at_days",
                self.at_days,
                lambda: _whole(self.at_days, _MOST_DAYS),
                self.tr("days, parted by commas"),
            ),
            (
                "course_months",
                self.course,
                lambda: _whole(self.course, _MOST_MONTHS),
                self.tr("months, parted by commas"),
            ),
        )
        for name, field, read, why in checks:
            wrong = name in self._shown and _fails(read)
            field.show_issue(Issue(name, Severity.HARD, "RANGE", why) if wrong else None)
            field.setToolTip(tip(why if wrong else ""))
            refused += [field] if wrong else []
        if refused:
            refused[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def texts(self) -> dict[str, str]:
        """What the person chose, by the names of the fields."""
        fields_of = {field.objectName(): field for _name, _words, field in self._rows}
        return {name: fields_of[name].text_value() for name in sorted(self._touched)}

    def set_texts(self, texts: Mapping[str, str]) -> None:
        """Put back what stood in the fields."""
        for _names, _words, field in self._rows:
            text = texts.get(field.objectName(), "")
            if text:
                field.set_text(text)

    def _on_changed(self, _text: str) -> None:
        sender = self.sender()
        if sender is not None and not self._filling:
            self._touched.add(sender.objectName())
        self._fit()
        self.changed.emit()


def _count(field: WholeField, most: int) -> int:
    number = field.count()
    if number is None or not 1 <= number <= most:
        raise EntryError("A whole number above zero is needed.")
    return number


def _whole(field: TextField, most: int) -> tuple[int, ...]:
    parts = [part.strip() for part in field.text_value().replace(";", ",").split(",") if part.strip()]
    if parts and all(part.isascii() and part.isdigit() for part in parts):
        numbers = tuple(dict.fromkeys(int(part) for part in parts))
        if all(0 < number <= most for number in numbers):
            return numbers
    raise EntryError("Whole numbers above zero are needed, parted by commas.")


def _fails(read: Callable[[], object]) -> bool:
    try:
        read()
    except EntryError:
        return True
    return False


def _said(words: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(code, say(text)) for code, text in words.items()]
