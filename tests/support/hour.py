"""An hour of use at the real window, quickly or in real time, and whether the program holds more and more.

    python -m tests.support.hour --registry demo/demo.ctdild --minutes 60

The registry is copied first and the copy is written to. Its passphrase is read from ``passphrase.txt`` beside
it, as ``ctdild demo`` leaves it, or from CTDILD_PASSPHRASE. Exit status 1: it holds too much, or grows.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from ctdild_desktop.__main__ import load_quickly

_LOG_END = 8000
"""So many letters of the log are shown where the hour ends before its time: the log goes with its folder."""


def main() -> int:
    """Run the hour and print what was held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--registry", type=Path, required=True)
    parser.add_argument("--user", default="demo")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--acts", type=int, help="so many acts in place of minutes")
    parser.add_argument("--paced", action="store_true", help="in real time, as a person works")
    parser.add_argument("--narrow", action="store_true", help="nothing that reads everybody")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ctdild-hour-", dir=args.registry.parent) as name:
        folder = Path(name)
        copy = folder / args.registry.name
        for ending in ("", ".keys"):
            shutil.copyfile(f"{args.registry}{ending}", f"{copy}{ending}")
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        for place in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
            os.environ[place] = str(folder)
        kept = args.registry.with_name("passphrase.txt")
        passphrase = os.environ.get("CTDILD_PASSPHRASE") or kept.read_text(encoding="utf-8").strip()
        try:
            return _run(copy, args.user, passphrase, args)
        except BaseException:
            for log in sorted(folder.rglob("*.log")):
                print(log.read_text(encoding="utf-8")[-_LOG_END:], file=sys.stderr)
            raise


def _run(registry: Path, login: str, passphrase: str, args: argparse.Namespace) -> int:
    load_quickly()
    from ctdild_desktop.using.held import GROWS_MB, MOST_MB, Held, judged
    from ctdild_desktop.using.hour import ACTS_PER_MINUTE, use

    def tell(one: Held) -> None:
        print(
            f"{one.acts:6} acts  rss {one.rss_mb:6.1f}  pss {one.pss_mb or 0:6.1f} MB  "
            f"blocks {one.blocks:8}  widgets {one.widgets:5}  windows {one.windows:3}  "
            f"threads {one.threads:2}  files {one.files}",
            flush=True,
        )

    acts = args.acts or round(args.minutes * ACTS_PER_MINUTE)
    act_s = 60 / ACTS_PER_MINUTE if args.paced else 0.0
    samples, blocked = use(registry, login, passphrase, acts, tell, everybody=not args.narrow, act_s=act_s)
    for name, seconds in sorted(blocked.items(), key=lambda one: -one[1])[:12]:
        print(f"held up for {seconds * 1000:5.0f} ms at most: {name}")
    verdict = judged(samples)
    print(
        f"At the end {verdict.last_mb:.0f} MB (aim {MOST_MB}), at most {verdict.most_mb:.0f} MB. "
        f"{acts} acts add {verdict.adds_mb:.1f} MB after the warm-up "
        f"(95 %: {verdict.lower_mb:.1f} to {verdict.upper_mb:.1f}): "
        f"{'grows' if verdict.grows else 'does not grow'} by more than {GROWS_MB:g} MB."
    )
    return 0 if verdict.ok else 1


if __name__ == "__main__":
    sys.exit(main())
