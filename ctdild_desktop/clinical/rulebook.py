"""The page of all clinical rules, made from the code and the tables that the program itself uses.

Nothing is written twice: definitions come from the docstrings of the functions that decide, figures from the
tables that they read. The page is kept in the project as ``docs/clinical-rules.md``.
"""

from __future__ import annotations

import ast
import csv
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from types import FunctionType, ModuleType

from ctdild_desktop import clinical
from ctdild_desktop.bundled import resources
from ctdild_desktop.clinical import (
    codes,
    evidence,
    limits,
    plausibility_labs,
    plausibility_measured,
    plausibility_procedure,
    reference,
    units,
)
from ctdild_desktop.clinical.criteria import CRITERIA
from ctdild_desktop.clinical.records import DlcoUnit
from ctdild_desktop.clinical.rulebook_criteria import sections

DOI = re.compile(r"""10\.\d{4,}/(?:[^\s,;:"'`()\[\]|]|\([^\s()]*\))+""")
"""A digital object identifier in running text; one with brackets inside is taken whole."""

_HEAD = """\
# Clinical rules

Every rule, threshold, formula and citation that the program uses. The rules state what a definition says.
They never advise a treatment, and nothing here replaces a local protocol.

**How to read this page.** [Criteria](#4-criteria-of-progression-and-response) are told one by one, each with
its source, its numbers, what happens when something is missing, and an example that the program answers.
The other chapters tell what is counted and how: what stands in `this type` is a name in the program, by which
a rule is found there. "A decision of the registry" marks what no publication says and the program had to
decide. Each identifier (doi) and short name of a source is in the [citations](#14-citations).

The page is made from the program's own code and tables by `packaging/generate_clinical_rules.py`, so that it
says what the program does."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter: the modules whose rules it tells, and the folders of tables that belong to them."""

    title: str
    modules: tuple[str, ...]
    """Names below ``ctdild_desktop.clinical``; a package stands for all its modules."""
    tables: tuple[str, ...] = ()
    """Tables below ``resources``; a folder stands for all its tables."""


_LISTS = ("diagnoses", "patterns", "antibodies")

CHAPTERS = (
    Chapter("Reference values", ("reference", "prediction", "derived")),
    Chapter("Dates and units", ("dates", "units")),
    Chapter("Which tests count", ("series", "haemoglobin", "comparability")),
    Chapter("Criteria of progression and response", ("criteria",)),
    Chapter("Course and probability", ("trajectory", "reference_choice", "student", "probability")),
    Chapter("Severity, prognosis and quality", ("severity", "goh", "spirometry_quality", "inputs")),
    Chapter("Dosing", ("dosing", "steroids"), ("dosing",)),
    Chapter("Toxicity", ("ctcae", "exposure", "safety"), ("ctcae", "codes/ae_terms.csv")),
    Chapter("Due list and safety monitoring", ("due",), ("due",)),
    Chapter(
        "Plausibility of entries",
        (
            *("absence", "code_fields", "typed_text", "limits"),
            *("plausibility", "plausibility_labs", "plausibility_measured", "plausibility_pft"),
            *("event_date", "plausibility_procedure", "plausibility_mdt", "lavage"),
            *("consent", "attached", "putting_off"),
        ),
    ),
    Chapter("Quality of a registry", ("core_set", "quality"), ("quality",)),
    Chapter("Diseases, patterns and antibodies", ("ipaf",), tuple(f"codes/{name}.csv" for name in _LISTS)),
)
"""The chapters in the order of the page."""

OUTSIDE = {
    "case_fields": "reading of worked cases",
    "case_inputs": "reading of worked cases",
    "cases": "reading of worked cases",
    "codes": "lists of words",
    "criteria.telling": "sentences of the criteria",
    "entry": "reading of typed text",
    "evidence": "the evidence library, a chapter of its own",
    "evidence_gaps": "what the evidence library lacks",
    "evidence_search": "asking the evidence library",
    "evidence_words": "the evidence library in words",
    "fast": "the same criteria on whole columns",
    "issues": "form of a finding",
    "lab_entry": "reading of typed results",
    "records": "form of the records",
    "remembering": "keeping of answers while one question is answered",
    "rulebook": "this page",
    "rulebook_criteria": "the criteria of this page in words",
    "verdict": "form of an answer",
    "wording": "dates and numbers in words",
}
"""Modules that hold no clinical rule of their own, and what they hold."""


