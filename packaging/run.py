"""What ``make run`` does once the environment is there: a window on the demo registry, or the tour."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "build" / "demo"
TOUR = ROOT / "build" / "tour"
REGISTRY = DEMO / "demo.ctdild"
SAMPLE = ROOT / "resources" / "demo"


def ctdild(*arguments: str) -> None:
    """Run the program's own command line; end with its exit status when it is not 0."""
    done = subprocess.run([sys.executable, "-m", "ctdild_desktop", *arguments], cwd=ROOT, check=False)
    if done.returncode != 0:
        sys.exit(done.returncode)


def has_display() -> bool:
    """Whether a window can be shown."""
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main() -> None:
    """Open the window on the demo registry, or do the main job without a display."""
    if not REGISTRY.is_file():
        ctdild("demo", "--out", str(DEMO))
    unlocked = (
        "--registry",
        str(REGISTRY),
        "--user",
        "demo",
        "--passphrase-file",
        str(DEMO / "passphrase.txt"),
    )
    if has_display() and os.environ.get("QT_QPA_PLATFORM") != "offscreen":
        ctdild(*unlocked)
        return
    print("No display: doing the main job without a window.", flush=True)
    mapping = ("--mapping", str(SAMPLE / "sample_mapping.toml"))
    ctdild("import", str(SAMPLE / "sample_tests.csv"), *mapping, *unlocked)
    TOUR.mkdir(parents=True, exist_ok=True)
    ctdild("report", "patient", "DEMO-0001", "--out", str(TOUR / "mdt-page.pdf"), *unlocked)
    ctdild("tour", "--out", str(TOUR), *unlocked)
    made = sorted(path for path in TOUR.rglob("*") if path.suffix in {".png", ".pdf"})
    print(
        f"{sum(path.suffix == '.png' for path in made)} pictures and "
        f"{sum(path.suffix == '.pdf' for path in made)} PDF pages are in {TOUR.relative_to(ROOT)}:"
    )
    for path in made:
        print(f"  {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
