"""Ask for known vulnerabilities of everything that is locked; the gate of a release (``make audit``).

    build/release-venv/bin/python packaging/audit.py [--out FILE] [LOCK ...]

``pip-audit`` says "No known vulnerabilities found" where the index has no advisory data and it skipped every
package. So this gate is green only when three things hold: a version known to be bad (:data:`KNOWN_BAD`) is
reported just now through the same door; ``pip-audit --strict`` passes each lock in hash mode; and no package
was skipped. The outcome with its date goes into a record that is published with the release, whatever it is.

Exit status: 0 audited and nothing is known; 1 not audited, or something is known; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-release.lock")
KNOWN_BAD = "jinja2==2.4.1"
"""Reported by every advisory database since 2014 (CVE-2014-1402, CVE-2016-10745 and later ones)."""
NO_DATA = "No advisory data could be had: not audited."
RECORD = ROOT / "dist" / "audit.json"
INDEX = "https://pypi.org/pypi/{name}/json"
PROOF = ("pycrypto", "2.6.1")
"""The last release of a project that was given up with known vulnerabilities (CVE-2013-7459)."""


@dataclass(frozen=True)
class Outcome:
    """What ``pip-audit`` said of one list of requirements."""

    name: str
    passed_strict: bool
    audited: int
    skipped: tuple[str, ...]
    known: dict[str, tuple[str, ...]]
    """Identifiers of advisories by package and version."""
    error: str = ""

    @property
    def complete(self) -> bool:
        """Whether every package was looked up."""
        return not self.error and not self.skipped and self.audited > 0


@dataclass(frozen=True)
class Newest:
    """What the index's own JSON says beside the audit."""

    tells: int
    """Advisories told of :data:`PROOF`; where there are none, the index tells nothing."""
    newest: int
    """Locked packages that are the newest release of their project, of which alone it speaks."""
    older: tuple[str, ...]
    known: dict[str, tuple[str, ...]]

    @property
    def words(self) -> str:
        """One line for the terminal."""
        if not self.tells:
            return "the index's own JSON: no advisories at all"
        of = self.newest + len(self.older)
        return (
            f"the index's own JSON, which speaks of newest releases alone: {len(self.known)} of the "
            f"{self.newest} shipped packages that are newest have advisories, "
            f"{of - self.newest} of {of} are unanswered"
        )


@dataclass(frozen=True)
class Record:
    """The record of one audit, as it is written."""

    verdict: str
    audited_at: str
    tool: str
    service: str
    known_bad: Outcome
    locks: tuple[Outcome, ...]
    sha256: dict[str, str] = field(default_factory=dict)
    index: Newest | None = None


def audit(requirements: Path, name: str, service: Sequence[str]) -> Outcome:
    """Ask ``pip-audit`` about one file, strictly first, then with every reason.

    Args:
        service: the options that say whom it asks.
    """
    hashed = "--hash=" in requirements.read_text(encoding="utf-8")
    how = ["--require-hashes"] if hashed else ["--no-deps"]
    command = [
        *(sys.executable, "-m", "pip_audit", "--disable-pip", "--progress-spinner", "off", *how),
        *service,
        *("--requirement", str(requirements)),
    ]
    strict = _run([*command, "--strict"])
    told = _run([*command, "--format", "json"])
    try:
        document = json.loads(told.stdout)
    except ValueError:
        last = (told.stderr.strip() or "nothing was said").splitlines()[-1]
        return Outcome(name, passed_strict=False, audited=0, skipped=(), known={}, error=last)
    found: list[dict[str, Any]] = document["dependencies"]
    skipped = tuple(one["name"] for one in found if "skip_reason" in one)
    known = {
        f"{one['name']} {one['version']}": tuple(advisory["id"] for advisory in one["vulns"])
        for one in found
        if one.get("vulns")
    }
    return Outcome(name, strict.returncode == 0, len(found) - len(skipped), skipped, known)


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def verdict_of(known_bad: Outcome, locks: tuple[Outcome, ...], index: Newest | None = None) -> str:
    """The plain sentence of the whole; green is ``Audited: ...`` alone."""
    vulnerable = {package for outcome in locks for package in outcome.known}
    vulnerable |= set(index.known) if index is not None else set()
    if vulnerable:
        return f"Vulnerabilities are known: {', '.join(sorted(vulnerable))}."
    if not known_bad.known:
        return NO_DATA
    if not locks or not all(outcome.complete and outcome.passed_strict for outcome in locks):
        return "Not every package could be audited: not audited."
    return f"Audited: nothing is known of {sum(outcome.audited for outcome in locks)} locked packages."


