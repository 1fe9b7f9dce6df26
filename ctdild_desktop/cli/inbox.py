"""``ctdild inbox``, and the import that keeps what it cannot decide there."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ctdild_desktop.cli import common

if TYPE_CHECKING:
    from ctdild_desktop.services.inbox_messages import Message


def add(commands: common.Commands) -> None:
    """Add the command."""
    parser = common.add_command(
        commands,
        "inbox",
        _answer,
        summary="list the messages of devices and laboratories that wait for a person",
        description=(
            "Messages come into the inbox from the watched folder of a workstation, from the window, or by "
            "import --to-inbox. Each line says who the message says it is and why it waits. A person decides "
            "in the window; nothing is decided here."
        ),
        examples=("ctdild inbox", "ctdild inbox --all --json"),
    )
    parser.add_argument("--all", action="store_true", help="those too that were decided, the latest 200")
    common.add_json(parser)


def _answer(args: argparse.Namespace) -> int:
    from ctdild_desktop.services import events, inbox_messages

    with common.opened(args) as desk:
        found = inbox_messages.listing(desk)
        shown = [message for message in found if args.all or message.state.open]
        people = {person for message in shown for person in message.said.people}
        events.note(desk, "listed", what="ctdild inbox", patients=str(len(people)))
    if args.json:
        common.print_json([message.as_json() for message in shown])
        return 0
    for message in shown:
        print(_line(message))
    if not shown:
        print("No message waits.")
    return 0


def _line(message: Message) -> str:
    says = message.said.who or "nobody"
    told = message.why or ("beyond doubt" if message.ready else message.reason)
    state = message.state.value.replace("_", " ")
    return (
        f"{message.received_at:%Y-%m-%d %H:%M}  {state}  {message.said.name}: says {says}"
        + f"; {told}" * bool(told)
    )


def import_or_keep(args: argparse.Namespace) -> int:
    """``ctdild import --to-inbox``: tables as always, messages into the registry or the inbox.

    Raises:
        UsageError: an option does not go with it.
    """
    from ctdild_desktop.interchange.clinic_files import Kinds
    from ctdild_desktop.interchange.reading import message_format
    from ctdild_desktop.interchange.source import read_source
    from ctdild_desktop.services import import_mappings, imports, scheduled_import

    if args.dry_run or args.patient or args.accept_valid_rows or args.format != "auto":
        raise common.UsageError(
            "--to-inbox goes with none of --dry-run, --patient, --accept-valid-rows and --format."
        )
    sources = [read_source(path) for path in args.files]
    messages = [source for source in sources if message_format(source)]
    tables = [path for path, source in zip(args.files, sources, strict=True) if not message_format(source)]
    documents: dict[str, list[dict[str, Any]]] = {}
    refused = []
    with common.opened(args) as desk, common.progress() as progress:
        mapping = import_mappings.load_mapping(desk, args.mapping) if args.mapping else None
        if tables:
            kinds = Kinds(every=tuple(dict.fromkeys(args.table)))
            done = imports.run_import(desk, tables, mapping, kinds=kinds, progress=progress)
            for file in done.value.files:
                documents.setdefault(file.file, []).append({**file.as_json(), "inbox": None, "inbox_why": ""})
                refused += [] if file.imported else [file.file]
        kept = scheduled_import.import_or_keep(desk, messages) if messages else ()
    for one in kept:
        documents.setdefault(one.report.file, []).append(one.as_json())
    if args.json:
        common.print_json([documents[source.name].pop(0) for source in sources])
    taken = sum(one.state.value == "taken" for one in kept)
    for one in kept:
        if one.why:
            common.say(f"{one.report.file} waits in the inbox: {one.why}.")
    if kept:
        common.say(f"{taken} of {len(kept)} messages are in the registry; the others are in the inbox.")
    if refused:
        common.say(f"Not imported because of rejected rows: {', '.join(refused)}.")
    return 1 if refused else 0
