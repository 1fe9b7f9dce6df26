"""``ctdild evaluate``: worked cases of a file, answered by the engine that answers for the registry."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ctdild_desktop.cli import common
from ctdild_desktop.cli.assess import evidence_document
from ctdild_desktop.interchange.source import read_text

if TYPE_CHECKING:
    from ctdild_desktop.clinical.case_inputs import ToolAnswer
    from ctdild_desktop.clinical.verdict import Assessment, Caution

_SCHEMA = 1
_LONGEST_INTEGER = 30
_LARGEST_FILE = 8 * 1024 * 1024
_MOST_CASES = 100_000
_GREATEST_EXPONENT = 1000


def add(commands: common.Commands) -> None:
    """Add the command."""
    parser = common.add_command(
        commands,
        "evaluate",
        _answer,
        summary="answer worked cases of a file by the same engine, without a registry",
        description=(
            'The file is JSON: {"schema_version": 1, "cases": [...]}. Each case has an id, a criterion, and '
            "either the records of one invented patient with an as_of date or the inputs of a calculator. "
            "A case that cannot be read gets an error in words; the others are answered."
        ),
        examples=("ctdild evaluate cases.json --json",),
        unlocks=False,
    )
    parser.add_argument("cases", metavar="CASES.json", type=Path, help="file of worked cases")
    common.add_json(parser)


def _answer(args: argparse.Namespace) -> int:
    results = [result_of(case) for case in read_cases(args.cases)]
    if args.json:
        common.print_json({"results": results})
    else:
        for result in results:
            _print(result)
    wrong = sum("error" in result for result in results)
    if wrong:
        common.say(f"{wrong} of {len(results)} cases could not be read.")
    return 0


def read_cases(path: Path) -> Sequence[object]:
    """The cases of a file, numbers as the exact decimals that are written there.

    Raises:
        FormatError: the file cannot be read, is too large or is no text.
        UserError: it is not JSON, or holds no list of cases.
    """
    text = read_text(path, max_bytes=_LARGEST_FILE)
    try:
        document = json.loads(
            text,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=Decimal,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise common.UserError(f"{path} is not JSON: line {error.lineno}, {error.msg.lower()}.") from None
    except RecursionError:
        raise common.UserError(f"{path} is nested too deeply to be a file of cases.") from None
    if not isinstance(document, dict) or not isinstance(document.get("cases"), list):
        raise common.UserError(f'{path} holds no list named "cases".')
    if document.get("schema_version", _SCHEMA) != _SCHEMA:
        raise common.UserError(f"{path} is not of schema version {_SCHEMA}, the one that is read here.")
    cases: list[object] = document["cases"]
    if len(cases) > _MOST_CASES:
        raise common.UserError(f"{path} holds more than {_MOST_CASES:,} cases.")
    return cases


class _Ambiguous(dict[str, object]):
    """A JSON object with a key that was written twice; which of the two is meant is not guessed."""

    twice: str = ""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    odd, counted = _Ambiguous(made), Counter(name for name, _ in pairs)
    odd.twice = next(name for name, number in counted.items() if number > 1)
    return odd


def _written_twice(case: object) -> str | None:
    """The first key that is written twice anywhere in a case."""
    waiting = [case]
    while waiting:
        item = waiting.pop()
        if isinstance(item, _Ambiguous):
            return item.twice
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    return None


def _decimal(text: str) -> Decimal:
    """A number as written; one too long to be a measurement is kept as not a number."""
    if len(text) > _LONGEST_INTEGER:
        return Decimal("NaN")
    number = Decimal(text)
    return number if abs(number.adjusted()) <= _GREATEST_EXPONENT else Decimal("NaN")


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= _LONGEST_INTEGER else Decimal("NaN")


def result_of(case: object) -> dict[str, Any]:
    """What is printed of one case: its answer, or ``error`` in words."""
    from ctdild_desktop.clinical.cases import CaseError, answer_case
    from ctdild_desktop.clinical.verdict import Assessment

    named = case if isinstance(case, dict) else {}
    head = {"id": _plain(named.get("id")), "criterion": _plain(named.get("criterion"))}
    try:
        if not isinstance(head["id"], str) or not head["id"]:
            raise CaseError("id is missing or is not a text.")
        if (twice := _written_twice(case)) is not None:
            raise CaseError(f"{twice!r} is written twice in one place.")
        made = answer_case(case)
    except CaseError as error:
        return {**head, "error": str(error)}
    return {**head, **(_of_criterion(made) if isinstance(made, Assessment) else _of_tool(made))}


def _plain(value: object) -> str | int | None:
    """What a case calls itself, as it is printed back; whatever is no text and no whole number is not."""
    return value if isinstance(value, str) or type(value) is int else None


def _of_criterion(made: Assessment) -> dict[str, Any]:
    detail = {
        "title": made.title,
        "as_of": made.as_of,
        "window_months": made.window_months,
        "evidence": [evidence_document(item) for item in made.evidence],
        "warnings": _warnings(made.cautions),
        "source": made.source,
    }
    if made.on_ild_treatment is not None:
        detail["on_ild_treatment"] = made.on_ild_treatment
    return {
        "verdict": made.category or made.verdict,
        "because": [str(line) for line in made.because],
        "needs": [str(line) for line in made.needs],
        "domains": {domain.name: domain.verdict for domain in made.domains},
        "detail": detail,
    }


def _of_tool(made: ToolAnswer) -> dict[str, Any]:
    return {
        **made.outcome,
        "because": [str(line) for line in made.because],
        "needs": [str(line) for line in made.needs],
        "domains": {},
        "detail": {**made.figures, "warnings": _warnings(made.cautions), "source": made.source},
    }


def _warnings(cautions: Sequence[Caution]) -> list[dict[str, str]]:
    return [{"code": item.code, "text": str(item.text)} for item in cautions]


def _print(result: dict[str, Any]) -> None:
    name = f"{result['id'] or '(no id)'} {result['criterion'] or '(no criterion)'}"
    if "error" in result:
        print(f"{name}: not read. {result['error']}")
        return
    answer = result.get("verdict", result.get("grade", result.get("score")))
    print(f"{name}: {answer}")
    for line in result["because"]:
        print(f"  {line}")
    for line in result["needs"]:
        print(f"  needs {line}")
    for warning in result["detail"]["warnings"]:
        print(f"  {warning['text']}")
