"""What the program files of Windows carry besides the program: version and manifest. Read by ctdild.spec."""

from __future__ import annotations

import re
from pathlib import Path

MANIFEST = Path(__file__).resolve().parent / "program.manifest"
PRODUCT = "CTD-ILD Desktop"
HIDDEN_IMPORTS = ("tzdata",)
"""Windows has no time zones that Python reads; psycopg asks for them by name."""

_VERSION_FILE = """\
VSVersionInfo(
  ffi=FixedFileInfo(
    filevers={numbers}, prodvers={numbers},
    mask=0x3F, flags=0x0, OS=0x40004, fileType=0x1, subtype=0x0, date=(0, 0)
  ),
  kids=[
    StringFileInfo([StringTable("040904B0", [
      StringStruct("ProductName", "{product}"),
      StringStruct("ProductVersion", "{version}"),
      StringStruct("FileDescription", "{description}"),
      StringStruct("FileVersion", "{version}"),
      StringStruct("InternalName", "{name}"),
      StringStruct("OriginalFilename", "{name}.exe"),
      StringStruct("LegalCopyright", "Apache-2.0"),
    ])]),
    VarFileInfo([VarStruct("Translation", [0x0409, 1200])]),
  ],
)
"""


def version_file(folder: Path, name: str, version: str, *, console: bool) -> Path:
    """Write what PyInstaller makes the version of a program file from.

    Args:
        folder: where the file goes.
        name: the program file without ``.exe``.
        version: ``1.0.0``.
        console: whether it is the program of the command line.
    """
    found = [int(number) for number in re.findall(r"\d+", version.partition("+")[0])[:4]]
    text = _VERSION_FILE.format(
        numbers=tuple([*found, 0, 0, 0, 0][:4]),
        product=PRODUCT,
        version=version,
        description=f"{PRODUCT} (command line)" if console else PRODUCT,
        name=name,
    )
    path = folder / f"{name}-version.txt"
    path.write_text(text, "utf-8")
    return path


def executable_options(folder: Path, name: str, version: str, *, console: bool) -> dict[str, str]:
    """Arguments for PyInstaller's ``EXE``; the same as of :func:`version_file`."""
    return {
        "version": str(version_file(folder, name, version, console=console)),
        "manifest": MANIFEST.read_text("utf-8"),
    }
