"""The export page: whose data, in which form, with or without identity; then a folder, and one act."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ctdild_desktop.language import say
from ctdild_desktop.services import exporting, interrupted, permissions
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.drafts import Draft
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.services.exporting import FORMATS, Exported, ExportSettings
from ctdild_desktop.services.leaving import Typed
from ctdild_desktop.services.progress import CancelledError, Progress
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.ask import Ask
from ctdild_desktop.ui.dialogs.draft_keeper import DraftKeeper
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.widgets.choice_field import ChoiceField
from ctdild_desktop.ui.widgets.fields import TextField
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.progress_strip import ProgressStrip
from ctdild_desktop.ui.widgets.scrolled_page import ScrolledPage
from ctdild_desktop.ui.widgets.section_header import SectionHeader
from ctdild_desktop.ui.widgets.segmented_control import SegmentedControl

_ALL, _CHOSEN, _THESE = "all", "chosen", "these"
_BARE, _TRUE_DATES, _NAMED = "bare", "true_dates", "named"
_WIDTH = 620
_INTO, _SINCE = "into", "since"
"""Where an export is being made and since when, beside the fields in the draft."""


class ExportPage(QWidget):
    """Nothing is written before a folder is chosen. ``exported`` carries the Done of an export.

    What is typed is kept as a draft until it was exported.
    """

    exported = Signal(object)

    def __init__(self, desk: Desk, runner: Runner, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._runner, self._ask = desk, runner, ask
        self._folder: Path | None = None
        self._these: tuple[str, ...] = ()
        """Ids of the patients whom the cohort handed here."""
        self.setObjectName("export_page")
        inside = self._inside = named(QWidget(), "export_inside")
        column = QVBoxLayout(inside)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(12)
        column.addLayout(self._make_choices())
        column.addLayout(self._make_foot())
        column.addStretch(1)
        self._strip = ProgressStrip("export_progress", self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(SectionHeader(self.tr("Export"), "", self.tr("nothing is written before Export")))
        whole.addWidget(ScrolledPage(inside), 1)
        whole.addWidget(self._strip)
        self._fit()
        self._under_way: dict[str, str] = {}
        self._exported_from: dict[str, str] = {}
        self._drafts = DraftKeeper(desk, runner, "export", None, self)
        self._drafts.set_start(self.payload())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(1500)
        self._timer.timeout.connect(self.keep_drafts)
        for field in (self._mrns, self._reason):
            field.changed.connect(self._timer.start)
            field.left.connect(self.keep_drafts)
        for choice in (self._who.chosen, self._identity.chosen, self._form.changed, self._csv.changed):
            choice.connect(self.keep_drafts)

    def choose(self, patients: tuple[str, ...]) -> None:
        """Export these patients, by id; without identity, as ever at first."""
        self._these = patients
        self._fit_these()
        self._who.set_current(_THESE)
        self._identity.set_current(_BARE)
        self._fit()

    def _fit_these(self) -> None:
        why = self.tr("Choose patients in the cohort first.")
        self._who.set_possible(_THESE, bool(self._these), why)
        words = self.tr("Of the cohort")
        if self._these:
            words = self.tr("Of the cohort: {n}").format(n=len(self._these))
        self._who.set_words(_THESE, words)

    def focus_first(self) -> None:
        """Put the focus where work begins."""
        self._form.setFocus(Qt.FocusReason.OtherFocusReason)

    # drafts

    def come_back(self) -> None:
        """Show what was typed before, and say what became of an export that was under way."""
        self._drafts.load(self._on_draft_found)

    def payload(self) -> dict[str, str]:
        """The page by field; nothing more once it was exported as it stands."""
        held = {
            "who": self._who.current(),
            "mrns": self._mrns.text(),
            "format": self._form.text_value(),
            "csv": self._csv.text_value(),
            "identity": self._identity.current(),
            "reason": self._reason.text(),
        }
        return dict(self._drafts.start) if held == self._exported_from else {**held, **self._under_way}

    def keep_drafts(self) -> None:
        """Keep what is typed."""
        self._timer.stop()
        self._drafts.keep(self.payload())

    def leave(self) -> tuple[Typed, ...]:
        """What is typed, for whoever takes the window away."""
        self._timer.stop()
        return (self._drafts.leave(self.payload(), lambda: False),)

    def _on_draft_found(self, draft: Draft, at: str) -> None:
        held = {**self._drafts.start, **draft.payload}
        self._under_way = {name: held[name] for name in (_INTO, _SINCE) if name in held}
        if not self._these:  # else they were chosen just now
            self._who.set_current(_CHOSEN if held["who"] == _THESE else held["who"])
            self._identity.set_current(held["identity"])
        for name, field in (("mrns", self._mrns), ("reason", self._reason)):
            field.set_text(held[name])
        for name, choice in (("format", self._form), ("csv", self._csv)):
            choice.set_text(held[name])
        self._fit_role()
        if _INTO not in held:
            self._show_state(self.tr("What was typed at {time} is here again.").format(time=at))
            return
        parent, since = Path(held[_INTO]), dt.datetime.fromisoformat(held[_SINCE])
        self._runner.run(
            lambda: interrupted.exported_since(parent, since),
            while_alive(self, self._on_became),
            while_alive(self, self._on_refused),
            aside=True,  # after an export that is still being given up
        )

    def _on_became(self, folder: Path | None) -> None:
        self._under_way = {}
        if folder is None:
            self._show_state(
                self.tr(
                    "The export that was under way was given up; nothing was written. It can be made again."
                )
            )
            self.keep_drafts()
            return
        self._folder = folder
        self._finish()
        self._show_state(
            self.tr("The export that was under way was finished: {name}.").format(name=folder.name)
        )

    def _finish(self) -> None:
        """What is typed was exported: the draft is of no use any more."""
        self._under_way = {}
        self._exported_from = self.payload()
        self._drafts.discard()

    def showEvent(self, event: QShowEvent) -> None:
        """Offer what the role allows now."""
        super().showEvent(event)
        self._fit_role()

    def _make_choices(self) -> QFormLayout:
        tr = self.tr
        self._who = SegmentedControl(
            "export_who",
            tr("Patients"),
            ((_ALL, tr("Everybody")), (_CHOSEN, tr("Chosen patients")), (_THESE, tr("Of the cohort"))),
        )
        self._fit_these()
        self._mrns = TextField("export_mrns", tr("MRNs of the patients"), max_length=4000)
        self._form = ChoiceField(
            "export_format",
            tr("Format"),
            [(code, say(one.label)) for code, one in FORMATS.items()],
            empty=None,
        )
        self._csv = ChoiceField(
            "export_csv",
            tr("CSV files"),
            (
                ("comma", tr("commas between cells, decimal points")),
                ("semicolon", tr("semicolons between cells, decimal points")),
                ("semicolon_comma", tr("semicolons between cells, decimal commas")),
            ),
            empty=None,
        )
        self._identity = SegmentedControl(
            "export_identity",
            tr("Identity"),
            (
                (_BARE, tr("Without identity")),
                (_TRUE_DATES, tr("Without, true dates")),
                (_NAMED, tr("With identity")),
            ),
        )
        self._told = named(QLabel(), "export_told")
        self._told.setTextFormat(Qt.TextFormat.PlainText)
        self._told.setWordWrap(True)
        self._reason = TextField("export_reason", tr("Why it is exported"), max_length=200)
        self._who.set_current(_ALL)
        self._identity.set_current(_BARE)
        self._who.chosen.connect(lambda _code: self._fit())
        self._identity.chosen.connect(lambda _code: self._fit())
        self._form.changed.connect(lambda _code: self._fit())
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        for caption, field in (
            (tr("P&atients"), self._who),
            (tr("&MRNs"), self._mrns),
            (tr("F&ormat"), self._form),
            (tr("&CSV files"), self._csv),
            (tr("&Identity"), self._identity),
            ("", self._told),
            (tr("Reaso&n"), self._reason),
        ):
            label = QLabel(caption)
            label.setBuddy(field)
            form.addRow(label, field)
        for wide in (self._mrns, self._reason, self._told, self._form, self._csv):
            wide.setFixedWidth(theme.scaled(_WIDTH))
        self._mrns.setPlaceholderText(tr("parted by blanks or commas"))
        return form

    def _make_foot(self) -> QVBoxLayout:
        self._go = named(QPushButton(self.tr("E&xport…")), "export_run")
        self._go.setProperty("primary", True)
        self._go.clicked.connect(self._on_go)
        self._open = named(QPushButton(self.tr("Open fol&der")), "export_open")
        self._open.clicked.connect(self._on_open)
        self._open.hide()
        self._state = named(QLabel(), "export_state")
        self._state.setTextFormat(Qt.TextFormat.PlainText)
        self._state.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._go)
        row.addWidget(self._open)
        row.addStretch(1)
        foot = QVBoxLayout()
        foot.setSpacing(8)
        foot.addLayout(row)
        foot.addWidget(self._state)
        return foot

    # choices

    def _fit_role(self) -> None:
        why = permissions.why_not(self._desk, exporting.export_identified)
        for code in (_TRUE_DATES, _NAMED):
            self._identity.set_possible(code, not why, why)
        if why:
            self._identity.set_current(_BARE)
        self._fit()

    def settings(self) -> ExportSettings:
        """What is chosen, apart from patients by MRN."""
        identity = self._identity.current()
        return ExportSettings(
            pseudonymised=identity != _NAMED,
            date_shift=identity == _BARE,
            reason="" if identity == _BARE else self._reason.text_value(),
            csv_form=self._csv.text_value(),
            patients=self._these if self._who.current() == _THESE else None,
        )

    def _fit(self) -> None:
        """Show what belongs to the choices."""
        identity = self._identity.current()
        self._mrns.setEnabled(self._who.current() == _CHOSEN)
        self._csv.setEnabled(self._form.text_value() == "csv")
        self._reason.setEnabled(identity != _BARE)
        tr = self.tr
        words = {
            _BARE: tr(
                "Left out: names, MRNs, birth dates (the year stays, moved), every text that somebody typed, "
                "files, staff. All dates of a patient are moved by one number of days that stands in no "
                "file; the time between them stays. A rare disease may still tell who somebody is: handle it "
                "as patient data."
            ),
            _TRUE_DATES: tr(
                "Left out as without identity, but the dates are true and may tell who a patient is. Say why."
            ),
            _NAMED: tr(
                "The files name the patients and are not encrypted. Say why. A CSV or Excel set can be "
                "imported into an empty registry."
            ),
        }
        self._told.setText(words[identity])
        self._told.setMinimumHeight(self._told.heightForWidth(theme.scaled(_WIDTH)))
        self._told.setAccessibleName(words[identity])

    # the act

    def _on_go(self) -> None:
        problem = self._problem()
        if problem is not None:
            words, field = problem
            self._show_state(words)
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._ask.open_folder(self.tr("Folder in which the export is made"), self.export_into)

    def _problem(self) -> tuple[str, QWidget] | None:
        if self._who.current() == _CHOSEN and not self._mrns.text_value():
            return self.tr("Type the MRNs of the patients."), self._mrns
        if self.settings().tells_who and not self.settings().reason.strip():
            return self.tr("Say why data that tell who a patient is are exported."), self._reason
        return None

    def export_into(self, parent: Path) -> None:
        """Export what is chosen into a new folder within this one."""
        desk, form, settings = self._desk, self._form.text_value(), self.settings()
        mrns = self._mrns.text_value() if self._who.current() == _CHOSEN else None
        progress = self._strip.begin(self.tr("Exporting…"))
        self._exported_from = {}
        self._under_way = {_INTO: str(parent), _SINCE: _to_the_second(desk.clock())}
        self.keep_drafts()
        self._hold(working=True)

        def work(progress: Progress = progress) -> Done[Exported]:
            return exporting.export_into(desk, parent, form, settings, mrns=mrns, progress=progress)

        self._runner.run(
            work, while_alive(self, self._on_exported), while_alive(self, self._on_refused), aside=True
        )

    def _hold(self, *, working: bool) -> None:
        self._inside.setEnabled(not working)
        if working:
            self._folder = None
            self._show_state("")
            self._strip.take_focus()
        else:
            self._strip.end()

    def _on_exported(self, done: Done[Exported]) -> None:
        self._hold(working=False)
        self._finish()
        self._folder = done.value.folder
        self._show_state(done.message)
        self._open.setFocus(Qt.FocusReason.OtherFocusReason)
        self.exported.emit(done)

    def _on_refused(self, error: Exception) -> None:
        self._hold(working=False)
        self._under_way = {}
        self.keep_drafts()
        words = sentence_of(error)
        if words is None:
            raise error
        if isinstance(error, CancelledError):
            words = self.tr("Stopped; nothing was written.")
        self._show_state(words)
        self._go.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_open(self) -> None:
        if self._folder is not None:
            self._ask.show_folder(self._folder)

    def _show_state(self, words: str) -> None:
        self._state.setText(words)
        self._state.setAccessibleName(words)
        self._open.setVisible(self._folder is not None)


def _to_the_second(moment: dt.datetime) -> str:
    """A moment as the manifest of a set says it."""
    return moment.replace(microsecond=0).isoformat()