def page() -> str:
    """The whole page as Markdown."""
    parts = [_HEAD, _contents()]
    for number, chapter in enumerate(CHAPTERS, start=1):
        parts.append(f"## {number}. {chapter.title}")
        parts += _tables_in_front(chapter)
        if "criteria" in chapter.modules:
            parts += [*sections(), "### How they are decided"]
        for name in chapter.modules:
            for module in modules(name):
                parts += _module(module)
        for name in chapter.tables:
            parts += _resource_tables(name)
    parts.append(f"## {len(CHAPTERS) + 1}. Evidence")
    parts += _evidence()
    parts.append(f"## {len(CHAPTERS) + 2}. Citations")
    parts += _citations()
    return "\n\n".join(parts) + "\n"


@cache
def module_names() -> tuple[str, ...]:
    """Names of all modules and packages of the clinical room, without the room's own name."""
    prefix = f"{clinical.__name__}."
    found = pkgutil.walk_packages(clinical.__path__, prefix)
    return tuple(sorted(entry.name.removeprefix(prefix) for entry in found))


def modules(name: str) -> Iterator[ModuleType]:
    """A module by its name in the clinical room; for a package, it and all its modules."""
    for known in module_names():
        if known not in OUTSIDE and (known == name or known.startswith(f"{name}.")):
            yield importlib.import_module(f"{clinical.__name__}.{known}")


def public_functions(module: ModuleType) -> tuple[FunctionType, ...]:
    """The public functions that a module itself defines, in the order of their text."""
    found: list[FunctionType] = []
    for name, entry in vars(module).items():
        value = inspect.unwrap(entry) if callable(entry) else entry
        if isinstance(value, FunctionType) and value.__module__ == module.__name__ and name[0] != "_":
            found.append(value)
    return tuple(sorted(found, key=lambda one: one.__code__.co_firstlineno))


def _contents() -> str:
    titles = [*(chapter.title for chapter in CHAPTERS), "Evidence", "Citations"]
    anchors = (f"{number}-{title.lower()}" for number, title in enumerate(titles, start=1))
    listed = zip(titles, anchors, strict=True)
    return "\n".join(
        f"{number}. [{title}](#{re.sub(r'[^a-z0-9 -]', '', anchor).replace(' ', '-')})"
        for number, (title, anchor) in enumerate(listed, start=1)
    )


def _tables_in_front(chapter: Chapter) -> list[str]:
    if chapter.title == CHAPTERS[0].title:
        return [_reference_sets()]
    if "units" in chapter.modules:
        return [_units()]
    if "criteria" in chapter.modules:
        return [_criteria()]
    if "steroids" in chapter.modules:
        return [_steroids()]
    return [_limits()] if "limits" in chapter.modules else []


def _reference_sets() -> str:
    rows = [
        (one.id, one.title, one.version, f"{one.youngest:g}–{one.oldest:g} years", one.citation, one.doi)
        for one in map(reference.publication, reference.known_sets())
    ]
    return table(("set", "title", "version", "ages", "publication", "doi"), rows)


def _units() -> str:
    rows = []
    for quantity in units.quantities():
        accepted = [f"{unit} × {factor}" for unit, factor in units.accepted(quantity)]
        rows.append((quantity.replace("_", " "), units.stored_unit(quantity), "; ".join(accepted)))
    return table(("quantity", "compared in", "also accepted, with the factor"), rows)


def _criteria() -> str:
    rows = []
    for one in CRITERIA:
        window = f"{one.window_months} months" if one.window_months is not None else "around a start"
        asked = "every patient" if one.in_strip else "where it is asked for"
        rows.append((one.id, one.title, window, asked, one.source))
    return table(("id", "title", "window", "asked of", "source"), rows)


