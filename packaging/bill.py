"""List everything that a package carries: CycloneDX 1.6 beside it and inside it, and its licences inside it.

    build/release-venv/bin/python packaging/bill.py frozen dist/ctdild-desktop
    build/release-venv/bin/python packaging/bill.py wheels dist/wheels --out dist/wheels.cdx.json

The frozen folder itself is read, file by file and module by module, and each is given to the distribution,
the interpreter, the library of the system or the program that it comes from. It ends with exit status 1 at
whatever belongs to nothing known, at a library in a wheel without a row in ``resources/licences/inside.csv``,
at a licence that is no SPDX expression and at a document that does not satisfy the schema: an incomplete bill
is none.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import platform
import re
import sys
import tempfile
import uuid
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import Distribution
from pathlib import Path, PurePosixPath
from typing import Any

import build_identity
from bill_of_folder import Found, read_folder

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ctdild_desktop import licences  # noqa: E402  it is no installed package here
from ctdild_desktop.licences import Carried, Licences, canonical  # noqa: E402

BILL = "_bill.cdx.json"
NAMESPACE = uuid.UUID("7c6f2f0e-3b5e-5d3c-9a31-5b8f6f7f2a11")
NATIVE = re.compile(r"\.(so|dll|pyd|dylib)(\.|$)")


@dataclass
class Bill:
    """What was found, before it is written."""

    what: str
    licences: Licences
    hashes: dict[str, str] = field(default_factory=dict)
    """SHA-256 by canonical name: of the wheel, or of the list of files of what was installed from it."""
    files: dict[str, dict[str, str]] = field(default_factory=dict)
    """Native files with their SHA-256, by the canonical name of what they come from."""


def of_frozen(folder: Path) -> tuple[Bill, Found]:
    """The bill of a folder that PyInstaller made; ends the program when something belongs to nothing."""
    installed = {canonical(one.name): one for one in importlib.metadata.distributions()}
    found = read_folder(folder, installed)
    if found.unknown:
        sys.exit("bill: these belong to nothing that is known:\n  " + "\n  ".join(found.unknown))
    used = [installed[name] for name in sorted(found.distributions)]
    listed = licences.gather(used, is_there=found.carries, more=found.others())
    refuse_unlisted(used, found.carries)
    bill = Bill("frozen program", listed)
    for one in used:
        record = one.read_text("RECORD") or ""
        bill.hashes[canonical(one.name)] = hashlib.sha256(record.encode()).hexdigest()
    for name, paths in found.natives.items():
        bill.files[canonical(name)] = {str(path): sha256(folder / path) for path in sorted(paths)}
    return bill, found


def of_wheels(folder: Path) -> Bill:
    """The bill of a folder of wheels, which are unpacked for a moment to be read."""
    wheels = sorted(folder.glob("**/*.whl"))
    if not wheels:
        sys.exit(f"bill: there is no wheel in {folder}")
    with tempfile.TemporaryDirectory() as scratch:
        for wheel in wheels:
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(scratch)
        there = {
            canonical(one.name): one
            for one in importlib.metadata.distributions(path=[scratch])
            if canonical(one.name) != licences.PROGRAM
        }
        listed = licences.gather(there.values())
        refuse_unlisted(there.values(), Path.is_file)
        bill = Bill("folder of wheels", listed)
        for wheel in wheels:
            bill.hashes[canonical(wheel.name.split("-")[0])] = sha256(wheel)
        missing = set(there) ^ (set(bill.hashes) - {licences.PROGRAM})
        if missing:
            sys.exit(f"bill: these wheels and what they hold do not agree: {', '.join(sorted(missing))}")
        return bill


def refuse_unlisted(distributions: Iterable[Distribution], is_there: Any) -> None:
    """End when a wheel carries a library of somebody else that no row of the table names."""
    unlisted = []
    for one in distributions:
        root = Path(str(one.locate_file("")))
        rows = [row for row in licences.inside_table() if row.of == canonical(one.name)]
        for path in one.files or ():
            foreign = path.parts[0].endswith(".libs") or "Qt/lib/libicu" in str(path)
            if not foreign or not NATIVE.search(path.name) or not is_there(root / path):
                continue
            if not any(PurePosixPath(path).match(pattern) for row in rows for pattern in row.files):
                unlisted.append(str(path))
    if unlisted:
        sys.exit("bill: no row of inside.csv names:\n  " + "\n  ".join(unlisted))


def sha256(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def document(bill: Bill) -> dict[str, Any]:
    """The bill as CycloneDX has it; the same package gives the same document."""
    identity = build_identity.identity()
    program = {
        "type": "application",
        "bom-ref": "program",
        "name": "CTD-ILD Desktop",
        "version": identity["version"],
        "purl": f"pkg:pypi/{licences.PROGRAM}@{identity['version']}",
        "licenses": [{"expression": "Apache-2.0"}],
        "properties": [
            {"name": "ctdild:package", "value": bill.what},
            {"name": "ctdild:commit", "value": str(identity["commit"])},
        ],
    }
    top = [part for part in bill.licences.parts if not part.inside and part.name != "CTD-ILD Desktop"]
    components = [component(part, bill) for part in top]
    content = json.dumps([program, components], sort_keys=True)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(NAMESPACE, content)}",
        "version": 1,
        "metadata": {"timestamp": f"{identity['day']}T00:00:00Z", "component": program},
        "components": components,
        "dependencies": [
            {"ref": "program", "dependsOn": sorted(one["bom-ref"] for one in components)},
            *({"ref": one["bom-ref"]} for one in components),
        ],
    }


def component(part: Carried, bill: Bill) -> dict[str, Any]:
    """One thing that is carried, with what lies inside it."""
    key = canonical(part.name)
    ref = f"{part.inside}/{part.name}" if part.inside else part.name
    made: dict[str, Any] = {
        "type": {"data": "data", "font": "file"}.get(part.kind, "library"),
        "bom-ref": ref.replace(" ", "-"),
        "name": part.name,
        **({"version": part.version} if part.version else {}),
        "licenses": [{"expression": part.licence}],
    }
    if not part.inside and part.kind == "library" and "pypi.org" in part.source:
        made["purl"] = f"pkg:pypi/{key}@{part.version}"
    elif part.kind == "system":
        made["purl"] = f"pkg:deb/debian/{part.name}@{part.version.replace('+', '%2B').replace(':', '%3A')}"
    if part.source:
        made["externalReferences"] = [{"type": "distribution", "url": part.source}]
    if not part.inside and key in bill.hashes:
        made["hashes"] = [{"alg": "SHA-256", "content": bill.hashes[key]}]
    inside = [
        component(one, bill)
        for one in bill.licences.parts
        if canonical(one.inside) == key and not part.inside
    ]
    if not part.inside:
        inside += [
            {
                "type": "file",
                "bom-ref": f"file:{path}",
                "name": path,
                "hashes": [{"alg": "SHA-256", "content": digest}],
            }
            for path, digest in bill.files.get(key, {}).items()
        ]
    if inside:
        made["components"] = inside
    return made


def refuse_invalid(text: str, listed: Licences) -> None:
    """End when the document does not satisfy the schema, or a licence is no SPDX expression."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator
    from license_expression import get_spdx_licensing

    spdx = get_spdx_licensing()
    wrong = []
    for part in listed.parts:
        known = re.sub(r"LicenseRef-[A-Za-z0-9.-]+", "MIT", part.licence)
        if not known or spdx.validate(known).errors:
            wrong.append(f"{part.name}: {part.licence or 'no licence'}")
    if wrong:
        sys.exit("bill: no SPDX expression:\n  " + "\n  ".join(wrong))
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if fault is not None:
        sys.exit(f"bill: the document does not satisfy the schema of CycloneDX 1.6: {str(fault)[:2000]}")


