"""A Debian 12 of its own in a folder: no Python, no development package, no desktop, no network when in use.

It is entered with chroot in namespaces of its own, as a plain person whose home folder has blanks and umlauts
in it. The base is fetched once by debootstrap and kept under ``build/trials``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "trials"
BASE = BUILD / "debian12.tar"
MIRROR = os.environ.get("CTDILD_TRIAL_MIRROR", "http://deb.debian.org/debian")

_ROOTS_PATH = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"
_ENTER = 'mount -t proc proc "$0/proc" && mount --bind /tmp/.X11-unix "$0/tmp/.X11-unix" && exec chroot "$@"'
_SOCKETS = Path("/tmp/.X11-unix")
PERSON = 1000
HOME = "/home/Ärztin Müller"
"""Blanks and umlauts, as home folders on hospital machines have them."""
TOOLS = (
    "debootstrap",
    "unshare",
    "nsenter",
    "chroot",
    "tar",
    "Xvfb",
    "xdotool",
    "openbox",
    "import",
    "dpkg-deb",
)


def lacking() -> list[str]:
    """What this machine lacks for a trial in a bare root, in words."""
    found = [f"the command {tool}" for tool in TOOLS if not shutil.which(tool)]
    if os.geteuid() != 0:
        found.append("root (for debootstrap and chroot)")
    return found


class BareRoot:
    """One such root; made from the base when it is made, removed by :meth:`remove`."""

    def __init__(self, name: str) -> None:
        self.path = BUILD / "roots" / name
        make_base()
        self.remove()
        self.path.mkdir(parents=True)
        subprocess.run(["tar", "-C", str(self.path), "-xpf", str(BASE)], check=True)
        (self.path / "proc").mkdir(exist_ok=True)
        for sockets in (_SOCKETS, self.path / _SOCKETS.relative_to("/")):
            sockets.mkdir(exist_ok=True)
            sockets.chmod(0o1777)  # as an X server makes it, which may not have run here yet
        shutil.copy("/etc/resolv.conf", self.path / "etc")
        home = self.path / HOME.lstrip("/")
        home.mkdir(parents=True)
        os.chown(home, PERSON, PERSON)

    def remove(self) -> None:
        """Take the root away; nothing is mounted in it outside its own namespace."""
        shutil.rmtree(self.path, ignore_errors=True)

    @property
    def home(self) -> Path:
        """The person's home folder as it is seen from outside."""
        return self.path / HOME.lstrip("/")

    def install(self, *packages: str) -> None:
        """Install with apt; the only step that has the network."""
        apt = "apt-get -qq update && apt-get -qq install -y --no-install-recommends"
        self.as_root(f"{apt} {' '.join(packages)}", network=True)

    def as_root(self, script: str, *, network: bool = False) -> subprocess.CompletedProcess[str]:
        """Run a shell script as root; ends the trial with its words when it fails."""
        done = subprocess.run(
            self._entered(
                ["env", "-i", _ROOTS_PATH, "DEBIAN_FRONTEND=noninteractive", "sh", "-c", script],
                network=network,
                person=0,
            ),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise AssertionError(f"in {self.path.name}: {script}\n{done.stdout}{done.stderr}")
        return done

    def command(
        self,
        *arguments: str,
        cwd: str = HOME,
        variables: Mapping[str, str | None] | None = None,
        person: int = PERSON,
    ) -> list[str]:
        """How a command is run by the person, without network and without what a desktop would set."""
        wanted: dict[str, str | None] = {"PATH": "/usr/bin:/bin", "HOME": HOME, **(variables or {})}
        told = [f"{name}={text}" for name, text in wanted.items() if text is not None]
        return self._entered(["env", "-i", "-C", cwd, *told, *arguments], network=False, person=person)

    def run(
        self,
        *arguments: str,
        cwd: str = HOME,
        variables: Mapping[str, str | None] | None = None,
        person: int = PERSON,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as the person and return what came of it."""
        told = self.command(*arguments, cwd=cwd, variables=variables, person=person)
        return subprocess.run(told, capture_output=True, text=True, check=False)

    def _entered(self, command: Sequence[str], *, network: bool, person: int) -> list[str]:
        spaces = ["--mount", "--pid", "--ipc", "--fork", "--kill-child", *(() if network else ("--net",))]
        who = f"--userspec={person}:{person}"
        return [
            *("unshare", *spaces, "sh", "-c", _ENTER, str(self.path)),
            *(who, str(self.path), *command),
        ]

    def beside(self, running: subprocess.Popen[Any], script: str) -> subprocess.CompletedProcess[str]:
        """Run a shell script as root where it sees a program that was started by :meth:`command`."""
        child = subprocess.run(
            ["pgrep", "--parent", str(running.pid)], capture_output=True, text=True, check=True
        ).stdout.split()[0]
        entered = ["nsenter", "--target", child, "--mount", "--pid", "chroot", str(self.path)]
        return subprocess.run(
            [*entered, "env", "-i", _ROOTS_PATH, "sh", "-c", script],
            capture_output=True,
            text=True,
            check=False,
        )

    def has_python(self) -> list[str]:
        """Every Python that is on the path or in the usual places."""
        places = ("usr/bin", "usr/local/bin", "usr/lib", "usr/local/lib", "bin", "opt")
        return sorted(
            str(path.relative_to(self.path))
            for place in places
            for path in (self.path / place).glob("python[0-9]*")
        )

    def development_packages(self) -> list[str]:
        """Installed packages that only a developer needs."""
        told = self.as_root("dpkg-query -W -f '${Package}\\n'").stdout.split()
        return [name for name in told if name.endswith("-dev") or re.match(r"python|gcc-\d+$|g\+\+", name)]


def package(pattern: str) -> Path:
    """The newest file of this name that ``make package`` made."""
    found = sorted((ROOT / "dist").glob(pattern), key=lambda path: path.stat().st_mtime)
    if not found:
        raise AssertionError(f"there is no dist/{pattern}: run `make package` first")
    return found[-1]


def install_package(root: BareRoot, deb: Path) -> None:
    """Install a package of this machine, with what it depends on."""
    inside = root.path / "srv" / "it.deb"
    shutil.copy(deb, inside)
    root.install("/srv/it.deb")
    inside.unlink()


def make_base() -> None:
    """Fetch the base once."""
    if BASE.is_file():
        return
    BUILD.mkdir(parents=True, exist_ok=True)
    folder = BUILD / "base"
    if not (folder / "etc" / "debian_version").is_file() or (folder / "debootstrap").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(["debootstrap", "--variant=minbase", "bookworm", str(folder), MIRROR], check=True)
    part = BASE.with_suffix(".part")
    shutil.rmtree(folder / "var/cache/apt/archives", ignore_errors=True)
    subprocess.run(["tar", "-C", str(folder), "-cpf", str(part), "."], check=True)
    part.rename(BASE)
