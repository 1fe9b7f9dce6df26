"""Any file that can be imported: what it is by its content, and its neutral records."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Dictionary

from ctdild_desktop.interchange.clinic_files import Kinds, read_tables
from ctdild_desktop.interchange.errors import FormatError
from ctdild_desktop.interchange.fhir import is_fhir, read_fhir
from ctdild_desktop.interchange.gdt import read_gdt
from ctdild_desktop.interchange.gdt_lines import is_gdt
from ctdild_desktop.interchange.hl7 import read_hl7
from ctdild_desktop.interchange.hl7_segments import is_hl7
from ctdild_desktop.interchange.mapping import Mapping
from ctdild_desktop.interchange.ndd import is_ndd, read_ndd
from ctdild_desktop.interchange.records import Step, TestTable
from ctdild_desktop.interchange.report_files import read_to_confirm, report_format
from ctdild_desktop.interchange.source import Source
from ctdild_desktop.interchange.winspiro import is_winspiro, read_winspiro
from ctdild_desktop.language import say

TABLES = ("csv", "xlsx")
_MESSAGES: Dictionary[str, tuple[Callable[[bytes], bool], Callable[[Source], TestTable]]] = {
    "gdt": (is_gdt, read_gdt),
    "hl7": (is_hl7, read_hl7),
    "fhir": (is_fhir, read_fhir),
    "ndd": (is_ndd, read_ndd),
    "winspiro": (is_winspiro, read_winspiro),
}
FORMATS = ("auto", *TABLES, *_MESSAGES)
"""What a person may name; ``auto`` looks inside."""


def message_format(source: Source) -> str:
    """The format of a message of a device or a laboratory; empty for a table."""
    return next((name for name, (fits, _) in _MESSAGES.items() if fits(source.data)), "")


def read_file(
    source: Source,
    mapping: Mapping | None = None,
    *,
    file_format: str = "auto",
    kinds: Kinds | None = None,
    step: Step | None = None,
) -> TestTable:
    """The neutral records of a file; a mapping is for tables and is not used for messages.

    A report in text has none: it is confirmed by a person, and the table says so.

    Args:
        kinds: what a person says of the kinds of tables in it.
        step: called between pieces of a long table with how many rows are read, of how many, and what is
            being done; what it raises ends the reading.

    Raises:
        FormatError: the file cannot be read, or is not of the format that was named.
    """
    if file_format == "auto" and mapping is None and report_format(source):
        return read_to_confirm(source)
    found = message_format(source)
    if file_format in _MESSAGES and file_format != found:
        raise FormatError(
            say(
                "{name} is not {file_format}: it looks like {found}.",
                name=source.name,
                file_format=file_format,
                found=found or say("a table"),
            )
        )
    if step is not None:
        step(0, 0, say("Reading {name}", name=source.name))
    if found and file_format in {"auto", found}:
        return _MESSAGES[found][1](source)
    return read_tables(source, mapping, file_format=file_format, kinds=kinds, step=step)
