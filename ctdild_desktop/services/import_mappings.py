"""Mappings that are kept in the registry by name, or read from a file."""

from __future__ import annotations

from pathlib import Path

from ctdild_desktop.interchange.mapping import MAX_MAPPING_BYTES, Mapping, parse_mapping, write_mapping
from ctdild_desktop.interchange.source import read_text
from ctdild_desktop.language import say
from ctdild_desktop.services.desk import Change, ChangeSet, Desk, Done, RefusedError, for_everybody, requires
from ctdild_desktop.services.import_batch import IMPORTING


@requires(*IMPORTING, doing="importing")
def save_mapping(desk: Desk, mapping: Mapping) -> Done[Mapping]:
    """Keep a mapping under its name; one of the same name is replaced.

    Raises:
        RefusedError: the mapping has no name.
    """
    from sqlalchemy import select

    from ctdild_desktop.registry.models import MappingRow

    if not mapping.name.strip():
        raise RefusedError("Give the mapping a name to save it under.")
    now = desk.clock()
    with desk.registry.write(desk.login, f"import mapping {mapping.name}") as session:
        row = session.execute(select(MappingRow).where(MappingRow.name == mapping.name)).scalar_one_or_none()
        if row is None:
            row = MappingRow(name=mapping.name)
            session.add(row)
        row.toml, row.saved_at, row.saved_by = write_mapping(mapping), now, desk.login
    return Done(
        mapping, say("Saved mapping {name}.", name=mapping.name), ChangeSet(frozenset({Change.SETTINGS}))
    )


@for_everybody
def saved_mappings(desk: Desk) -> tuple[str, ...]:
    """The names of the saved mappings, in alphabetical order."""
    from sqlalchemy import select

    from ctdild_desktop.registry.models import MappingRow

    with desk.registry.read() as session:
        return tuple(sorted(session.execute(select(MappingRow.name)).scalars(), key=str.casefold))


@for_everybody
def load_mapping(desk: Desk, name_or_file: str | Path) -> Mapping:
    """A saved mapping by its name, else the mapping in a file.

    Raises:
        RefusedError: there is neither a saved mapping nor a file of that name.
        FormatError: the file is no usable mapping.
    """
    from sqlalchemy import select

    from ctdild_desktop.registry.models import MappingRow

    with desk.registry.read() as session:
        query = select(MappingRow.toml).where(MappingRow.name == str(name_or_file))
        text = session.execute(query).scalar_one_or_none()
    if text is not None:
        return parse_mapping(text)
    path = Path(name_or_file)
    if not path.is_file():
        raise RefusedError(
            say("There is no saved mapping and no file named {name_or_file}.", name_or_file=name_or_file)
        )
    return read_mapping(path)


def read_mapping(path: Path) -> Mapping:
    """The mapping in a TOML file; raises FormatError when it cannot be read or used."""
    return parse_mapping(read_text(path, max_bytes=MAX_MAPPING_BYTES))
