"""Trial K4: the audit of the locked packages is red whenever it should be, with the real ``pip-audit``.

Needs the environment of the release tools (``make release-tools``) and, for the first trial alone, the
network as it is. The service of advisories of the others is a small one of this file, on this computer.
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / "build" / "release-venv" / "bin" / "python"
GOOD = "defusedxml==0.7.1 --hash=sha256:" + "a" * 64 + "\n"
BAD = "jinja2==2.4.1 --hash=sha256:" + "b" * 64 + "\n"
ADVISORY = {
    "id": "GHSA-462w-v97r-4m45",
    "modified": "2024-09-24T00:00:00Z",
    "published": "2019-04-10T00:00:00Z",
    "schema_version": "1.6.0",
    "summary": "Sandbox escape",
    "affected": [
        {
            "package": {"name": "jinja2", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.10.1"}]}],
        }
    ],
}


@pytest.fixture(params=[True])
def service(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a service that knows one advisory; with ``False`` one that knows none at all."""
    knows = request.param

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            bad = knows and asked["package"]["name"].lower() == "jinja2" and asked["version"] == "2.4.1"
            body = json.dumps({"vulns": [ADVISORY]} if bad else {}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1/query"
    server.shutdown()
    thread.join()
    server.server_close()


def audit(folder: Path, lock: str, *options: str) -> tuple[int, str, dict[str, object]]:
    """The exit status, the last sentence but one, and the record."""
    assert PYTHON.is_file(), "the release tools are not there: make release-tools"
    requirements, record = folder / "some.lock", folder / "record.json"
    requirements.write_text(lock)
    done = subprocess.run(
        [
            str(PYTHON),
            str(ROOT / "packaging" / "audit.py"),
            str(requirements),
            "--out",
            str(record),
            *options,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()[-2], json.loads(record.read_text())


def test_k4_a_bad_pin_is_never_green_with_the_network_as_it_is(tmp_path: Path) -> None:
    status, verdict, record = audit(tmp_path, BAD)
    assert status == 1
    assert verdict in {
        "Vulnerabilities are known: jinja2 2.4.1.",
        "No advisory data could be had: not audited.",
    }
    print(f"seen with the network as it is: {verdict} {record['index']}")


def test_k4_a_known_bad_pin_is_red(service: str, tmp_path: Path) -> None:
    status, verdict, record = audit(tmp_path, GOOD + BAD, "--service", "osv", "--osv-url", service)
    assert (status, verdict) == (1, "Vulnerabilities are known: jinja2 2.4.1.")
    assert record["verdict"] == verdict


def test_k4_what_is_known_to_be_good_is_green(service: str, tmp_path: Path) -> None:
    status, verdict, record = audit(tmp_path, GOOD, "--service", "osv", "--osv-url", service)
    assert (status, verdict) == (0, "Audited: nothing is known of 1 locked packages.")
    assert record["audited_at"]


@pytest.mark.parametrize("service", [False], indirect=True)
def test_k4_a_service_without_data_is_red(service: str, tmp_path: Path) -> None:
    status, verdict, _record = audit(tmp_path, GOOD, "--service", "osv", "--osv-url", service)
    assert (status, verdict) == (1, "No advisory data could be had: not audited.")


def test_k4_a_service_that_does_not_answer_is_red(tmp_path: Path) -> None:
    status, verdict, _record = audit(
        tmp_path, GOOD, "--service", "osv", "--osv-url", "http://127.0.0.1:9/v1/query"
    )
    assert (status, verdict) == (1, "No advisory data could be had: not audited.")
