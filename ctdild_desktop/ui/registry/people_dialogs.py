"""The dialogs of looking after people, each for one act of :mod:`ctdild_desktop.services.people`."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from ctdild_desktop.language import say_in
from ctdild_desktop.services import people
from ctdild_desktop.services.desk import Desk, Role
from ctdild_desktop.services.people import Person
from ctdild_desktop.ui import theme
from ctdild_desktop.ui.dialogs.act_dialog import ActDialog
from ctdild_desktop.ui.jobs import Runner
from ctdild_desktop.ui.widgets.help_key import helps
from ctdild_desktop.ui.widgets.naming import named
from ctdild_desktop.ui.widgets.recovery_code import RecoveryCode


def add_person(desk: Desk, runner: Runner, parent: QWidget) -> ActDialog:
    """Name, login, role and a temporary passphrase of somebody new."""
    dialog = ActDialog(
        "add_person",
        runner,
        title=_tr("Add a person"),
        text=_tr(
            "Tell the person the login and the passphrase below. It is temporary: at the first unlocking the "
            "person sets one of their own."
        ),
        button=_tr("Add the person"),
        parent=parent,
    )
    name = dialog.add_line(_tr("&Name"), "person_name", missing=_tr("The name is needed."))
    login = dialog.add_line(_tr("&Login"), "person_login", missing=_tr("A login is needed."))
    role = dialog.add_choice(_tr("&Role"), "person_role", _roles(), Role.RECORDER)
    given = _add_given(dialog)
    dialog.on_go(
        lambda: partial(
            people.add_person,
            desk,
            login=login.text(),
            name=name.text(),
            role=role.text_value(),
            passphrase=given.text(),
        )
    )
    return dialog


def set_role(desk: Desk, runner: Runner, person: Person, parent: QWidget) -> ActDialog:
    """Another role for a person."""
    dialog = ActDialog(
        "set_role",
        runner,
        title=_tr("Role of {name}").format(name=person.name),
        text=_tr("It counts from the person's next act, also while they are signed in."),
        button=_tr("Change the role"),
        parent=parent,
    )
    role = dialog.add_choice(_tr("&Role"), "person_role", _roles(), person.role)
    dialog.on_go(lambda: partial(people.set_role, desk, person.login, role.text_value()))
    return dialog


def rename(desk: Desk, runner: Runner, person: Person, parent: QWidget) -> ActDialog:
    """Another way to write a person's name."""
    dialog = ActDialog(
        "rename_person",
        runner,
        title=_tr("Name of {name}").format(name=person.name),
        text=_tr("Printouts and the audit trail show it. The login stays {login}.").format(
            login=person.login
        ),
        button=_tr("Change the name"),
        parent=parent,
    )
    name = dialog.add_line(_tr("&Name"), "person_name", person.name, missing=_tr("The name is needed."))
    dialog.on_go(lambda: partial(people.rename, desk, person.login, name.text()))
    return dialog


def reset_passphrase(desk: Desk, runner: Runner, person: Person, parent: QWidget) -> ActDialog:
    """A temporary passphrase for a person who lost theirs."""
    dialog = ActDialog(
        "reset_passphrase",
        runner,
        title=_tr("New passphrase for {name}").format(name=person.name),
        text=_tr(
            "Tell the person this passphrase. It is temporary: at the next unlocking the person sets one of "
            "their own. Make sure that it is this person who asks."
        ),
        button=_tr("Set the passphrase"),
        parent=parent,
    )
    given = _add_given(dialog)
    dialog.on_go(lambda: partial(people.reset_passphrase, desk, person.login, given.text()))
    return dialog


def remove_person(desk: Desk, runner: Runner, person: Person, parent: QWidget) -> ActDialog:
    """Taking a person's key away, for a reason."""
    dialog = ActDialog(
        "remove_person",
        runner,
        title=_tr("Remove {name}").format(name=person.name),
        text=_tr(
            "The person can no longer open the registry; what they recorded stays. Backups of before still "
            "open with their passphrase. Renew all keys when the person may have kept a copy of the files."
        ),
        button=_tr("Remove the person"),
        parent=parent,
    )
    reason = dialog.add_line(
        _tr("Remove, &because"), "person_reason", missing=_tr("Say why this person is removed.")
    )
    dialog.on_go(lambda: partial(people.remove_person, desk, person.login, reason.text()))
    return dialog


