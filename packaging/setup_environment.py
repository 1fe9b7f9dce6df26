"""Make a virtual environment from locked, hashed dependencies; used by the Makefile.

``.venv`` has the project itself, for ``make run`` and ``make test``. ``build/release-venv`` has the tools
that make and audit a release beside what the product depends on, and not the project: what is released is
built anew.

Runs on the system's Python with nothing but the standard library. What the system lacks is installed with
apt when that is possible without asking, else named with the exact command that installs it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
RELEASE_VENV = ROOT / "build" / "release-venv"
OLDEST = (3, 11)
LIBRARIES = (
    ("libGL.so.1", "libgl1"),
    ("libEGL.so.1", "libegl1"),
    ("libxkbcommon.so.0", "libxkbcommon0"),
    ("libdbus-1.so.3", "libdbus-1-3"),
    ("libfontconfig.so.1", "libfontconfig1"),
    ("libglib-2.0.so.0", "libglib2.0-0"),
    ("libgthread-2.0.so.0", "libglib2.0-0"),
    ("libstdc++.so.6", "libstdc++6"),
)
WINDOW_LIBRARIES = (
    ("libxcb-cursor.so.0", "libxcb-cursor0"),
    ("libxcb-icccm.so.4", "libxcb-icccm4"),
    ("libxcb-image.so.0", "libxcb-image0"),
    ("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    ("libxcb-render-util.so.0", "libxcb-render-util0"),
    ("libxcb-shape.so.0", "libxcb-shape0"),
    ("libxcb-xkb.so.1", "libxcb-xkb1"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
)


SERVER = "postgresql-15"
"""What the tests start a server of their own from; a newer one will do."""
WITHOUT_SERVER = "CTDILD_TEST_WITHOUT_POSTGRESQL"


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(f"set-up: {text}", file=sys.stderr, flush=True)


RELEASE_TOOLS = (("objdump", "binutils"), ("dpkg-deb", "dpkg"), ("xz", "xz-utils"))


def missing_packages(*, purpose: str = "run") -> list[str]:
    """Debian packages that this machine lacks, in the order they are checked."""
    packages = []
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        packages.append(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    wanted = list(LIBRARIES)
    if purpose == "release" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        wanted += WINDOW_LIBRARIES
    if sys.platform == "linux":
        packages += [package for library, package in wanted if not loads(library)]
        if purpose == "release":
            packages += [package for tool, package in RELEASE_TOOLS if not shutil.which(tool)]
        if purpose == "test" and not os.environ.get(WITHOUT_SERVER) and not has_server():
            packages.append(SERVER)
    return list(dict.fromkeys(packages))


def has_server() -> bool:
    """Whether a PostgreSQL server can be started here: Debian keeps it off the path."""
    return bool(shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


def loads(library: str) -> bool:
    """Whether the dynamic linker finds a library, asked in a child so that nothing stays loaded here."""
    code = f"import ctypes; ctypes.CDLL({library!r})"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def install(packages: list[str]) -> None:
    """Install Debian packages without asking, or end with the command that does."""
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    advice = f"sudo apt-get update && sudo {' '.join(command)}"
    prefix: list[str] | None = None
    if shutil.which("apt-get"):
        if os.geteuid() == 0:
            prefix = []
        elif (
            shutil.which("sudo")
            and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
        ):
            prefix = ["sudo", "-n"]
    if prefix is None:
        sys.exit(f"set-up: this machine lacks {', '.join(packages)}. Install with:\n  {advice}")
    say(f"installing {', '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update"], command):
        done = subprocess.run([*prefix, *step], env=environment, stdout=sys.stderr, check=False)
        if done.returncode != 0 and step is command:
            sys.exit(f"set-up: the installation failed. Try:\n  {advice}")


def make_environment(lock: Path, venv: Path = VENV, *, project: bool = True) -> Path:
    """Bring a virtual environment to exactly the locked versions; quick when it already is there.

    Args:
        lock: the file of versions and hashes.
        venv: the folder of the environment.
        project: whether the checkout itself is installed as well, editable.

    Returns:
        The environment's interpreter.
    """
    python = interpreter(venv)
    of_project = (ROOT / "pyproject.toml").read_bytes() if project else b""
    wanted = hashlib.sha256(lock.read_bytes() + of_project + sys.version.encode()).hexdigest()
    stamp = venv / f"{lock.stem}.stamp"
    if stamp.is_file() and stamp.read_text() == wanted:
        return python
    if not works(python):
        say(f"making the virtual environment {venv.relative_to(ROOT)}")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=True)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-input"]
    say(f"installing the locked dependencies of {lock.name}")
    locked = subprocess.run(
        [*pip, "--require-hashes", "--only-binary=:all:", "-r", str(lock)], stdout=sys.stderr, check=False
    )
    if locked.returncode != 0:
        sys.exit(f"set-up: the dependencies of {lock.name} could not be installed; pip's reason stands above")
    if project:
        subprocess.run(
            [*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)],
            stdout=sys.stderr,
            check=True,
        )
    stamp.write_text(wanted)
    return python


def interpreter(venv: Path) -> Path:
    """The interpreter of a virtual environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def works(python: Path) -> bool:
    """Whether the environment's interpreter is there, runs and is the one this set-up would make."""
    if not python.is_file():
        return False
    asked = subprocess.run(
        [str(python), "-c", "import sys, pip; print(sys.version)"],
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.returncode == 0 and asked.stdout.strip() == sys.version


def main() -> None:
    """Set up for ``run`` (default), ``test`` or ``release``."""
    if sys.version_info < OLDEST:
        sys.exit(
            f"set-up: Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {sys.version.split()[0]}"
        )
    purpose = sys.argv[1] if len(sys.argv) > 1 else "run"
    lacking = missing_packages(purpose=purpose)
    if lacking:
        install(lacking)
    if purpose == "release":
        make_environment(ROOT / "requirements-release.lock", RELEASE_VENV, project=False)
    else:
        make_environment(ROOT / ("requirements-dev.lock" if purpose == "test" else "requirements.lock"))


if __name__ == "__main__":
    main()
