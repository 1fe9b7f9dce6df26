"""A form of a record that may be saved already, and that somebody else may change meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import fields, replace
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from ctdild_desktop.clinical.records import TherapyLine
from ctdild_desktop.services.acts import Standing
from ctdild_desktop.services.desk import Desk, Done, StaleError
from ctdild_desktop.services.drafts import Draft
from ctdild_desktop.services.errors import sentence_of
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.act_sheet import ActSheet
from ctdild_desktop.ui.dialogs.comparing import Comparing, newer, of_version
from ctdild_desktop.ui.dialogs.conflict_sheet import ConflictSheet
from ctdild_desktop.ui.dialogs.field_form import FormField
from ctdild_desktop.ui.dialogs.sheet_parts import elsewhere_words
from ctdild_desktop.ui.dialogs.texts import as_text
from ctdild_desktop.ui.jobs import Runner, while_alive

_COMPARING = 640


class SavedSheet(ActSheet):
    """Base of the sheets that correct a record. ``old`` is that record; None makes a new one."""

    old: Any = None
    _began: Any = None
    """What :meth:`build` answered before anything was typed."""
    _newest: Any = None
    """The record as it is now, while a draft of an earlier version is shown."""
    _panel: ConflictSheet | None = None

    def __init__(
        self,
        desk: Desk,
        runner: Runner,
        *,
        title: str,
        identity: str,
        draft_kind: str,
        patient_id: str | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            desk,
            runner,
            title=title,
            identity=identity,
            draft_kind=draft_kind,
            patient_id=patient_id,
            parent=parent,
        )
        self.comparing = Comparing(self, self.known_lines, self)
        self.comparing.opened.connect(self._show_panel)
        self.comparing.settled.connect(self._on_settled)
        self.comparing.theirs_taken.connect(self._on_theirs_taken)
        self.comparing.left.connect(self.close_sheet)
        self.comparing.restoring.connect(self._on_restoring)

    def sizeHint(self) -> QSize:
        """See :meth:`FormSheet.sizeHint`; a comparison needs room for its columns."""
        hint = super().sizeHint()
        return hint if self._panel is None else hint.expandedTo(QSize(theme.scaled(_COMPARING), 0))

    # what a subclass may answer

    def values_from(self, record: Any) -> dict[str, object]:
        """The values of a record by field."""
        return {name: getattr(record, name) for name in self.fields}

    def part_of(self, value: Any, kind: type[Any]) -> Any:
        """The record of a kind within what :meth:`build` answers; None when there is none."""
        return value if isinstance(value, kind) else None

    def known_lines(self) -> tuple[TherapyLine, ...]:
        """The patient's lines of therapy, for the words of a comparison."""
        return ()

    def shown_record(self) -> Any:
        """See :meth:`FormSheet.shown_record`."""
        return self.old

    # what comparing needs

    def began_with(self, kind: type[Any]) -> Any:
        """The record that is being changed; None when there is none of this kind."""
        if isinstance(self.old, kind):
            return self.old
        return None if self._began is None else self.part_of(self._began, kind)

    def mine(self, kind: type[Any]) -> Any:
        """The record that is being changed, with what was typed; what the form only writes out is not
        typed.
        """
        now, before = self.part_of(self.build(), kind), self.part_of(self._began, kind)
        names = [item.name for item in fields(now)]
        typed = {name: getattr(now, name) for name in names if getattr(now, name) != getattr(before, name)}
        return replace(self.began_with(kind), **typed)

    def go_on_from(self, record: Any) -> None:
        """Take this as the record that is being changed; what is typed stays."""
        self.old = record
        self._began = record
        self._newest = None
        start = {name: as_text(value) for name, value in self.values_from(record).items()}
        self.drafts.set_start({**self.drafts.start, **start}, record.version)

    def show_record(self, record: Any) -> None:
        """Put the values of a record into the fields."""
        self.restore({name: as_text(value) for name, value in self.values_from(record).items()})

    # opening

    @property
    def comparing_now(self) -> bool:
        """Whether a comparison stands in place of the fields."""
        return self._panel is not None

    def start(self, first: FormField | None = None) -> None:
        """See :meth:`FormSheet.start`."""
        if self.old is not None:
            self._began = self.build()
            self.drafts.set_start(self.drafts.start, self.old.version)
        super().start(first)

    def _on_draft_found(self, draft: Draft, at: str) -> None:
        if self.old is None or draft.version is None or draft.version == self.old.version:
            super()._on_draft_found(draft, at)
            return
        # The draft goes on from the version that was being corrected, so that saving compares.
        newest, self.old = self.old, of_version(self.old, draft.version)
        self.restore(draft.was)
        self._began = self.build()
        self.old = self.part_of(self._began, type(newest))
        self.drafts.set_start({**self.drafts.start, **draft.was}, draft.version)
        self.restore(draft.payload)
        self._newest = newest
        self.notice.say(
            self.tr("Draft of {time} restored. The record was changed since then.").format(time=at),
            (self.tr("Compare"), self.compare),
            (self.tr("Discard  Ctrl+Shift+Z"), self.discard_draft),
        )

    def discard_draft(self) -> None:
        """Throw the draft away and show the record as it is now."""
        if self.comparing_now or self.reading:
            return
        if self._newest is not None:
            self.go_on_from(self._newest)
        super().discard_draft()

    # changed elsewhere

    def mark_elsewhere(self, found: Standing) -> None:
        """Say that another desk changed or removed the record; what is typed is not touched."""
        if self._saving or self.comparing_now:
            return
        words = elsewhere_words(found)
        if found.value is not None and not self.drafts.dirty(self.payload()):
            self.go_on_from(found.value)
            self.show_record(found.value)
            self.notice.say(words)
            return
        self.notice.say(words, (self.tr("Compare"), self.compare))

    def compare(self) -> None:
        """Compare what is typed with how the record stands now."""
        if self.old is None or self.comparing_now or not self.complete():
            return
        desk, record = self.desk, self.old
        self.runner.run(
            lambda: newer(desk, record),
            while_alive(self, self._on_newer),
            while_alive(self, self._on_not_compared),
        )

    def _on_newer(self, found: Standing | None) -> None:
        if found is None:
            self.notice.clear()
        else:
            self.comparing.show_standing(type(self.old), found)

    def _on_not_compared(self, error: Exception) -> None:
        words = sentence_of(error)
        if words is None:
            raise error
        self.said.emit(words)

    def save(self) -> None:
        """See :meth:`FormSheet.save`; while comparing, the chosen values."""
        if self._panel is not None:
            self._panel.accept()
        else:
            super().save()

    def close_sheet(self) -> None:
        """See :meth:`FormSheet.close_sheet`."""
        self._hide_panel()
        super().close_sheet()

    def _on_refused(self, error: Exception) -> None:
        if not isinstance(error, StaleError) or not self.comparing.knows(error):
            self._hide_panel()
            super()._on_refused(error)
            return
        self._saving = False
        self.save_button.setEnabled(True)
        self.keep_draft()
        self.comparing.show_refusal(error)
        self.said.emit(str(error))

    def _show_panel(self, panel: ConflictSheet) -> None:
        self._hide_panel()
        self._panel = panel
        for part in (self.notice, self.problem, self.removal, self.area, self.foot_frame):
            part.hide()
        layout = self.layout()
        assert layout is not None
        layout.addWidget(panel)
        panel.show()
        self.width_changed.emit()
        panel.start()

    def _hide_panel(self) -> None:
        panel, self._panel = self._panel, None
        if panel is None:
            return
        panel.hide()
        panel.deleteLater()
        self.area.show()
        self.foot_frame.show()
        self.width_changed.emit()

    def _on_settled(self) -> None:
        self._hide_panel()
        self.save()

    def _on_theirs_taken(self) -> None:
        self.keep_draft()
        self._hide_panel()
        self.said.emit(self.tr("The record stays as it is now; your text is kept as a draft."))
        self.outdated.emit()
        self.closed.emit()

    def _on_restoring(self, restore: Callable[[Collection[str]], Done[Any]]) -> None:
        confirmed = self.confirmed_now()
        self.run_act(lambda: restore(confirmed))
