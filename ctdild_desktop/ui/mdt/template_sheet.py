"""The text of a kind of letter: free words, and words in braces that are filled in for each decision."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from ctdild_desktop.clinical import codes
from ctdild_desktop.clinical.plausibility import Issue
from ctdild_desktop.clinical.records import LetterTemplate
from ctdild_desktop.services import letter_templates, letters
from ctdild_desktop.services.desk import Desk, Done
from ctdild_desktop.services.letter_words import PLACEHOLDERS
from ctdild_desktop.services.letters import LetterData
from ctdild_desktop.services.permissions import why_not
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.act_sheet import ActSheet
from ctdild_desktop.ui.dialogs.form_sheet import SheetActs
from ctdild_desktop.ui.dialogs.sheet_parts import plain_label
from ctdild_desktop.ui.jobs import Runner, while_alive
from ctdild_desktop.ui.mdt import printouts
from ctdild_desktop.ui.printing.printing import Printing
from ctdild_desktop.ui.widgets.long_text_field import LongTextField
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.plain import tip


class LetterTextField(LongTextField):
    """A long text in which Enter begins a new line."""

    def keyPressEvent(self, event: Any) -> None:
        """Enter is a letter here."""
        super(LongTextField, self).keyPressEvent(event)


class TemplateSheet(ActSheet):
    """``decision_id`` is a signed decision on which the text can be looked at; empty when none is in hand."""

    acts = SheetActs(letter_templates.save_template)
    other_requested = Signal(str)
    """The kind of letter whose text shall be shown in place of this one."""

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        printing: Printing,
        stored: LetterTemplate,
        *,
        decision_id: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            desk,
            runner,
            title=QCoreApplication.translate("TemplateSheet", "Text of the letter: {kind}").format(
                kind=codes.label("letter_to", stored.kind)
            ),
            identity="",
            draft_kind=f"letter_text:{stored.kind}",
            patient_id=None,
            parent=parent,
        )
        self.setMinimumWidth(theme.scaled(520))
        self._printing, self._stored, self._decision_id = printing, stored, decision_id
        tr = self.tr
        own = tr("This is the clinic's own text.") if stored.id else tr("This text comes with the program.")
        self.grid.addWidget(plain_label(own, name="template_own", secondary=True), 0, 0, 1, 3)
        text = LetterTextField("text", tr("Text of the letter"), lines=20)
        self.add_field(tr("&Text"), text, wide=True, required=True, unit=" ")
        listed = " ".join(f"{{{word}}}" for word in PLACEHOLDERS)
        words = plain_label(
            tr("Filled in: {words}").format(words=listed), name="template_words", secondary=True
        )
        words.setWordWrap(True)
        self.grid.addWidget(words, self.grid.rowCount(), 1, 1, 2)
        text.set_text(stored.text)
        self.drafts.set_start(self.payload())
        self.touch(self.fields)
        other = next(kind for kind in letter_templates.KINDS if kind != stored.kind)
        words_of = {"referrer": tr("To the referring doctor"), "patient": tr("To the patient")}
        self._add_button("template_other", words_of[other], lambda: self.other_requested.emit(other), "")
        self._add_button(
            "template_look",
            tr("Preview…"),
            self.look,
            "" if decision_id else tr("Choose a signed case first."),
        )
        reason = why_not(desk, letter_templates.reset_template)
        if not stored.id:
            reason = tr("The text that the program brings is in use already.")
        self._add_button("template_reset", tr("Back to the program's text"), self.reset, reason)

    def _add_button(self, name: str, text: str, slot: Callable[[], None], reason: str) -> None:
        button = named(QPushButton(text), name)
        button.clicked.connect(slot)
        button.setEnabled(not reason)
        button.setToolTip(tip(reason))
        self.grid.addWidget(button, self.grid.rowCount(), 1, 1, 2, Qt.AlignmentFlag.AlignLeft)

    def build(self) -> str:
        """See :meth:`FieldForm.build`."""
        field = self.fields["text"]
        assert isinstance(field, LongTextField)
        return field.toPlainText().strip()

    def issues_of(self, value: Any) -> tuple[Issue, ...]:
        """See :meth:`FieldForm.issues_of`."""
        return letter_templates.check(value)

    def refresh_typing(self) -> None:
        """Say at once what is not a word that is filled in."""
        self.refresh_issues()

    def act(self, value: Any, confirmed: Collection[str]) -> Done[Any]:
        """See :meth:`ActSheet.act`."""
        del confirmed
        seen = self._stored.version if self._stored.id else 0
        return letter_templates.save_template(self.desk, self._stored.kind, value, seen=seen)

    def look(self) -> None:
        """Show the letter on the signed decision in hand with the text as it is typed."""
        desk, decision_id, kind, text = self.desk, self._decision_id, self._stored.kind, self.build()

        def show(data: LetterData) -> None:
            self._printing.show(printouts.letter(data, desk.today()))

        self.runner.run(
            lambda: letters.letter(desk, decision_id, kind, text=text),
            while_alive(self, show),
            while_alive(self, self._on_refused),
        )

    def reset(self) -> None:
        """Go back to the text that the program brings."""
        desk, kind = self.desk, self._stored.kind
        self.run_act(lambda: letter_templates.reset_template(desk, kind))
