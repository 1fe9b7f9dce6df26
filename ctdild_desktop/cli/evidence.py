"""``ctdild evidence``: the library of statements, searched without a registry."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ctdild_desktop.cli import common

if TYPE_CHECKING:
    from ctdild_desktop.clinical.evidence import Claim
    from ctdild_desktop.clinical.evidence_search import Asked

_FACETS = ("disease", "pattern", "drug", "outcome", "harm", "kind", "check")


def add(commands: common.Commands) -> None:
    """Add the command."""
    parser = common.add_command(
        commands,
        "evidence",
        _answer,
        summary="search the statements of the source review and what was published since",
        description=(
            "Words are found without accents and capitals, each of them must be there, and what has them in "
            "the statement comes first. A code that is not known is answered with those that are. With a "
            "disease and a drug it is said when the review has no study of it. --coverage tells this for "
            "every drug and disease that the review names. It states what was found; it advises nothing."
        ),
        examples=(
            "ctdild evidence --search 'rituximab infection'",
            "ctdild evidence --disease RA --drug azathioprine --json",
            "ctdild evidence --coverage",
        ),
        unlocks=False,
    )
    parser.add_argument("--search", metavar="TEXT", default="", help="words of a statement, a study, a drug")
    for name in _FACETS:
        parser.add_argument(f"--{name}", metavar="CODE", default="", help=f"only statements with this {name}")
    parser.add_argument("--coverage", action="store_true", help="how much there is of each drug and disease")
    common.add_json(parser)


def _answer(args: argparse.Namespace) -> int:
    if args.coverage:
        return _coverage(as_json=args.json)
    from ctdild_desktop.clinical import evidence_gaps, evidence_search

    asked = _asked(args)
    found = evidence_search.find(asked)
    gap = evidence_gaps.gap_words(asked.disease, asked.drug) if asked.disease and asked.drug else ""
    if args.json:
        common.print_json(
            {"asked": asdict(asked), "gap": gap or None, "claims": [document_of(one) for one in found]}
        )
        return 0
    if gap:
        print(gap)
    for one in found:
        _print(one)
    common.say("1 statement." if len(found) == 1 else f"{len(found)} statements.")
    return 0


def _asked(args: argparse.Namespace) -> Asked:
    from ctdild_desktop.clinical import evidence_search

    known: dict[str, Sequence[tuple[str, str]]] = {
        "disease": evidence_search.disease_choices(),
        "pattern": evidence_search.pattern_choices(),
        "drug": evidence_search.drug_choices(),
        "outcome": evidence_search.outcome_choices(),
        "harm": evidence_search.harm_choices(),
        "kind": evidence_search.kind_choices(),
        "check": evidence_search.check_choices(),
    }
    given: dict[str, str] = {}
    for name in _FACETS:
        code = getattr(args, name)
        codes = [choice for choice, _words in known[name]]
        if name == "drug" and code:
            code = code if code in codes else evidence_search.choice_of_drug(code) or f"@{code}"
        if code and code not in codes:
            listed = ", ".join(choice.removeprefix("@") for choice in codes)
            raise common.UserError(f"--{name} {getattr(args, name)} is not known; known are {listed}.")
        given[name] = code
    return evidence_search.Asked(text=args.search, **given)


def document_of(one: Claim) -> dict[str, Any]:
    """A claim as JSON; lists of codes, lines as pairs of the first and the last."""
    return {**asdict(one), "lines": [list(span) for span in one.lines], "after_review": one.after_review}


def _print(one: Claim) -> None:
    from ctdild_desktop.clinical import evidence_words

    print(f"{one.id}  {one.statement}")
    for words in (evidence_words.detail(one), evidence_words.place(one)):
        if words:
            print(f"      {words}")
    if one.superseded_by:
        print(f"      changed by {one.superseded_by}")


def _coverage(*, as_json: bool) -> int:
    from ctdild_desktop.clinical import evidence_gaps

    cells = [cell for row in evidence_gaps.matrix() for cell in row]
    if as_json:
        common.print_json({"coverage": [asdict(cell) for cell in cells]})
        return 0
    for cell in cells:
        drug = cell.drug.removeprefix("@")
        told = evidence_gaps.gap_words(cell.disease, cell.drug) or ", ".join(cell.studies)
        counted = f"{len(cell.studies):2} studies {len(cell.claims):2} statements"
        print(f"{cell.disease:5} {drug:20} {counted}  {told}")
    return 0
