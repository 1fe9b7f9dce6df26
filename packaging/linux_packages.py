"""Make of the frozen folder what a person installs on Linux: a portable archive and a package for Debian.

    build/release-venv/bin/python packaging/freeze.py
    build/release-venv/bin/python packaging/linux_packages.py

The same frozen folder makes the same files: names are sorted, and every file has the time of the commit.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import build_identity
from freeze import FROZEN, ROOT, WORK, epoch, say

DIST = ROOT / "dist"
FILES = ROOT / "packaging" / "linux"
ICONS = ROOT / "resources" / "icons" / "program"
NAME = "ctdild-desktop"

SYSTEM = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxcb.so.1": "libxcb1",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
"""Libraries that belong to the graphics of a machine and are its own, with their Debian packages."""
OF_GLIBC = re.compile(r"^(ld-linux.*|lib(c|m|dl|rt|pthread|resolv|util)\.so\.\d)$")
PRESSED = os.environ.get("CTDILD_PRESSED", "6")
"""How hard both files are pressed, 0 to 9: 0 is quick, 154 MB each; 3 takes four times as long for 139 MB."""
DATA = ("xkb-data",)
"""What the program reads and does not carry: the layouts of keyboards."""


class Needs:
    """What the frozen folder asks of the machine."""

    def __init__(self, folder: Path) -> None:
        files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
        carried = {path.name for path in folder.rglob("*")}
        wanted: set[str] = set()
        versions = {(2, 0)}
        for path in files:
            with path.open("rb") as stream:
                if stream.read(4) != b"\x7fELF":
                    continue
            told = subprocess.run(
                ["objdump", "-p", str(path)], capture_output=True, text=True, check=True
            ).stdout
            wanted |= set(re.findall(r"NEEDED\s+(\S+)", told))
            versions |= {(int(a), int(b)) for a, b in re.findall(r"GLIBC_(\d+)\.(\d+)", told)}
        own = {name for name in wanted - carried if not OF_GLIBC.match(name)}
        if unknown := sorted(own - set(SYSTEM)):
            sys.exit(f"package: nobody carries {', '.join(unknown)}; name the Debian package in {__file__}")
        self.packages = sorted({SYSTEM[name] for name in own} | set(DATA))
        self.glibc = "{}.{}".format(*max(versions))

    @property
    def depends(self) -> str:
        """For the control file of the package."""
        return ", ".join((f"libc6 (>= {self.glibc})", *self.packages))


def clean(folder: Path) -> None:
    """Give every file below a folder the rights of an installed one and the time of the build."""
    when = int(epoch())
    for path in sorted(folder.rglob("*")):
        if not path.is_symlink():
            mode = 0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644
            path.chmod(mode)
        os.utime(path, (when, when), follow_symlinks=False)


def copy_frozen(target: Path) -> None:
    """A copy of the frozen folder that takes no room: the files are the same ones."""
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-al", str(FROZEN), str(target)], check=True)


def make_archive(version: str, needs: Needs) -> Path:
    """The folder that runs where it is unpacked."""
    staged = WORK / "tar"
    shutil.rmtree(staged, ignore_errors=True)
    top = staged / NAME
    copy_frozen(top)
    words = (FILES / "README.txt").read_text(encoding="utf-8")
    (top / "README.txt").write_text(
        words.format(
            version=version,
            glibc=needs.glibc,
            apt="apt-get install --no-install-recommends " + " ".join(needs.packages),
            data="~/.local/share/ctdild-desktop",
            config="~/.config/ctdild-desktop",
        ),
        encoding="utf-8",
    )
    shutil.copy(ROOT / "LICENSE", top)
    shutil.copy(FILES / "add-to-menu", top)
    (top / "share").mkdir()
    for name in (f"{NAME}.desktop", f"{NAME}.xml"):
        shutil.copy(FILES / name, top / "share")
    clean(staged)
    out = DIST / f"{NAME}-{version}-linux-x86_64.tar.xz"
    sameness = ["--sort=name", f"--mtime=@{epoch()}", "--owner=0", "--group=0", "--numeric-owner"]
    with out.open("wb") as stream:
        tar = subprocess.Popen(
            ["tar", "--format=gnu", *sameness, "-C", str(staged), "-cf", "-", NAME], stdout=subprocess.PIPE
        )
        subprocess.run(["xz", f"-{PRESSED}", "-T2"], stdin=tar.stdout, stdout=stream, check=True)
        if tar.wait() != 0:
            sys.exit("package: the archive could not be made")
    return out


def make_deb(version: str, needs: Needs) -> Path:
    """The package for Debian and its like, with an entry in the menu and the kind of file."""
    staged = WORK / "deb"
    shutil.rmtree(staged, ignore_errors=True)
    copy_frozen(staged / "opt" / NAME)
    command = staged / "usr" / "bin" / "ctdild"
    command.parent.mkdir(parents=True)
    command.symlink_to(f"/opt/{NAME}/ctdild")
    share = staged / "usr" / "share"
    place(FILES / f"{NAME}.desktop", share / "applications")
    place(FILES / f"{NAME}.xml", share / "mime" / "packages")
    place(ICONS / f"{NAME}.svg", share / "icons/hicolor/scalable/apps")
    for picture in sorted(ICONS.glob("*.png")):
        size = picture.stem
        place(picture, share / f"icons/hicolor/{size}x{size}/apps", f"{NAME}.png")
    documents = share / "doc" / NAME
    documents.mkdir(parents=True)
    (documents / "copyright").write_text(copyright_words(), encoding="utf-8")
    with (documents / "changelog.gz").open("wb") as stream:
        changes = (ROOT / "CHANGELOG.md").read_bytes()
        stream.write(gzip.compress(changes, mtime=int(epoch())))
    size = sum(path.stat().st_size for path in staged.rglob("*") if path.is_file() and not path.is_symlink())
    control = staged / "DEBIAN"
    control.mkdir()
    (control / "control").write_text(control_words(version, needs, size), encoding="utf-8")
    for name in ("preinst", "prerm"):
        place(FILES / "refuse-while-running", control, name)
        (control / name).chmod(0o755)
    clean(staged)
    out = DIST / f"{NAME}_{version}_amd64.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zxz", f"-z{PRESSED}", "--build", str(staged), str(out)],
        env={**os.environ, "SOURCE_DATE_EPOCH": epoch()},
        check=True,
        stdout=sys.stderr,
    )
    return out


def place(file: Path, folder: Path, name: str = "") -> None:
    """Copy a file into a folder of the package."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, folder / (name or file.name))