def ask_index(lock: Path, address: str = INDEX) -> Newest:
    """What the index's own JSON says of the newest release of each locked project.

    It answers for the newest release alone, so a pin that is older stays unanswered and the audit cannot rest
    on it; but an advisory that it does tell counts. A project whose last release is known to be vulnerable
    shows whether the index tells advisories at all.
    """
    tells = len(_asked(address, *PROOF)[1])
    newest, older, known = 0, [], {}
    for name, pinned in sorted(set(pins(lock))):
        current, advisories = _asked(address, name, pinned)
        newest += current
        if not current:
            older.append(f"{name} {pinned}")
        elif advisories:
            known[f"{name} {pinned}"] = advisories
    return Newest(tells, newest, tuple(older), known)


def pins(lock: Path) -> list[tuple[str, str]]:
    """The projects and versions of a lock."""
    return re.findall(r"^([a-z0-9._-]+)==([^ ;\\\n]+)", lock.read_text(encoding="utf-8"), re.MULTILINE)


def _asked(address: str, name: str, pinned: str) -> tuple[bool, tuple[str, ...]]:
    """Whether a version is the newest of its project, and the advisories that are told of it."""
    try:
        with urllib.request.urlopen(address.format(name=name), timeout=15) as answer:
            document = json.load(answer)
        if document["info"]["version"] != pinned:
            return False, ()
        return True, tuple(one["id"] for one in document["vulnerabilities"])
    except (urllib.error.URLError, OSError, ValueError, KeyError, TypeError):
        return False, ()


def main() -> None:
    """Audit, write the record, say the verdict and end with its status."""
    parser = argparse.ArgumentParser(description="Audit the locked packages for known vulnerabilities.")
    parser.add_argument("locks", nargs="*", type=Path, default=[ROOT / name for name in LOCKS])
    parser.add_argument("--out", type=Path, default=RECORD, help="where the record goes")
    parser.add_argument(
        "--service", choices=("pypi", "osv", "esms"), default="pypi", help="whom pip-audit asks"
    )
    parser.add_argument("--osv-url", help="another address of the service osv, as a mirror has it")
    args = parser.parse_args()
    service = ["--vulnerability-service", args.service]
    service += ["--osv-url", args.osv_url] if args.osv_url else []
    with tempfile.TemporaryDirectory() as scratch:
        bad = Path(scratch) / "known-bad.txt"
        bad.write_text(f"{KNOWN_BAD}\n", encoding="utf-8")
        known_bad = audit(bad, KNOWN_BAD, service)
    locks = tuple(audit(lock, lock.name, service) for lock in args.locks)
    index = ask_index(args.locks[0]) if args.service == "pypi" else None
    verdict = verdict_of(known_bad, locks, index)
    record = Record(
        verdict,
        dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        f"pip-audit {version('pip-audit')}",
        args.osv_url or args.service,
        known_bad,
        locks,
        {lock.name: hashlib.sha256(lock.read_bytes()).hexdigest() for lock in args.locks},
        index,
    )
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(asdict(record), indent=1) + "\n", encoding="utf-8")
    for outcome in (known_bad, *locks):
        said = outcome.error or f"{outcome.audited} audited, {len(outcome.skipped)} skipped"
        print(f"{outcome.name}: {said}, {sum(map(len, outcome.known.values()))} advisories")
    if index is not None:
        print(index.words)
    print(verdict)
    print(f"The record is {args.out}.")
    sys.exit(0 if verdict.startswith("Audited:") else 1)


if __name__ == "__main__":
    main()