def write(bill: Bill, targets: Iterable[Path]) -> str:
    """Check the bill and write it to each place."""
    text = json.dumps(document(bill), indent=1, ensure_ascii=False) + "\n"
    refuse_invalid(text, bill.licences)
    for target in targets:
        target.write_text(text, encoding="utf-8")
        print(f"bill: {target}")
    return text


def main() -> None:
    """Write the bill of a frozen folder or of a folder of wheels."""
    parser = argparse.ArgumentParser(description="List everything that a package carries.")
    kinds = parser.add_subparsers(dest="kind", required=True)
    frozen = kinds.add_parser("frozen", help="a folder that PyInstaller made")
    frozen.add_argument("folder", type=Path)
    frozen.add_argument("--out", type=Path, help="the bill beside the folder, else named after it")
    wheels = kinds.add_parser("wheels", help="a folder of wheels")
    wheels.add_argument("folder", type=Path)
    wheels.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    if args.kind == "wheels":
        bill = of_wheels(args.folder)
        write(bill, [args.out])
    else:
        bill, found = of_frozen(args.folder)
        package = found.package
        version = build_identity.version()
        system = f"{platform.system().lower()}-{platform.machine().lower()}"
        beside = args.out or args.folder.parent / f"{args.folder.name}-{version}-{system}.cdx.json"
        write(bill, [beside, package / BILL])
        (package / licences.FILE).write_text(bill.licences.dumped(), encoding="utf-8")
    parts = bill.licences.parts
    print(f"bill: {len(parts)} things, of them {sum(bool(one.inside) for one in parts)} inside of others")


if __name__ == "__main__":
    main()
