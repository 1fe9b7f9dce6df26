"""Whatever a file holds, its reader answers or refuses with its own error; nothing else comes out.

A hundred examples each; ``pytest tests/attacks/test_fuzz.py --hypothesis-profile long`` tries many more.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctdild_desktop import config, unpacking
from ctdild_desktop.cli import common
from ctdild_desktop.cli.evaluate import read_cases, result_of
from ctdild_desktop.clinical.due.table import RuleError, default_table, parse_rules
from ctdild_desktop.interchange.clinic_fields import fields_of
from ctdild_desktop.interchange.clinic_files import Kinds, read_tables
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.fields import fields
from ctdild_desktop.interchange.mapping import Mapping, TableMapping, parse_mapping, write_mapping
from ctdild_desktop.interchange.source import source_of
from ctdild_desktop.place import Place, PlaceError
from ctdild_desktop.registry import swap
from ctdild_desktop.registry.archive import read_manifest
from ctdild_desktop.registry.errors import RegistryError
from ctdild_desktop.registry.key_holder import FileHolder
from ctdild_desktop.registry.keystore import Keystore
from ctdild_desktop.registry.recovery import read_code
from ctdild_desktop.registry.registry import utc_now
from ctdild_desktop.registry.throttle import Throttle
from ctdild_desktop.services.desk import new_id
from ctdild_desktop.services.import_clinic import plan_set
from tests.attacks.test_other_files import backup, keys, manifest, one_case, slot
from tests.support import old_workbook
from tests.support.packing import SHEET, STRINGS, STYLES, TITLES, WORKBOOK, packed, sheet, strings, styles

CSV = (
    b"mrn,family_name,birth_date,sex,height_cm,test_date,fvc_l,dlco,dlco_unit,mmrc,comment\n"
    b'P1,"Holm, Ada",1958-03,F,164,2024-05-06,2.31,12.5,mL/min/mmHg,1,"two\nlines"\n'
    b"P2,Berg,,M,,06.05.2024,NA,,,,\n"
)
DATED = (
    '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" s="1"><v>45000</v></c>'
    '<c r="C2"><f>1</f><v>2</v></c></row>'
)
BOOK = {
    SHEET: sheet(
        TITLES.replace(
            "</row>",
            '<c r="B1" t="inlineStr"><is><t>test_date</t></is></c>'
            '<c r="C1" t="inlineStr"><is><t>fvc_l</t></is></c></row>',
        )
        + DATED
    ),
    STRINGS: strings("<si><t>P1</t></si>"),
    STYLES: styles('<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'),
    WORKBOOK: zipfile.ZipFile(io.BytesIO(packed())).read(WORKBOOK),
    "xl/_rels/workbook.xml.rels": zipfile.ZipFile(io.BytesIO(packed())).read("xl/_rels/workbook.xml.rels"),
}
MAPPING = write_mapping(
    Mapping(
        name="old sheet",
        prefix={"mrn": "A-"},
        columns={"mrn": "Pat", "fvc_l": "FVC (l)"},
        constants={"dlco_unit": "mL/min/mmHg"},
        values={"sex": {"w": "F"}},
    )
).encode()
CLINIC = {kind: text for kind, text in old_workbook.TABLES.items() if kind != "pft"}
_BESIDE = ("patients", "therapy")
TODAY = dt.date(2026, 3, 12)
SETTINGS = b'registry = "/tmp/a.ctdild"\nlogin = "anna"\n[site]\ntheme = "dark"\n[upkeep]\nlock_minutes = 5\n'
SAMPLES = st.sampled_from(
    [b"\0", b"\xff", b"\xc3\x28", b"9" * 40, b"1e999", b"-1", b"[", b"{", b'"', b"'", b"\n", b"<", b"&", b";"]
)


@st.composite
def spoilt(draw: st.DrawFn, *whole: bytes) -> bytes:
    """One of some sound contents with pieces taken out, doubled, exchanged and put in."""
    content = bytearray(draw(st.sampled_from(whole)))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(content)))
        end = min(len(content), at + draw(st.integers(0, 12)))
        piece = draw(st.one_of(SAMPLES, st.binary(max_size=6), st.just(bytes(content[at:end]) * 2)))
        content[at:end] = piece
    return bytes(content)


class UntoldError(Exception):
    """A refusal that is no sentence."""


def answered(read: Callable[[], object], *refusals: type[Exception]) -> None:
    """Read; a refusal must be one sentence on one line."""
    try:
        read()
    except refusals as error:
        text = str(error)
        if not text.endswith(".") or "\n" in text:
            raise UntoldError(text) from error


@given(st.one_of(spoilt(CSV), st.binary(max_size=300)))
def test_i2_a_table_of_any_bytes(data: bytes) -> None:
    answered(lambda: read_tables(source_of("tests.csv", data)), FormatError)


@given(spoilt(CSV, CSV.replace(b",", b";"), CSV.decode().encode("utf-16")), st.data())
def test_i2_a_table_under_any_mapping(data: bytes, drawn: st.DataObject) -> None:
    titles = st.sampled_from(["mrn", "test_date", "fvc_l", "comment", "nothing"])
    columns = drawn.draw(st.dictionaries(st.sampled_from(list(fields())), titles, max_size=4))
    with suppress(FormatError):
        mapping = Mapping(columns=columns)
        answered(lambda: read_tables(source_of("tests.csv", data), mapping), FormatError)


@given(st.sampled_from(list(BOOK)), st.data())
def test_i2_a_workbook_with_a_spoilt_part(part: str, drawn: st.DataObject) -> None:
    data = packed({**BOOK, part: drawn.draw(spoilt(BOOK[part]))})
    answered(lambda: read_tables(source_of("tests.xlsx", data)), FormatError)


@given(st.sampled_from(list(CLINIC)), st.data())
def test_i2_a_table_of_a_clinic_of_any_kind(kind: str, drawn: st.DataObject) -> None:
    """Read and planned, and shown as the preview shows it: whatever cannot be is a remark."""
    sound = CLINIC[kind].encode()
    data = drawn.draw(spoilt(sound, sound.replace(b",", b";")))

    def plan() -> None:
        table = read_tables(source_of(f"{kind}.csv", data))
        others = [read_tables(source_of(f"{name}.csv", CLINIC[name].encode())) for name in _BESIDE]
        found = plan_set([*others, table], {}, today=TODAY, new_id=new_id)
        for row in (row for each in found.plans for row in each.rows):
            assert row.readings or row.text

    answered(plan, FormatError)


@given(st.sampled_from(list(CLINIC)), st.data())
def test_i2_a_table_of_a_clinic_under_any_mapping(kind: str, drawn: st.DataObject) -> None:
    targets = st.sampled_from(list(fields_of(kind)))
    titles = st.sampled_from([*CLINIC[kind].partition("\n")[0].split(","), "nothing"])
    words = st.sampled_from(["yes", "2019", "2019-03-01", "rituximab", "1", "", "\0", "death"])
    part = TableMapping(
        columns=drawn.draw(st.dictionaries(targets, titles, max_size=4)),
        constants=drawn.draw(st.dictionaries(targets, words, max_size=3)),
        values=drawn.draw(st.dictionaries(targets, st.dictionaries(words, words, max_size=2), max_size=2)),
        only=drawn.draw(st.dictionaries(titles, st.tuples(words), max_size=1)),
    )
    with suppress(FormatError):
        mapping = Mapping(tables={kind: part})
        assert parse_mapping(write_mapping(mapping)) == mapping
        source = source_of("a.csv", CLINIC[kind].encode())
        answered(lambda: read_tables(source, mapping, kinds=Kinds(every=(kind,))), FormatError)


@given(spoilt(packed(BOOK)))
def test_i2_a_workbook_with_a_spoilt_archive(data: bytes) -> None:
    answered(lambda: read_tables(source_of("tests.xlsx", data)), FormatError)


@given(spoilt(packed(BOOK), backup()))
def test_i2_any_archive_is_opened_or_refused(data: bytes) -> None:
    def read() -> None:
        with unpacking.opened(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                archive.read(member)

    with suppress(unpacking.ArchiveError):
        read()


@given(st.one_of(spoilt(MAPPING), st.binary(max_size=200)))
def test_i2_any_mapping(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    answered(lambda: parse_mapping(text), FormatError)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@given(data=st.one_of(spoilt(SETTINGS), st.binary(max_size=200)))
def test_i2_any_settings(place: Path, data: bytes) -> None:
    file = place / "settings.toml"
    file.write_bytes(data)
    answered(lambda: config.load(file, environ={}), config.SettingsError)


_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.data())
def test_i2_any_case(drawn: st.DataObject) -> None:
    case: dict[str, Any] = one_case()
    for _ in range(drawn.draw(st.integers(0, 3))):
        where: Any = case
        while isinstance(where, (dict, list)) and where and drawn.draw(st.booleans()):
            keys_of = list(where) if isinstance(where, dict) else list(range(len(where)))
            inner = where[drawn.draw(st.sampled_from(keys_of))]
            if not isinstance(inner, (dict, list)):
                break
            where = inner
        if isinstance(where, dict):
            where[drawn.draw(st.sampled_from([*where, "extra"]))] = drawn.draw(_JSON)
        elif where:
            where[drawn.draw(st.integers(0, len(where) - 1))] = drawn.draw(_JSON)
    result = result_of(case)
    assert {"id", "criterion"} <= result.keys()
    assert ("error" in result) != ("because" in result)


@given(data=spoilt(json.dumps({"cases": [one_case()]}).encode()))
def test_i2_any_file_of_cases(place: Path, data: bytes) -> None:
    file = place / "cases.json"
    file.write_bytes(data)
    answered(lambda: [result_of(case) for case in read_cases(file)], common.UserError, FormatError)


@given(data=st.one_of(spoilt(keys(slot()), keys(slot(), slot(login="b"))), st.binary(max_size=200)))
def test_i2_any_key_slots(data: bytes) -> None:
    def read() -> None:
        store = Keystore.parse(FileHolder(Path("x.keys")), data)
        store.unlock("amsel", "not the passphrase")

    answered(read, RegistryError)


@given(data=st.one_of(spoilt(backup(), manifest()), st.binary(max_size=200)))
def test_i2_any_backup(place: Path, data: bytes) -> None:
    file = place / "offered.ctdild-backup"
    file.write_bytes(data)
    answered(lambda: read_manifest(file), RegistryError)


@given(
    plain=st.dictionaries(
        st.sampled_from(["format", "version", "made_at", "counts", "sha256", "head"]), _JSON
    )
)
def test_i2_any_manifest(place: Path, plain: dict[str, Any]) -> None:
    file = place / "manifest.ctdild-backup"
    file.write_bytes(manifest(**plain))
    answered(lambda: read_manifest(file), RegistryError)


@given(spoilt(default_table().encode()))
def test_i2_any_rule_table(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    answered(lambda: parse_rules(text), RuleError)


@given(st.one_of(st.text(max_size=60), st.text("postgresql+cy:/@?&=[]%0189ab.\\", max_size=60)))
def test_i2_any_address(text: str) -> None:
    answered(lambda: Place.parse(text), PlaceError)


_NOTE = json.dumps({"database": ".a.part", "keys": ".b.part", "aside": "a.replaced"}).encode()
_OWN = st.sampled_from(["a.ctdild", "a.ctdild.keys", "a.ctdild-wal", "../b", "b\0", "", ".", "b.ctdild"])


@given(
    data=st.one_of(
        spoilt(_NOTE),
        st.binary(max_size=60),
        st.dictionaries(st.sampled_from(["database", "keys", "aside"]), st.one_of(_OWN, _JSON)).map(
            lambda plain: json.dumps(plain).encode()
        ),
    )
)
def test_i2_any_note_of_a_restore_leaves_the_registry_where_it_is(place: Path, data: bytes) -> None:
    folder = place / "noted"
    folder.mkdir(exist_ok=True)
    present = {name: name.encode() for name in ("a.ctdild", "a.ctdild.keys", "a.ctdild-wal")}
    for name, content in present.items():
        (folder / name).write_bytes(content)
    swap.note_path(folder / "a.ctdild").write_bytes(data)
    answered(lambda: swap.finish(folder / "a.ctdild"), RegistryError)
    assert {name: (folder / name).read_bytes() for name in present} == present
    for file in folder.iterdir():
        file.unlink()


_MOMENT = "2026-03-12T10:00:00+00:00"
_TRIED = {
    "format": "ctdild-attempts",
    "db_id": "x",
    "failures": {"amsel": {"count": 7, "since": _MOMENT, "last": _MOMENT}},
}


@given(data=st.one_of(spoilt(json.dumps(_TRIED).encode()), st.binary(max_size=60)))
def test_i2_any_count_of_attempts(place: Path, data: bytes) -> None:
    file = place / "a.ctdild.attempts"
    file.write_bytes(data)
    throttle = Throttle(file, "x", utc_now)
    answered(lambda: throttle.seconds_left("amsel"), RegistryError)


@given(st.text(max_size=60))
def test_i2_any_recovery_code(text: str) -> None:
    answered(lambda: read_code(text), RegistryError)