def reactivate(desk: Desk, runner: Runner, person: Person, parent: QWidget) -> ActDialog:
    """The way back for a person who was removed."""
    dialog = ActDialog(
        "reactivate_person",
        runner,
        title=_tr("Let {name} in again").format(name=person.name),
        text=_tr(
            "As {role}, like before. Tell the person this passphrase. It is temporary: at the next unlocking "
            "the person sets one of their own."
        ).format(role=say_in("role", person.role)),
        button=_tr("Let the person in"),
        parent=parent,
    )
    given = _add_given(dialog)
    dialog.on_go(lambda: partial(people.reactivate, desk, person.login, given.text()))
    return dialog


def change_passphrase(desk: Desk, runner: Runner, parent: QWidget) -> ActDialog:
    """One's own passphrase."""
    dialog = ActDialog(
        "change_passphrase",
        runner,
        title=_tr("Change my passphrase"),
        text=_tr(
            "Eight characters or more; several words are easy to remember and hard to guess. Backups of "
            "before still open with the old one."
        ),
        button=_tr("Change the passphrase"),
        parent=parent,
    )
    needed = _tr("A passphrase is needed.")
    old = dialog.add_line(_tr("&Present passphrase"), "passphrase_old", secret=True, missing=needed)
    new = dialog.add_line(_tr("&New passphrase"), "passphrase_new", secret=True, missing=needed)
    again = dialog.add_line(_tr("&Again"), "passphrase_again", secret=True)
    dialog.add_same(new, again, _tr("The two passphrases differ."))
    dialog.card.add_help(old, new, again, told=new)
    dialog.on_go(lambda: partial(people.change_passphrase, desk, old.text(), new.text()))
    return dialog


def new_recovery_code(desk: Desk, runner: Runner, parent: QWidget) -> ActDialog:
    """Another recovery code."""
    dialog = ActDialog(
        "new_recovery_code",
        runner,
        title=_tr("New recovery code"),
        text=_tr(
            "The present code opens nothing any more. The new one is shown once: have paper ready, or a "
            "printer."
        ),
        button=_tr("Make a new code"),
        parent=parent,
    )
    dialog.on_go(lambda: partial(people.new_recovery_code, desk))
    return dialog


def rotate_keys(desk: Desk, runner: Runner, parent: QWidget) -> ActDialog:
    """Renewing every key, after somebody left who may have kept a copy."""
    dialog = ActDialog(
        "rotate_keys",
        runner,
        title=_tr("Renew all keys"),
        text=_tr(
            "For the case that somebody who left may have kept a copy of the keys: remove the person first. "
            "A backup is made, then the registry is written anew with new keys. Everybody keeps their "
            "passphrase; the recovery code is a new one and is shown once. Nobody else may have the registry "
            "open meanwhile. Backups of before still open with the slots of before: destroy those that the "
            "person could reach."
        ),
        button=_tr("Renew all keys"),
        parent=parent,
    )
    dialog.on_go(lambda: partial(people.rotate_keys, desk))
    return dialog


class CodeDialog(QDialog):
    """A new recovery code, shown once; it closes when the person says that it is kept."""

    def __init__(self, code: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("code_dialog")
        helps(self)
        self.setWindowTitle(self.tr("Keep this recovery code"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        text = QLabel(
            self.tr(
                "It opens the registry when a passphrase is lost, and is shown this once. Keep it on paper, "
                "locked away, not on this workstation. The code of before opens old backups only."
            )
        )
        text.setWordWrap(True)
        text.setFixedWidth(theme.scaled(470))
        self.code = RecoveryCode(code)
        self.close_button = named(QPushButton(self.tr("Close")), "code_close")
        self.close_button.setEnabled(False)
        self.close_button.clicked.connect(self.reject)
        self.code.kept.connect(self.close_button.setEnabled)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(10)
        column.addWidget(text)
        column.addWidget(self.code)
        column.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignRight)

    def begin(self) -> None:
        """Show it."""
        self.open()
        self.code.focus_first()

    def reject(self) -> None:
        """Close, once the code is kept."""
        if self.close_button.isEnabled():
            super().reject()


def _add_given(dialog: ActDialog) -> QLineEdit:
    return dialog.add_line(
        _tr("&Temporary passphrase"),
        "person_passphrase",
        people.suggested_passphrase(),
        missing=_tr("A passphrase is needed."),
    )


def _roles() -> tuple[tuple[str, str], ...]:
    told = {
        Role.VIEWER: _tr("viewer: reads"),
        Role.RECORDER: _tr("recorder: records data"),
        Role.CLINICIAN: _tr("clinician: records, signs decisions"),
        Role.COORDINATOR: _tr("coordinator: records, meetings, import and export, backup"),
        Role.ADMINISTRATOR: _tr("administrator: everything, people and keys too"),
    }
    return tuple((role.value, words) for role, words in told.items())


def _tr(text: str) -> str:
    return QCoreApplication.translate("PeopleDialogs", text)
