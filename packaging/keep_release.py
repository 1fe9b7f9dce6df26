"""Keep a registry of this version for the tests: ``tests/data/released/VERSION``, with every kind of record.

Run once for each release, with the program that is released; a later program must open, upgrade and restore
what is kept. All people in it are invented, and its passphrase is :func:`passphrase`.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RELEASED = ROOT / "tests" / "data" / "released"
LOGIN, OTHER = "keeper", "specht"
NAME = "clinic.ctdild"
_NOW = dt.datetime(2026, 3, 12, 10, 0, tzinfo=dt.UTC)
_PATIENTS = 3
_MOST = 3
"""Records of one kind that are kept of a patient: the registry shall be small."""
_MESSAGE = (
    ("3000", "NOBODY-1"),
    ("3101", "Erfunden"),
    ("3102", "Ada"),
    ("3103", "12031958"),
    ("3110", "2"),
    ("8402", "LUFU01"),
    ("8432", "06032026"),
    ("8410", "FVC"),
    ("8420", "2.31"),
    ("8421", "L"),
)


def passphrase(version: str) -> str:
    """What opens the registry that is kept of a version."""
    return f"kept of release {version}"


def keep(version: str, place: Path) -> None:
    """Make the folder of a version; one that is there is an error, because what is kept is never changed."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as workshop:
        made = Path(workshop) / version
        made.mkdir()
        _make(made, version)
        shutil.copytree(made, place)


