"""Try the real installer on a real Windows, silently: install, start, again, remove; the data stay.

    python packaging/windows/installed.py dist

For the Windows machine of ``.github/workflows/package.yml``. It uses the account of whoever runs it, and
writes where a registry may be: never run it in the account of a person.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

RUNNING = 4


def status(command: str) -> int:
    """The exit status of a command line, as it stands: ``/D=`` takes no quotation marks."""
    done = subprocess.run(command, check=False, timeout=600)
    print(f"{done.returncode}  {command}", file=sys.stderr, flush=True)
    return done.returncode


def expect(found: object, wanted: object, what: str) -> None:
    """End with a sentence when something is otherwise."""
    if found != wanted:
        sys.exit(f"{what}: {found!r}, not {wanted!r}")


def main() -> int:
    """Every step; status 1 with a sentence at the first that fails."""
    if sys.platform != "win32":
        sys.exit("this needs Windows")
    (installer,) = Path(sys.argv[1]).resolve().glob("ctdild-desktop-*-windows-x64.exe")
    local = Path(os.environ["LOCALAPPDATA"])
    data = local / "ctdild-desktop" / "registry.ctdild"
    data.parent.mkdir(parents=True, exist_ok=True)
    data.write_bytes(b"not to be touched")
    place = local / "Programs" / "CTD-ILD Desktop Trial of Ärzte"
    program = place / "program"

    expect(status(f'"{installer}" /S /D={place}'), 0, "the installation")
    expect(status(f'"{program / "ctdild.exe"}" --version'), 0, "the first start")
    window = subprocess.Popen(
        [program / "ctdild-desktop.exe"], env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    )
    try:
        time.sleep(10)
        expect(window.poll(), None, "the window after ten seconds")
        expect(status(f'"{installer}" /S'), RUNNING, "the installation beside a running program")
        expect(
            status(f'"{place / "uninstall.exe"}" /S _?={place}'), RUNNING, "the removal of a running program"
        )
    finally:
        window.kill()
        window.wait()
    expect(status(f'"{installer}" /S'), 0, "the installation over itself")
    expect(status(f'"{program / "ctdild.exe"}" --version'), 0, "the second start")
    expect(status(f'"{place / "uninstall.exe"}" /S _?={place}'), 0, "the removal")
    expect(program.exists(), False, "the program after its removal")
    expect(data.read_bytes(), b"not to be touched", "the data")
    return 0


if __name__ == "__main__":
    sys.exit(main())