def _steroids() -> str:
    rows = [(one.label, one.prednisolone_5mg) for one in codes.drugs() if one.prednisolone_5mg is not None]
    return table(("glucocorticoid", "mg that equal prednisolone 5 mg"), rows)


def _limits() -> str:
    rows = []
    named = {
        **limits.field_limits(),
        **{f"dlco ({unit.value})": limits.dlco_limits(unit) for unit in DlcoUnit},
        **plausibility_labs.lab_limits(),
        **plausibility_procedure.LIMITS,
        **plausibility_measured.heart_limits(),
    }
    for one in named.values():
        low, high = one.soft
        soft = [f"below {low}"] if low is not None else []
        soft += [f"above {high}"] if high is not None else []
        guesses = [f"{guess.low} to {guess.high}: {guess.unit}?" for guess in one.guesses]
        hard = f"{one.hard[0]} to {one.hard[1]}"
        rows.append((one.name, one.unit, hard, " or ".join(soft), "; ".join(guesses)))
    return table(("measure", "unit", "accepted", "asked about", "unit asked about"), rows)


def _module(module: ModuleType) -> list[str]:
    name = module.__name__.removeprefix(f"{clinical.__name__}.")
    first, _, further = paragraphs(module.__doc__).partition("\n\n")
    title, below = _headed(first)
    told = [part for part in (below, further) if part]
    numbers = [f"- `{constant}` = {value}{told}" for constant, value, told in _constants(module)]
    functions = [
        f"- **`{one.__name__}`**: {paragraphs(one.__doc__, separator=' ')}"
        for one in public_functions(module)
        if one.__doc__
    ]
    listed = "\n".join([*numbers, *_choices(module), *functions])
    level = "####" if name.startswith("criteria") else "###"
    return [f"{level} {title}", *told, f"In the program: `{name}`.", *([listed] if listed else [])]


def _headed(sentence: str) -> tuple[str, str]:
    """A first sentence as a heading, and what of it is left to be told below."""
    short, colon, rest = sentence.partition(": ")
    if colon and rest:
        return short, f"{rest[:1].upper()}{rest[1:]}"
    short, _, rest = sentence.partition(". ")
    return short.rstrip("."), rest


def _constants(module: ModuleType) -> Iterator[tuple[str, object, str]]:
    """The public numbers that a module sets, with what it says of them."""
    body = ast.parse(inspect.getsource(module)).body
    for statement, following in zip(body, [*body[1:], None], strict=True):
        targets: list[ast.expr] = []
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        for target in targets:
            name = target.id if isinstance(target, ast.Name) else "_"
            value = getattr(module, name, None)
            if name[0] != "_" and type(value) in {int, Decimal, Fraction}:
                yield name, value, _said(following)


def _choices(module: ModuleType) -> Iterator[str]:
    """Choices and settings of a module whose entries say what they mean."""
    for statement in ast.parse(inspect.getsource(module)).body:
        if not isinstance(statement, ast.ClassDef) or statement.name[0] == "_":
            continue
        kind = getattr(module, statement.name)
        if not (issubclass(kind, Enum) or statement.name.endswith("Settings")):
            continue
        for entry, following in zip(statement.body, [*statement.body[1:], None], strict=True):
            target = entry.targets[0] if isinstance(entry, ast.Assign) else None
            target = entry.target if isinstance(entry, ast.AnnAssign) else target
            if isinstance(target, ast.Name) and (told := _said(following)):
                value = getattr(kind(), target.id) if not issubclass(kind, Enum) else kind[target.id].value
                yield f"- `{statement.name}.{target.id}` ({value}){told}"


