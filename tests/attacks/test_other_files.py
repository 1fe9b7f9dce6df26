"""Mappings, settings, cases, rule tables, key slots and backups made to do harm: refused in words, soon."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ctdild_desktop import config
from ctdild_desktop.cli.evaluate import read_cases, result_of
from ctdild_desktop.registry.archive import read_manifest
from ctdild_desktop.registry.key_holder import FileHolder
from ctdild_desktop.registry.keystore import Keystore
from ctdild_desktop.services.due import read_rules
from ctdild_desktop.services.import_mappings import read_mapping
from tests.support.measured import Measured, measure
from tests.support.packing import endless_contents, flagged_encrypted

MOST_SECONDS, MOST_MEGABYTES = 2.0, 300.0
Case = tuple[Callable[[], bytes], str]


def read(path: Path) -> object:
    """Read a file as what its name says it is."""
    match path.suffix:
        case ".toml":
            return read_mapping(path)
        case ".settings":
            return config.load(path, environ={})
        case ".json":
            return [result_of(case).get("error", "answered") for case in read_cases(path)]
        case ".csv":
            return read_rules(path)
        case ".keys":
            return Keystore.load(FileHolder(path)).logins
        case _:
            return read_manifest(path)


MAPPINGS: dict[str, Case] = {
    "huge": (lambda: b'name = "' + b"x" * 200_000 + b'"', "too large"),
    "deep": (lambda: b"name = " + b"[" * 50_000, "nested too deeply"),
    "deep tables": (lambda: b"[" + b".".join([b"a"] * 30_000) + b"]\n", "unknown key a"),
    "deep inline tables": (lambda: b"columns = " + b"{a=" * 25_000, "nested too deeply"),
    "long keys again and again": (
        lambda: b"".join(b"a.%s.c%d = 1\n" % (b".".join([b"b"] * 40), n) for n in range(900)),
        "unknown key a",
    ),
    "an endless number": (lambda: b"name = " + b"9" * 90_000, "far too long"),
    "a wrong type": (lambda: b"columns = 3", "columns must be a table"),
    "texts that are lists": (lambda: b"[columns]\nmrn = ['a']", "must be text"),
    "a date that is none": (
        lambda: b'[date]\ncolumn = "v"\nunit = "days"\norigin = 2000-13-01',
        "not valid TOML",
    ),
    "nothing but NUL": (lambda: bytes(5000), "not valid TOML"),
    "no text": (lambda: b"\xff\xfe\x00", "not UTF-8 text"),
    "a name with NUL": (lambda: b'name = "a\\u0000b"', "cannot be seen"),
}
SETTINGS: dict[str, Case] = {
    "huge": (lambda: b'login = "' + b"x" * 2_000_000 + b'"', "too large"),
    "deep": (lambda: b"site = " + b"[" * 90_000, "cannot be read"),
    "a path with NUL": (lambda: b'registry = "/a\\u0000b"', "not the path of a file"),
    "a stranger's home": (lambda: b'registry = "~nobody-of-this-name/x"', "not the path of a file"),
    "a list for a word": (lambda: b"[site]\ntheme = ['dark']", "must be one of"),
    "a table for a word": (lambda: b"[site.theme]\na = 1", "must be one of"),
    "an endless number": (lambda: b"registry = " + b"9" * 90_000, "cannot be read"),
    "no text": (lambda: b"\xff\xfe\x00", "cannot be read"),
}
CASES: dict[str, Case] = {
    "huge": (lambda: b'{"cases": [' + b" " * 11_000_000 + b"]}", "too large"),
    "many small lists": (lambda: b'{"cases": [' + b"[]," * 2_700_000 + b"[]]}", "more than"),
    "deep": (lambda: b'{"cases": ' + b"[" * 5_000_000, "nested too deeply"),
    "deep objects": (lambda: b'{"a":' * 1_500_000, "nested too deeply"),
    "endless numbers": (
        lambda: b'{"cases": [' + b",".join([b"1e999999999", b"9" * 4_000_000, b"1" * 29]) + b"]}",
        "id is missing",
    ),
    "not a number": (
        lambda: json.dumps({"cases": [one_case(fvc_l=float("nan"), dlco=float("inf"))]}).encode(),
        "fvc_l",
    ),
    "a huge number": (
        lambda: json.dumps({"cases": [one_case(fvc_l=0)]}).replace('"fvc_l": 0', '"fvc_l": 1e999').encode(),
        "fvc_l",
    ),
    "an enormous number": (
        lambda: (
            json.dumps({"cases": [one_case(fvc_l=0)]}).replace('"fvc_l": 0', '"fvc_l": 1e999999999').encode()
        ),
        "fvc_l",
    ),
    "a key written twice": (
        lambda: (
            json.dumps({"cases": [one_case(fvc_l=2)]})
            .replace('"fvc_l": 2', '"fvc_l": 2, "fvc_l": 3')
            .encode()
        ),
        "'fvc_l' is written twice",
    ),
    "wrong types everywhere": (
        lambda: json.dumps({"cases": [one_case(date=7), 3, None, [], {"id": {}}, {"id": "x"}]}).encode(),
        "id is missing",
    ),
    "cut off": (lambda: b'{"cases": [{"id": "a"', "is not JSON"),
    "no text": (lambda: b"\xff\xfe\x00", "not UTF-8 text"),
}
RULES: dict[str, Case] = {
    "huge": (lambda: b"id,item\n" + b"x" * 1_200_000, "too large"),
    "an open quote": (lambda: b'id,item\n1,"' + b"a\n" * 100_000, "lacks the columns"),
    "no text": (lambda: b"\xff\xfe\x00", "not UTF-8 text"),
}


def one_case(**test: Any) -> dict[str, Any]:
    """A worked case with two tests of which one is odd."""
    sound = {"date": "2024-01-10", "fvc_l": 3.0}
    return {
        "id": "odd",
        "criterion": "REVIEW_FVC_DECLINE",
        "as_of": "2025-03-01",
        "patient": {"sex": "F", "birth_date": "1960-01-01", "height_cm": 165},
        "tests": [sound, {**sound, "date": "2025-01-10", **test}],
    }


def slot(**changed: Any) -> dict[str, Any]:
    plain = {
        "slot_id": "1",
        "kind": "passphrase",
        "login": "amsel",
        "cost": {"memory_kib": 8192, "passes": 1, "lanes": 1},
        "salt": "00" * 16,
        "nonce": "00" * 12,
        "wrapped": "00" * 48,
    }
    return {**plain, **changed}


def keys(*slots: dict[str, Any], **changed: Any) -> bytes:
    plain = {"format": "ctdild-keys", "version": 1, "db_id": "0" * 32, "slots": list(slots), "mac": "00" * 32}
    return json.dumps({**plain, **changed}).encode()


KEYS: dict[str, Case] = {
    "huge": (lambda: keys() + b" " * 1_000_000, "not a file of registry keys"),
    "deep": (lambda: b"[" * 900_000, "damaged"),
    "a version beyond numbers": (lambda: keys(version=float("inf")), "damaged"),
    "a cost beyond numbers": (lambda: keys(slot(cost={"memory_kib": float("inf")})), "damaged"),
    "a cost of a hundred gigabytes": (lambda: keys(slot(cost={"memory_kib": 10**8})), "damaged"),
    "a cost of a million passes": (lambda: keys(slot(cost={"passes": 10**6})), "damaged"),
    "a cost of nothing": (lambda: keys(slot(cost={"memory_kib": 8, "passes": 1, "lanes": 1})), "damaged"),
    "a negative cost": (lambda: keys(slot(cost={"passes": -1})), "damaged"),
    "a cost of another kind": (lambda: keys(slot(cost={"fuel": 1})), "damaged"),
    "no salt": (lambda: keys(slot(salt="")), "damaged"),
    "a short nonce": (lambda: keys(slot(nonce="00")), "damaged"),
    "an endless salt": (lambda: keys(slot(salt="00" * 200_000)), "damaged"),
    "two slots of one login": (lambda: keys(slot(), slot(slot_id="2")), "damaged"),
    "slots that are text": (lambda: keys(slots="abc"), "damaged"),
    "a list": (lambda: b"[1, 2]", "damaged"),
    "a later form": (lambda: keys(version=99), "newer version"),
    "no text": (lambda: b"\xff\xfe\x00", "damaged"),
}


def backup(changed: dict[str, bytes] | None = None, *, kind: int = zipfile.ZIP_STORED) -> bytes:
    """An archive of three members with the right names and nothing sound in them."""
    members = {"registry.ctdild": b"x" * 4096, "registry.ctdild.keys": keys(slot()), "manifest.json": b"{}"}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, content in {**members, **(changed or {})}.items():
            archive.writestr(name, content)
    return out.getvalue()


def manifest(**changed: Any) -> bytes:
    plain = {
        "format": "ctdild-backup",
        "version": 1,
        "made_at": "2026-03-12T10:00:00+00:00",
        "revision": "x",
        "db_id": "0" * 32,
        "head": "0-none",
        "counts": {},
        "sha256": {},
        "mac": "",
    }
    return backup({"manifest.json": json.dumps({**plain, **changed}).encode()})


def with_size(data: bytes, name: bytes, size: int) -> bytes:
    """The archive with a member that claims another size than it has."""
    changed = bytearray(data)
    at = changed.rfind(name) - 46
    changed[at + 24 : at + 28] = struct.pack("<L", size)
    return bytes(changed)


def moved(data: bytes) -> bytes:
    """The archive whose end says that its list of contents begins later than it does."""
    changed = bytearray(data)
    at = changed.rfind(b"PK\x05\x06") + 16
    (start,) = struct.unpack("<L", changed[at : at + 4])
    changed[at : at + 4] = struct.pack("<L", start + 100)
    return bytes(changed)


BACKUPS: dict[str, Case] = {
    "endless contents": (lambda: endless_contents(900_000), "not a backup"),
    "a member too many": (lambda: backup({"../../evil": b"x"}), "not a backup"),
    "a foreign member": (lambda: backup({"letter.txt": b"x"}), "not a backup"),
    "members of one name": (lambda: backup({"Manifest.json": b"{}"}), "not a backup"),
    "swelling members": (
        lambda: backup({"manifest.json": bytes(100_000_000)}, kind=zipfile.ZIP_DEFLATED),
        "not a backup",
    ),
    "an unusual packing": (lambda: backup(kind=zipfile.ZIP_LZMA), "not a backup"),
    "encrypted members": (lambda: flagged_encrypted(backup()), "not a backup"),
    "a size that is none": (
        lambda: with_size(backup(), b"registry.ctdild.keys", 2_000_000_000),
        "not a backup",
    ),
    "a deep manifest": (lambda: backup({"manifest.json": b"[" * 900_000}), "not a backup"),
    "a huge manifest": (lambda: backup({"manifest.json": b" " * 1_100_000 + b"{}"}), "not a backup"),
    "a version beyond numbers": (lambda: manifest(version=float("inf")), "newer version"),
    "a count beyond numbers": (lambda: manifest(counts={"patient": float("inf")}), "not a backup"),
    "counts that are a list": (lambda: manifest(counts=[1]), "not a backup"),
    "no digests": (manifest, "was changed"),
    "members before the beginning": (lambda: moved(backup()), "not a backup"),
    "only the beginning": (lambda: backup()[:3000], "not a backup"),
    "no archive": (lambda: b"PK" + bytes(5000), "not a backup"),
}
ALL = {
    f"{name}{ending}": case
    for ending, cases in (
        (".toml", MAPPINGS),
        (".settings", SETTINGS),
        (".json", CASES),
        (".csv", RULES),
        (".keys", KEYS),
        (".ctdild-backup", BACKUPS),
    )
    for name, case in cases.items()
}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Measured]]:
    """Every file read once, each in a process of its own."""
    folder = tmp_path_factory.mktemp("hostile")
    files = []
    for name, (make, _) in ALL.items():
        files.append(folder / name)
        files[-1].write_bytes(make())
    yield measure(f"{__name__}:read", files)
    for file in files:
        file.unlink()


@pytest.mark.parametrize("name", ALL)
def test_i1_a_hostile_file_is_refused_in_words_soon_and_in_little_memory(
    measured: dict[str, Measured], name: str
) -> None:
    found = measured[name]
    assert ALL[name][1] in found.said, found
    settings = ("SettingsError", "NoSettingsError")
    told = (*settings, "FormatError", "UserError", "RefusedError", "DamagedError", "NewerError", "[")
    assert found.said.startswith(told), found
    assert found.seconds <= MOST_SECONDS, found
    assert found.megabytes <= MOST_MEGABYTES, found
