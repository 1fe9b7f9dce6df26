"""How large the type of the meeting's screen is: it grows with the window, so that a room can read it."""

from __future__ import annotations

from PySide6.QtCore import QSize

from ctdild_desktop.ui import theme

_USUAL = QSize(1240, 700)
_MOST, _STEP = 3.4, 0.05
_ROOMY = 1.3
"""Above this the edges of fields and buttons grow with the type."""
_DELTAS = {
    "case_name": 6,
    "case_identity": 1,
    "case_question": 7,
    "case_facts": 1,
    "decided_text": 1,
}
"""What stands out, with the pixels by which it is larger than the rest at the usual size."""
_BOLD = frozenset({"case_name", "case_question", "decided_verdict"})


def growth_for(size: QSize) -> float:
    """How many times as large as usual everything is in a window of this size; never smaller."""
    usual = QSize(theme.scaled(_USUAL.width()), theme.scaled(_USUAL.height()))
    fits = min(size.width() / usual.width(), size.height() / usual.height())
    return min(max(1.0, int(fits / _STEP) * _STEP), _MOST)


def rules(growth: float) -> str:
    """The style sheet of the page: sizes alone, colours are those of the program."""
    base, small = _px(0, growth), _px(-1, growth)
    box = round(theme.scaled(13) * growth)
    lines = [
        f"#presenting_page * {{ font-size: {base}px; }}",
        f"#presenting_page QHeaderView::section {{ font-size: {small}px; }}",
        f'#presenting_page QToolButton[segment="true"] {{ padding: 2px {round(5 * growth)}px; }}',
        f"#presenting_page QCheckBox::indicator {{ width: {box}px; height: {box}px; }}",
        f'#presenting_page *[small="true"] {{ font-size: {small}px; }}',
    ]
    if growth > _ROOMY:
        wide, narrow = round(9 * growth), round(3 * growth)
        for kind in ("QPushButton", "QLineEdit", "QComboBox", "QPlainTextEdit"):
            lines.append(f"#presenting_page {kind} {{ padding: {narrow}px {wide}px; }}")
    for name, delta in _DELTAS.items():
        weight = " font-weight: 600;" if name in _BOLD else ""
        lines.append(f"#presenting_page QLabel#{name} {{ font-size: {_px(delta, growth)}px;{weight} }}")
    return "\n".join(lines)


def _px(delta: int, growth: float) -> int:
    return round(theme.px(delta) * growth)
