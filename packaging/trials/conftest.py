"""What every trial shares: a bare root with the program in it, installed or unpacked."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
