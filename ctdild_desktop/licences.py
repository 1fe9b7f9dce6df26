"""Everything that is carried with the program, by name, version and licence, with the texts.

A package that was built lists what it carries in ``_licences.json`` (``packaging/bill.py`` writes it there).
In a checkout, or where pip installed the wheel, the list is read from the installed distributions: those that
the program requires, and what lies inside their wheels by the table ``resources/licences/inside.csv``.
"""

from __future__ import annotations

import csv
import json
import mmap
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path
from typing import Any

from ctdild_desktop import __version__, bundled

FILE = "_licences.json"
PROGRAM = "ctdild-desktop"
_TEXT_NAMES = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)
_CLASSIFIED = {
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Python Software Foundation License": "PSF-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Apache Software License": "Apache-2.0",
}
_SPOKEN = {
    "PSFL": "PSF-2.0",
    "2-clause BSD": "BSD-2-Clause",
    "BSD license": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "BSD-3-Clause, Apache-2.0, dependency licenses": "BSD-3-Clause AND Apache-2.0",
}
_OWN = {"sqlcipher3": "Zlib", "scipy": "BSD-3-Clause", "reportlab": "BSD-3-Clause"}
"""Distributions that do not name their licence in a word; it is the one of the text that they carry."""
_NO_TEXT = {
    "pyside6-essentials": ("LGPL-3.0-only", "LGPL-3.0.txt+GPL-3.0.txt"),
    "shiboken6": ("LGPL-3.0-only", "LGPL-3.0.txt+GPL-3.0.txt"),
}
"""Distributions that carry no text; the licence under which they are used, and its texts."""
_REPLACED = (
    "Used under the GNU LGPL version 3. You may put a changed version in its place: in the folder of the "
    "program where its files lie there, else by building the folder anew from the source of this program, "
    "which is free (Apache License 2.0), with its command make package. The complete source is offered at "
    "the address given."
)


@dataclass(frozen=True, slots=True)
class Carried:
    """One thing that is carried; ``inside`` names the distribution whose wheel holds it, if one does."""

    name: str
    version: str
    licence: str
    """An SPDX expression."""
    source: str
    inside: str = ""
    notice: str = ""
    texts: tuple[str, ...] = ()
    """Keys of :attr:`Licences.texts`."""
    kind: str = "library"
    """``library``, ``font``, ``data`` or ``system``: of the system on which the package was built."""


@dataclass(frozen=True, slots=True)
class Licences:
    """The list, and each text once."""

    parts: tuple[Carried, ...]
    texts: dict[str, str]

    def text_of(self, part: Carried) -> str:
        """The notice, where the source is had, and the whole licence texts of one thing."""
        found = [self.texts[key].rstrip().lstrip("\n") for key in part.texts if key in self.texts]
        head = [part.notice] if part.notice else []
        head += [f"Source: {part.source}"] if part.source else []
        told = head + (found or [f"Licence: {part.licence}."])
        return "\n\n".join(told) + "\n"

    def dumped(self) -> str:
        """As a package carries it."""
        return json.dumps({"parts": [asdict(part) for part in self.parts], "texts": self.texts})


@dataclass(frozen=True, slots=True)
class Inside:
    """A row of the table of what lies inside wheels; ``files`` are patterns below the folder of packages."""

    name: str
    of: str
    files: tuple[str, ...]
    version: str
    licence: str
    source: str
    text: str
    notice: str


def carried() -> Licences:
    """What this installation carries; reads some hundred files, once, where it is no built package."""
    built = Path(str(files("ctdild_desktop"))) / FILE
    try:
        told = json.loads(built.read_text(encoding="utf-8"))
        parts = tuple(Carried(**{**part, "texts": tuple(part["texts"])}) for part in told["parts"])
        return Licences(parts, told["texts"])
    except (OSError, ValueError, KeyError, TypeError):
        return _installed()


@cache
def _installed() -> Licences:
    return gather(required())


def required() -> tuple[Distribution, ...]:
    """The distributions that the program requires here, whatever else is installed beside them."""
    found: dict[str, Distribution] = {}
    waiting = list(_wanted(_of_this_program(), ("",)))
    while waiting:
        name, extras = waiting.pop()
        try:
            one = found.get(name) or distribution(name)
        except PackageNotFoundError:
            continue
        if name not in found or extras:
            found[name] = one
            waiting += _wanted(one.requires or (), extras or ("",))
    return tuple(found[name] for name in sorted(found))


def _of_this_program() -> Iterable[str]:
    """What the program requires: as its checkout says, else as its metadata do."""
    declared = Path(str(files("ctdild_desktop"))).parent / "pyproject.toml"
    if declared.is_file():
        told: list[str] = tomllib.loads(declared.read_text(encoding="utf-8"))["project"]["dependencies"]
        return told
    return distribution(PROGRAM).requires or ()


