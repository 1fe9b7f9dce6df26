"""Collect every message that a person reads into ``resources/i18n/es.po``; what is translated stays.

``python packaging/translations.py`` brings the catalogue up to date and tells what lacks a translation;
a test holds that nothing does. Messages are the first texts given to ``tr``, ``translate``, ``say``,
``say_n``, ``sentence`` and ``marked``, and the columns of the tables in ``resources`` that are shown.
"""

from __future__ import annotations

import ast
import csv
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "ctdild_desktop"
CATALOGUE = ROOT / "resources" / "i18n" / "es.po"
ROOMS = (
    "app",
    "ui",
    "clinical",
    "cohort",
    "services",
    "figures",
    "reports",
    "registry",
    "interchange",
    "manual",
    *("config.py", "place.py", "settings_file.py"),
)
"""The rooms whose messages are translated; the command line speaks English."""
PURE = ("clinical", "figures", "reports", "services")
"""Rooms whose every text that reads like words is a message, whichever way it takes to the screen."""
NO_WORDS = (
    *("clinical/case_fields.py", "clinical/case_inputs.py", "clinical/cases.py", "clinical/rulebook.py"),
    "clinical/rulebook_criteria.py",
    *("clinical/reference/", "clinical/due/table.py", "clinical/student.py", "clinical/fast/"),
    *(
        "clinical/criteria/yearly_source.py",
        "services/demo/",
        "services/diagnosis",
        "services/export_words.py",
        "services/redaction.py",
        "reports/typesetting.py",
    ),
)
"""Files of these rooms that speak to the command line or to nobody."""
NO_MESSAGE = {
    *("ValueError", "KeyError", "TypeError", "RuntimeError", "AssertionError", "ArithmeticError"),
    *("RuleError", "TableError", "CaseError", "TypeVar", "NewType", "getattr", "say_n", "getLogger"),
    *("info", "debug", "warning", "exception", "error", "compile", "match", "sub", "search", "execute"),
    *("text", "startswith", "endswith", "split", "open", "read_text", "encode", "strftime"),
}
"""Calls whose texts nobody reads on the screen."""
FIRST = frozenset({"tr", "_tr", "say", "sentence", "marked"})
SECOND = frozenset({"translate", "QT_TRANSLATE_NOOP"})
TABLES: dict[str, tuple[str, ...]] = {
    "codes/diagnoses.csv": ("label", "short"),
    "codes/patterns.csv": ("label", "short"),
    "codes/antibodies.csv": ("label", "meaning"),
    "codes/drugs.csv": ("label", "short", "lane"),
    "codes/ae_terms.csv": ("label", "g1", "g2", "g3"),
    "codes/labs.csv": ("label", "group"),
    "codes/instruments.csv": ("label", "scale_label", "note"),
    "codes/choices.csv": ("label",),
    "ctcae/lab_terms.csv": ("label",),
    "dosing/presets.csv": ("label", "schedule"),
    "due/tests.csv": ("label",),
    "due/rule_sets.csv": ("title", "note"),
    "due/rules.csv": ("item", "source"),
    "due/action_limits.csv": ("words", "source"),
    "evidence/outcomes.csv": ("label",),
    "evidence/statements.csv": ("statement", "note"),
    "evidence/studies.csv": (
        *(
            "statement",
            "study",
            "reference",
            "n",
            "population",
            "dose",
            "comparator",
            "outcome",
            "effect",
            "p",
            "note",
        ),
    ),
    "evidence/published.csv": ("words", "window", "value"),
    "quality/core_set.csv": ("label", "when", "source"),
    "quality/checks.csv": ("label", "definition", "source"),
    "history/columns.csv": ("label",),
    "history/tables.csv": ("name", "group", "plain"),
    "history/events.csv": ("words", "group"),
    "manual/actions.csv": ("sentence",),
    "manual/criteria.csv": ("name", "says", "numbers", "missing"),
}
"""The columns that are shown, by the table in ``resources``."""
WORDS = re.compile(r"[A-Za-z}%)] [({<>%A-Za-z]|[a-z]\.\Z|[A-Z][a-z]+ |[a-z]: ?\Z|[a-z]\?\Z|\} [A-Za-z]")
NOT_WORDS = re.compile(
    r"dt\.date |SELECT |PRAGMA|\bdoi |10\.\d{4}|\.csv|://|\d{4};\d|\A[\W_]*\Z|\\A|\[0-9\]|\Add[./-]mm"
)
NAMED = re.compile(r"[A-Za-z][A-Za-z₂]+(?:-[a-z]+)?")
NAMING = frozenset({"exact", "Limits", "limits", "_limits", "Input", "event_date"})
"""Calls that are given the name of what is measured."""
HEADER = (
    "Language: es\\n"
    "Content-Type: text/plain; charset=UTF-8\\n"
    "Content-Transfer-Encoding: 8bit\\n"
    "Plural-Forms: nplurals=2; plural=(n != 1);\\n"
)


@dataclass(frozen=True)
class Message:
    """One text, the English plural where it counts, and the file where it was met first."""

    text: str
    plural: str
    where: str

    @property
    def counts(self) -> bool:
        """Whether the text has a plural form."""
        return bool(self.plural)


