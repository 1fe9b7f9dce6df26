from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ctdild_desktop.ui.system.dbus import BusWatch, own_session
from ctdild_desktop.ui.system.watch import SystemWatch
from ctdild_desktop.ui.system.windows import (
    WM_POWERBROADCAST,
    WM_WTSSESSION_CHANGE,
    Message,
    WindowsWatch,
    means_left,
)


@pytest.fixture
def bus() -> Iterator[tuple[QDBusConnection, QDBusConnection]]:
    """A private bus: the end that listens, and the end that speaks."""
    daemon = shutil.which("dbus-daemon")
    if daemon is None:
        pytest.skip("dbus-daemon is not installed")
    running = subprocess.Popen(
        [daemon, "--session", "--nofork", "--nopidfile", "--print-address=1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert running.stdout is not None
    address = running.stdout.readline().strip()
    names = ("ctdild-test-hears", "ctdild-test-speaks")
    yield QDBusConnection.connectToBus(address, names[0]), QDBusConnection.connectToBus(address, names[1])
    for name in names:
        QDBusConnection.disconnectFromBus(name)
    running.terminate()
    running.wait()
    running.stdout.close()


def say(bus: QDBusConnection, path: str, interface: str, name: str, *values: object) -> None:
    message = QDBusMessage.createSignal(path, interface, name)
    message.setArguments(list(values))
    assert bus.send(message)


_MANAGER = ("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep")


def test_a_session_that_is_locked_or_a_computer_that_sleeps_is_heard(
    bus: tuple[QDBusConnection, QDBusConnection], qtbot: QtBot
) -> None:
    hears, speaks = bus
    assert speaks.registerService("org.freedesktop.login1")
    watch = BusWatch(hears, hears)
    left: list[str] = []
    watch.left.connect(lambda: left.append("left"))
    for signal in (
        ("/org/freedesktop/login1/session/_32", "org.freedesktop.login1.Session", "Lock"),
        (*_MANAGER, True),
        ("/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", True),
        ("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "ActiveChanged", True),
    ):
        before = len(left)
        say(speaks, *signal)
        qtbot.waitUntil(lambda before=before: len(left) == before + 1)
    say(speaks, *_MANAGER, False)
    say(speaks, *_MANAGER, True)
    qtbot.waitUntil(lambda: len(left) == 5)
    say(speaks, "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", "ActiveChanged", False)
    say(speaks, *_MANAGER, True)
    qtbot.waitUntil(lambda: len(left) == 6)


def test_a_system_without_login_service_stands_for_every_session(
    bus: tuple[QDBusConnection, QDBusConnection],
) -> None:
    assert own_session(bus[0]) == ""


def test_a_missing_bus_is_no_error(qapp: QApplication) -> None:
    gone = QDBusConnection("ctdild-test-no-such-bus")
    assert not gone.isConnected()
    assert BusWatch(gone, gone) is not None


def test_a_program_that_is_hidden_or_suspended_counts_as_left(qapp: QApplication) -> None:
    watch = SystemWatch(qapp)
    left: list[str] = []
    watch.left.connect(lambda: left.append("left"))
    for state in (
        Qt.ApplicationState.ApplicationActive,
        Qt.ApplicationState.ApplicationInactive,
        Qt.ApplicationState.ApplicationHidden,
        Qt.ApplicationState.ApplicationSuspended,
    ):
        qapp.applicationStateChanged.emit(state)
    assert left == ["left", "left"]


# numbers of WtsApi32.h and WinUser.h, written out here


@pytest.mark.parametrize(
    ("message", "w_param", "left"),
    [
        (0x02B1, 0x7, True),  # WTS_SESSION_LOCK
        (0x02B1, 0x8, False),  # WTS_SESSION_UNLOCK
        (0x02B1, 0x2, True),  # WTS_CONSOLE_DISCONNECT
        (0x02B1, 0x1, False),  # WTS_CONSOLE_CONNECT
        (0x02B1, 0x4, True),  # WTS_REMOTE_DISCONNECT
        (0x02B1, 0x6, True),  # WTS_SESSION_LOGOFF
        (0x0218, 0x4, True),  # PBT_APMSUSPEND
        (0x0218, 0x12, False),  # PBT_APMRESUMEAUTOMATIC
        (0x0100, 0x7, False),  # WM_KEYDOWN
    ],
)
def test_windows_messages_are_told_apart(message: int, w_param: int, left: bool) -> None:
    assert means_left(message, w_param) is left


def test_a_message_is_read_where_windows_puts_it(qapp: QApplication) -> None:
    watch = WindowsWatch(qapp)
    left: list[str] = []
    watch.left.connect(lambda: left.append("left"))
    lock = Message(None, WM_WTSSESSION_CHANGE, 0x7, 0)
    other = Message(None, WM_POWERBROADCAST, 0x12, 0)
    assert Message.message.offset == ctypes.sizeof(ctypes.c_void_p)
    look = watch._filter.nativeEventFilter
    for kind, message in (
        (QByteArray(b"windows_generic_MSG"), lock),
        (b"windows_dispatcher_MSG", lock),
        (b"windows_generic_MSG", other),
        (b"xcb_generic_event_t", lock),
    ):
        assert look(kind, ctypes.addressof(message)) == (False, 0)
    assert left == ["left", "left"]
    watch._stop()