def _wanted(lines: Iterable[str], extras: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Names and extras of the requirements that count on this computer."""
    from packaging.requirements import Requirement

    for line in lines:
        wanted = Requirement(line)
        if wanted.marker is None or any(wanted.marker.evaluate({"extra": one}) for one in extras):
            yield canonical(wanted.name), tuple(sorted(wanted.extras))


def canonical(name: str) -> str:
    """A distribution's name in the form in which names are compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def gather(
    distributions: Iterable[Distribution],
    *,
    is_there: Callable[[Path], bool] = Path.is_file,
    more: Iterable[tuple[Carried, dict[str, str]]] = (),
) -> Licences:
    """The list of some distributions, of what lies inside them and of the program's own data.

    Args:
        is_there: whether a file of a distribution is carried; a frozen program leaves some out.
        more: what is carried besides, each with its texts.
    """
    texts: dict[str, str] = {}
    parts: list[Carried] = [*_of_program(texts)]
    by_name = {canonical(one.name): one for one in distributions}
    own = {name: _own_texts(one, texts) for name, one in sorted(by_name.items())}
    for name, one in sorted(by_name.items()):
        parts.append(_of_distribution(name, one, own[name], texts))
        parts += _of_crates(one, texts)
        for row in inside_table():
            if row.of == name:
                there = [path for path in _matching(one, row) if is_there(path)]
                if there:
                    parts.append(_of_row(row, one, own, there, texts))
    for part, its in more:
        parts.append(part)
        texts.update(its)
    return Licences(tuple(parts), texts)


def licence_of(one: Distribution) -> str:
    """The licence of a distribution as an SPDX expression, as far as its metadata name one."""
    name = canonical(one.name)
    if name in _NO_TEXT or name in _OWN:
        return _NO_TEXT[name][0] if name in _NO_TEXT else _OWN[name]
    metadata = one.metadata
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    spoken = metadata["License"].strip() if "License" in metadata else ""
    if spoken and "\n" not in spoken:
        return _SPOKEN.get(spoken, spoken)
    classified = (line.rpartition(" :: ")[2] for line in metadata.get_all("Classifier") or ())
    return next((_CLASSIFIED[line] for line in classified if line in _CLASSIFIED), "")


def source_of(one: Distribution) -> str:
    """Where the source of this version is had."""
    return f"https://pypi.org/project/{one.name}/{one.version}/"


@cache
def inside_table() -> tuple[Inside, ...]:
    """The rows of ``resources/licences/inside.csv``."""
    with (bundled.resources() / "licences" / "inside.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(
            Inside(files=tuple(row.pop("files").split(";")), **row) for row in csv.DictReader(stream)
        )


def _of_distribution(name: str, one: Distribution, keys: tuple[str, ...], texts: dict[str, str]) -> Carried:
    notice = ""
    licence = licence_of(one)
    if not keys and name in _NO_TEXT:
        keys = _resolved(_NO_TEXT[name][1], {}, one, texts)
    if licence.startswith("LGPL"):
        notice = _REPLACED
        keys = (*keys, *_resolved("LGPL-3.0.txt+GPL-3.0.txt", {}, one, texts))
    return Carried(one.name, one.version, licence, source_of(one), "", notice, tuple(dict.fromkeys(keys)))


def _own_texts(one: Distribution, texts: dict[str, str]) -> tuple[str, ...]:
    """The texts that a distribution carries in its metadata, the general one first."""
    keys = []
    for path in sorted(one.files or (), key=lambda path: (len(path.parts), str(path))):
        if len(path.parts) < 2 or not path.parts[0].endswith(".dist-info") or path.suffix in {".py", ".json"}:
            continue
        if "licenses" in path.parts or _TEXT_NAMES.match(path.name):
            keys.append(
                _kept(f"{one.name}: {'/'.join(path.parts[1:])}", Path(str(one.locate_file(path))), texts)
            )
    return tuple(key for key in keys if key)


def _kept(key: str, path: Path, texts: dict[str, str]) -> str:
    try:
        texts[key] = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return key


def _of_row(
    row: Inside,
    one: Distribution,
    own: Mapping[str, tuple[str, ...]],
    there: list[Path],
    texts: dict[str, str],
) -> Carried:
    return Carried(
        row.name,
        _version(row, one, there),
        row.licence,
        row.source,
        one.name,
        row.notice,
        _resolved(row.text, own, one, texts),
        "font" if "font" in row.name else "library",
    )


def _resolved(
    named: str, own: Mapping[str, tuple[str, ...]], one: Distribution, texts: dict[str, str]
) -> tuple[str, ...]:
    """Keys of the texts that a row names.

    ``NAME.txt`` is one of ``resources/licences``, ``@PATH`` a file below the folder of packages, and
    ``DISTRIBUTION:PATH`` a file, or all below a folder, of the licences of a distribution.
    """
    keys: list[str] = []
    for part in filter(None, named.split("+")):
        if part.startswith("@"):
            keys.append(_kept(part[1:], Path(str(one.locate_file(part[1:]))), texts))
        elif ":" in part:
            name, _colon, wanted = part.partition(":")
            keys += [key for key in own.get(name, ()) if f"/{wanted}" in f"/{key.partition(': ')[2]}"]
        else:
            keys.append(_kept(part, bundled.resources() / "licences" / part, texts))
    return tuple(key for key in keys if key)