def _said(statement: ast.stmt | None) -> str:
    """The text that follows a constant as its explanation."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return f": {paragraphs(str(statement.value.value), separator=' ')}"
    return ""


def paragraphs(docstring: str | None, *, separator: str = "\n\n") -> str:
    """A docstring as Markdown, one line for each paragraph, without what it raises and without markup."""
    made = []
    for block in re.split(r"\n\s*\n", inspect.cleandoc(docstring or "")):
        if block.startswith(("Raises:", "Args:")):
            continue
        lines = block.splitlines()
        listed = len(lines) > 1 and all(line.startswith("``") for line in lines)
        text = "\n".join(f"- {line}" for line in lines) if listed else block
        text = re.sub(r"\s*\n(?!\s*- )\s*", " ", text)
        text = re.sub(r":(?:func|class|mod|meth|data):`~?\.?([^`]+)`", r"`\1`", text)
        made.append(text.replace("``", "`"))
    return separator.join(made)


def table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """A Markdown table; a bar in a cell is escaped."""
    lines = [_line(head), _line(tuple("---" for _ in head))]
    return "\n".join([*lines, *(_line(row) for row in rows)])


def _line(cells: Iterable[object]) -> str:
    shown = (str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells)
    return f"| {' | '.join(shown)} |"


def _resource_tables(name: str) -> list[str]:
    """A table of ``resources``, or every table of a folder, as it is."""
    found = resources() / name
    made = []
    for path in sorted(found.glob("*.csv")) if found.is_dir() else [found]:
        with path.open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file, strict=True)
        made += [
            f"### Table `{path.parent.name}/{path.name}`",
            table(tuple(head), [tuple(row) for row in rows]),
        ]
    return made


def _evidence() -> list[str]:
    studies = [one for one in evidence.claims() if one.kind is evidence.Kind.STUDY]
    others = [one for one in evidence.claims() if one.kind is not evidence.Kind.STUDY]
    kinds = dict.fromkeys(one.kind for one in others)
    parts = [paragraphs(evidence.__doc__)]
    parts += [f"### {title}\n\n{_studies(rows)}" for title, rows in _by_age(studies)]
    for kind in kinds:
        rows = [(one.id, one.statement, one.place, _checked(one)) for one in others if one.kind is kind]
        told = table(("id", "statement", "in the review", "remark"), rows)
        parts.append(f"### The review's statements: {kind.value}\n\n{told}")
    return parts


def _by_age(studies: list[evidence.Claim]) -> list[tuple[str, list[evidence.Claim]]]:
    return [
        ("Studies of the review", [one for one in studies if not one.after_review]),
        ("Published after the review", [one for one in studies if one.after_review]),
    ]


def _studies(claims: list[evidence.Claim]) -> str:
    rows = []
    for one in claims:
        given = one.dose or ", ".join(codes.drugs().label(drug) for drug in one.drugs)
        result = f"{one.outcome}: {one.effect}{f' (p {one.p})' if one.p else ''}"
        cited = " ".join(word for word in (one.source, one.doi) if word)
        place = one.place or "later"
        study = f"{one.study} (reference {one.reference})" if one.reference else one.study
        rows.append(
            (one.id, study, one.n, one.statement, given, one.comparator, result, place, cited, _checked(one))
        )
    head = (
        "id",
        "study",
        "n",
        "statement",
        "treatment",
        "compared with",
        "result",
        "in the review",
        "source",
        "check",
    )
    return table(head, rows)


def _checked(one: evidence.Claim) -> str:
    words = [evidence.CHECK_WORDS[one.check] if one.kind is evidence.Kind.STUDY else ""]
    words += [f"Superseded by {one.superseded_by}" if one.superseded_by else "", one.note]
    return ". ".join(word.rstrip(".") for word in words if word)


def _citations() -> list[str]:
    cited = [(one.key, one.citation, one.doi) for one in evidence.sources()]
    cited += [(one.id, one.citation, one.doi) for one in map(reference.publication, reference.known_sets())]
    return [table(("key", "publication", "doi"), cited)]


def known_dois() -> frozenset[str]:
    """Every identifier that the page lists as a citation or as the source of a study."""
    listed = [one.doi for one in evidence.sources()] + [one.doi for one in evidence.claims()]
    listed += [reference.publication(one).doi for one in reference.known_sets()]
    return frozenset(doi.casefold() for doi in listed if doi)