def control_words(version: str, needs: Needs, size: int) -> str:
    """What the package says of itself."""
    return (
        f"Package: {NAME}\n"
        f"Version: {version}\n"
        "Architecture: amd64\n"
        "Maintainer: CTD-ILD Desktop\n"
        f"Installed-Size: {size // 1024}\n"
        f"Depends: {needs.depends}\n"
        "Recommends: xdg-utils\n"
        "Section: science\n"
        "Priority: optional\n"
        "Description: Registry of patients with connective-tissue disease of the lung\n"
        " The follow-up desk of a clinic: an encrypted registry on this computer or on a\n"
        " PostgreSQL server, progression criteria with their reasons, and the page for the\n"
        " multidisciplinary meeting. It is not a medical device.\n"
        " .\n"
        " It brings its own Python and Qt. Registries and settings are in the homes of the\n"
        " people who use it; no removal of the package touches them.\n"
    )


def copyright_words() -> str:
    """The licence of the program, and where those of its parts are."""
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    return (
        "CTD-ILD Desktop is under the Apache License 2.0, whose text stands below.\n"
        "It brings Python, Qt and other libraries under licences of their own. Each part is named with its\n"
        f"licence text in /opt/{NAME}/_internal/ctdild_desktop/_licences.json, which the program shows\n"
        "under Help, Licences.\n\n" + licence
    )


def write_sums(version: str) -> Path:
    """SHA-256 of everything that was made of this version, as ``sha256sum --check`` reads it."""
    made = [
        path for path in sorted(DIST.iterdir()) if path.is_file() and f"{NAME}-{version}-linux" in path.name
    ]
    made += sorted(DIST.glob(f"{NAME}_{version}_*.deb"))
    lines = []
    for path in made:
        with path.open("rb") as stream:
            lines.append(f"{hashlib.file_digest(stream, 'sha256').hexdigest()}  {path.name}\n")
    out = DIST / "SHA256SUMS"
    out.write_text("".join(lines), encoding="ascii")
    return out


def main() -> None:
    """Make the archive, the package and their sums."""
    if not FROZEN.is_dir():
        sys.exit("package: there is no frozen folder; run packaging/freeze.py first")
    version = build_identity.version()
    needs = Needs(FROZEN)
    say(f"it needs {needs.depends}")
    for made in (make_archive(version, needs), make_deb(version, needs), write_sums(version)):
        say(f"{made.relative_to(ROOT)} ({made.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