def _make(folder: Path, version: str) -> None:
    from ctdild_desktop.registry.archive import read_manifest
    from ctdild_desktop.registry.keystore import CHEAPEST
    from ctdild_desktop.services import access, people, upkeep
    from ctdild_desktop.services.demo import fill, hold_meetings

    desk, _code = access.create_registry(
        folder / NAME,
        login=LOGIN,
        display_name="K. Eeper",
        passphrase=passphrase(version),
        clock=lambda: _NOW,
        cost=CHEAPEST,
    )
    records = tuple(_few())
    fill(desk, records)
    hold_meetings(desk, records)
    people.add_person(
        desk, login=OTHER, name="T. Specht", role="recorder", passphrase="words for one day", cost=CHEAPEST
    )
    _erase_one(desk)
    mapping = _keep_lists(desk, records[0].patient.id)
    code = people.rotate_keys(desk, cost=CHEAPEST).value
    shutil.rmtree(folder / "backups")
    desk.registry.backend.scrub()
    made = upkeep.backup(desk, folder / f"{Path(NAME).stem}.ctdild-backup").value
    desk.close()
    (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
    _keep_settings(folder / "settings.toml")
    told = {
        "version": version,
        "login": LOGIN,
        "recovery_code": code,
        "backup_head": read_manifest(made)[0].head,
        **_facts(folder / NAME, version),
    }
    (folder / "kept.json").write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    for left in (f"{NAME}.attempts", f"{NAME}-wal", f"{NAME}-shm"):
        (folder / left).unlink(missing_ok=True)


def _few() -> Iterator[Any]:
    """Invented patients with something of every kind of record, and not much of any."""
    from ctdild_desktop.services.demo import invent

    for record in invent(_PATIENTS, seed=1):
        parts = {
            name: getattr(record, name)[-_MOST:] for name in ("labs", "serology", "hrct", "tests", "pros")
        }
        files = sorted(record.attachments, key=lambda file: file.size_bytes)[:1]
        yield replace(record, **{**parts, "attachments": tuple(files)})


def _erase_one(desk: Any) -> None:
    """A person who was erased: what is left of that is a row as well."""
    from ctdild_desktop.clinical.records import Patient
    from ctdild_desktop.services import erasure, patients

    added = patients.add_patient(desk, Patient(id="", mrn="GONE-1", family_name="Verweht")).value
    erasure.erase(desk, added.id, basis=erasure.BASES[1], reason="asked on 2026-03-01", typed_mrn="GONE-1")


def _keep_lists(desk: Any, patient_id: str) -> str:
    """Everything that belongs to the clinic and not to a patient's record; returns the mapping's text."""
    from ctdild_desktop.bundled import resources
    from ctdild_desktop.clinical.criteria.user_threshold import (
        Comparator,
        ThresholdBasis,
        ThresholdMeasure,
    )
    from ctdild_desktop.interchange.mapping import parse_mapping, write_mapping
    from ctdild_desktop.interchange.source import source_of
    from ctdild_desktop.services import (
        drafts,
        import_mappings,
        inbox,
        letter_templates,
        site_criteria,
        snoozes,
        today,
    )
    from ctdild_desktop.services.cohort import saved_questions

    mapping = parse_mapping((resources() / "demo" / "sample_mapping.toml").read_text(encoding="utf-8"))
    import_mappings.save_mapping(desk, mapping)
    saved_questions.save_query(desk, "Women", "sex = F")
    letter_templates.save_template(desk, "referrer", "An invented letter.")
    threshold = site_criteria.ThresholdDraft(
        name="Own fall",
        measure=ThresholdMeasure.FVC,
        basis=ThresholdBasis.RELATIVE,
        comparator=Comparator.AT_LEAST,
        amount=Decimal("7.50"),
        window_months=12,
    )
    site_criteria.set_threshold(desk, threshold)
    inbox.receive(desk, [source_of("erfunden.gdt", _gdt())], "window")
    groups = today.work_list(desk).groups.values()
    row = next(row for rows in groups for row in rows if row.item)
    snoozes.put_off(desk, row, desk.today() + dt.timedelta(days=7), "asked for by telephone")
    drafts.save_draft(desk, "pft", patient_id, {"fvc_l": "2,31", "comment": "half a wo"})
    drafts.save_draft(desk, "new_patient", None, {"mrn": "1234", "family_name": "Begonn"})
    return write_mapping(mapping)


def _gdt() -> bytes:
    def line(field: str, content: str) -> bytes:
        return f"{len(content) + 9:03d}{field}{content}\r\n".encode("ascii")

    body = b"".join(line(*one) for one in _MESSAGE)
    head = line("8000", "6310")
    return head + line("8100", f"{len(head) + len(body) + 16:07d}") + body


def _keep_settings(file: Path) -> None:
    """A settings file in which nothing is left as the program brings it."""
    from ctdild_desktop import config
    from ctdild_desktop.place import Place

    site = config.SiteSettings(
        dlco_unit="mmol/min/kPa",
        hb_unit="g/dL",
        date_style="yyyy-mm-dd",
        decimal_mark=",",
        language="es",
        lung_names="CVF",
        gas_name="TLCO",
        theme="dark",
    )
    config.save(
        config.Settings(
            registry=Path("/srv/clinic") / NAME,
            login=LOGIN,
            recent=(Place(path=Path("/srv/clinic") / NAME),),
            site=site,
            upkeep=config.UpkeepSettings(copy_folder=Path("/srv/copies"), backup_minutes=45, lock_minutes=10),
            inbox=config.InboxSettings(folder=Path("/srv/devices"), watching=True),
            plot=("band", "epochs"),
        ),
        file,
    )


def _facts(path: Path, version: str) -> dict[str, Any]:
    from ctdild_desktop.registry import schema
    from ctdild_desktop.registry.registry import Registry

    registry = Registry.open(path, LOGIN, passphrase(version))
    try:
        found = registry.verify()
        if not found["ok"]:
            sys.exit(f"what was made does not verify: {found['checks']}")
        return {"revision": schema.REVISION, "head": found["head"], "counts": registry.counts()}
    finally:
        registry.close()


def main() -> None:
    """Keep the present version."""
    sys.path.insert(0, str(ROOT))
    from ctdild_desktop import __version__

    place = RELEASED / __version__
    if place.exists():
        sys.exit(f"{place.relative_to(ROOT)} is there; what was kept of a release is never changed")
    keep(__version__, place)
    size = sum(file.stat().st_size for file in place.iterdir())
    print(f"{place.relative_to(ROOT)}: {size // 1024} KB")


if __name__ == "__main__":
    main()