def without_mark(text: str) -> str:
    """The text without the ``&`` of its Alt key."""
    at = text.find("&")
    return text if at < 0 or text[at + 1 : at + 2] in {"&", " ", ""} else text[:at] + text[at + 1 :]


def _texts(node: ast.expr) -> Iterator[str]:
    """The constant texts that an argument can be: itself, or either side of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def _named(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def in_code(tree: ast.Module, where: str) -> Iterator[Message]:
    """The messages of one module."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        yield from (Message(text, "", where) for text in _called(node))
        name = _named(node) if node.args else ""
        if name == "say_n" and len(node.args) > 2:
            for one in _texts(node.args[0]):
                for many in _texts(node.args[1]):
                    yield Message(one, many, where)
        elif name.endswith("Error") and name not in NO_MESSAGE:
            for argument in node.args:
                for text in _texts(argument):
                    yield Message(text, "", where)
        elif name in FIRST or (name in SECOND and len(node.args) > 1):
            for text in _texts(node.args[name in SECOND]):
                if any(letter.isalpha() for letter in text):
                    plain = without_mark(text)
                    yield Message(plain, plain if "%n" in plain else "", where)


def _called(call: ast.Call) -> Iterator[str]:
    """What a refusal calls the act that is declared by a call."""
    for keyword in call.keywords:
        if keyword.arg == "doing":
            yield from filter(None, _texts(keyword.value))


def in_pure_code(tree: ast.Module, where: str) -> Iterator[Message]:
    """Every text of a module that reads like words, and single words that are the name of something."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        above = parents.get(node)
        if isinstance(above, ast.Expr | ast.JoinedStr | ast.Compare | ast.Subscript):
            continue  # a docstring, a text put together, a code that is compared or looked up
        if isinstance(above, ast.Dict) and any(node is key for key in above.keys):
            continue
        text = node.value
        calls = {_named(one) for one in _above(node, parents) if isinstance(one, ast.Call)}
        called = (
            NAMED.fullmatch(text)
            and calls & NAMING
            and (not isinstance(above, ast.keyword) or above.arg == "name")
        )
        if calls & NO_MESSAGE or not (called or WORDS.search(text)) or NOT_WORDS.search(text):
            continue
        yield Message(text, "", where)


def _above(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    at = parents.get(node)
    while at is not None and not isinstance(at, ast.stmt):
        yield at
        at = parents.get(at)


def in_tables() -> Iterator[Message]:
    """The messages of the tables in ``resources``."""
    for name, columns in TABLES.items():
        with (ROOT / "resources" / name).open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                for column in columns:
                    if any(letter.isalpha() for letter in row[column] or ""):
                        yield Message(row[column], "", f"resources/{name}")


def collect() -> dict[str, Message]:
    """Every message by its English text; one that counts anywhere is one that counts."""
    found: dict[str, Message] = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        where = file.relative_to(ROOT)
        if where.parts[1] not in ROOMS:
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        messages = list(in_code(tree, where.as_posix()))
        inside = "/".join(where.parts[1:])
        if where.parts[1] in PURE and not inside.startswith(NO_WORDS):
            messages += in_pure_code(tree, where.as_posix())
        for message in messages:
            if message.text not in found or (message.counts and not found[message.text].counts):
                found[message.text] = message
    for message in in_tables():
        found.setdefault(message.text, message)
    return found


def quoted(text: str) -> str:
    """A text as a ``.po`` file writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def written(messages: dict[str, Message], known: dict[str, tuple[str, ...]]) -> str:
    """The catalogue as text, in the order of the files."""
    lines = ['msgid ""', 'msgstr ""', *(f'"{line}\\n"' for line in HEADER.split("\\n") if line), ""]
    for message in sorted(messages.values(), key=lambda one: (one.where, one.text)):
        forms = known.get(message.text, ())
        lines += [f"#: {message.where}", f"msgid {quoted(message.text)}"]
        if message.counts:
            lines.append(f"msgid_plural {quoted(message.plural)}")
            two = (*forms, "", "")[:2]
            lines += [f"msgstr[{at}] {quoted(form)}" for at, form in enumerate(two)]
        else:
            lines.append(f"msgstr {quoted(forms[0] if forms else '')}")
        lines.append("")
    return "\n".join(lines)


def main() -> int:
    """Bring the catalogue up to date."""
    sys.path.insert(0, str(ROOT))
    from ctdild_desktop.language.catalogue import entries

    known = {}
    if CATALOGUE.exists():
        known = {entry.text: entry.forms for entry in entries(CATALOGUE) if entry.text}
    messages = collect()
    CATALOGUE.write_text(written(messages, known), encoding="utf-8", newline="\n")
    lacking = [message for message in messages.values() if not all(known.get(message.text, ("",)))]
    for message in lacking:
        print(f"{message.where}: {message.text!r}")
    gone = known.keys() - messages.keys()
    print(f"{len(messages)} messages, {len(lacking)} without translation, {len(gone)} dropped")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