def _matching(one: Distribution, row: Inside) -> list[Path]:
    root = Path(str(one.locate_file("")))
    return sorted(path for pattern in row.files for path in root.glob(pattern))


def _version(row: Inside, one: Distribution, there: list[Path]) -> str:
    """The version of what lies inside, by the rule of its row; empty when it cannot be told."""
    rule, _colon, pattern = row.version.partition(":")
    if rule == "=dist":
        return one.version
    if rule == "pdfium":
        return _pdfium_version(there[0].parent / "version.json")
    if rule == "name":
        pattern, _arrow, told = pattern.partition(" -> ")
        found = next((seen for path in there if (seen := re.search(pattern, path.name))), None)
        return found.expand(told or r"\1") if found is not None else ""
    if rule == "bytes":
        # Most of a library is no text: its bytes are searched where they lie.
        return next(filter(None, (_in_bytes(pattern.encode(), path) for path in there)), "")
    return _in_sboms(pattern, one) if rule == "sbom" else ""


def _in_bytes(pattern: bytes, path: Path) -> str:
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        found = re.search(pattern, content)
        return found[1].decode() if found else ""


def _in_sboms(name: str, one: Distribution) -> str:
    found = (part for document in _sboms(one) for part in document.get("components", ()))
    return next((str(part.get("version", "")) for part in found if part.get("name") == name), "")


def crates(one: Distribution) -> tuple[tuple[str, str, str], ...]:
    """Name, version and licence of the Rust libraries that a wheel says are compiled into it."""
    found = []
    for document in _sboms(one):
        for component in document.get("components", ()):
            if str(component.get("purl", "")).startswith("pkg:cargo/"):
                licences = component.get("licenses") or [{}]
                found.append((component["name"], component["version"], licences[0].get("expression", "")))
    return tuple(found)


def _of_crates(one: Distribution, texts: dict[str, str]) -> Iterator[Carried]:
    found = crates(one)
    if found:
        told = "; ".join(" ".join(crate) for crate in found)
        yield Carried(
            *(f"Rust libraries ({len(found)})", "", "MIT AND Apache-2.0 AND BSD-3-Clause", source_of(one)),
            inside=one.name,
            notice=f"Compiled into the library, each under the licence named, where there is a choice the "
            f"first: {told}.",
            texts=_resolved("Apache-2.0.txt", {}, one, texts),
        )


def _sboms(one: Distribution) -> Iterator[dict[str, Any]]:
    """The lists of parts that a wheel carries of itself (PEP 770)."""
    for path in one.files or ():
        if "sboms" in path.parts and path.suffix == ".json":
            yield json.loads(Path(str(one.locate_file(path))).read_text(encoding="utf-8"))


def _pdfium_version(file: Path) -> str:
    told = json.loads(file.read_text(encoding="utf-8"))
    return ".".join(str(told[part]) for part in ("major", "minor", "build", "patch"))


def _of_program(texts: dict[str, str]) -> Iterator[Carried]:
    """The program itself, its fonts and icons, and the published tables that it reads."""
    resources = bundled.resources()
    own = _kept("Apache-2.0.txt", resources / "licences" / "Apache-2.0.txt", texts)
    fonts = _kept("DejaVu fonts", resources / "fonts" / "LICENSE.txt", texts)
    yield Carried("CTD-ILD Desktop", __version__, "Apache-2.0", "", texts=(own,))
    yield Carried(
        *("DejaVu fonts", "2.37", "Bitstream-Vera", "https://dejavu-fonts.github.io/"),
        texts=(fonts,),
        kind="font",
    )
    yield Carried(
        *("Icons", __version__, "Apache-2.0", ""),
        notice="The icons were drawn for this program.",
        texts=(own,),
        kind="data",
    )
    for table in sorted((resources / "reference").glob("*.toml")):
        told = tomllib.loads(table.read_text(encoding="utf-8"))
        doi = told.get("doi", "")
        cited = f"{told['citation']}{f', doi {doi}' if doi else ''}"
        yield Carried(
            told["title"],
            str(told.get("version", "")),
            "LicenseRef-published-coefficients",
            f"https://doi.org/{doi}" if doi else "",
            notice=f"Coefficients as published: {cited}. Numbers alone are carried, and the source is cited "
            "wherever they are used.",
            kind="data",
        )
    yield Carried(
        *("Grades of blood results", "CTCAE 5.0", "LicenseRef-public-domain", "https://ctep.cancer.gov/"),
        notice="Common Terminology Criteria for Adverse Events (CTCAE) version 5.0, National Cancer "
        "Institute, a work of the government of the United States.",
        kind="data",
    )
