"""Style rules of the frame and of the side sheets, as the part of the style sheet that they need."""

from __future__ import annotations

from ctdild_desktop.ui.tokens import Tokens

_SCROLL_BAR = 14
"""Its width in pixels, as that of the native one."""


def off_style(t: Tokens) -> str:
    """How the edge of what is disabled is drawn: broken where the theme has no fainter colour for it."""
    return "dashed" if t.line == t.ctrl else "solid"


def off_colour(t: Tokens) -> str:
    """The colour of an edge of what is disabled."""
    return t.grid if t.line == t.ctrl else t.line


def off_edge(t: Tokens) -> str:
    """The edge of a disabled button."""
    return f"1px {off_style(t)} {off_colour(t)}"


def scroll_rules(t: Tokens) -> str:
    """Scroll bars whose handle stands out from its groove by 3:1 or more in every theme."""
    return f"""
QScrollBar {{ background: {t.window}; border: none; }}
QScrollBar:vertical {{ width: {_SCROLL_BAR}px; }}
QScrollBar:horizontal {{ height: {_SCROLL_BAR}px; }}
QScrollBar::handle {{ background: {t.ctrl}; border: 3px solid {t.window}; border-radius: 5px; }}
QScrollBar::handle:hover, QScrollBar::handle:pressed {{ background: {t.text2}; }}
QScrollBar::handle:vertical {{ min-height: 30px; }}
QScrollBar::handle:horizontal {{ min-width: 30px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: none; }}
QAbstractScrollArea::corner {{ background: {t.window}; border: none; }}
"""


def sheet_rules(t: Tokens) -> str:
    """Edges of top bar and sheets, the notice line, quiet labels, the words of a problem."""
    return f"""
QFrame#top_bar {{ background: {t.window}; border-bottom: 1px solid {t.line}; }}
QFrame#top_bar[practice="true"] {{ background: {t.unkbg}; border-bottom: 3px solid {t.unk}; }}
QFrame#top_bar[practice="true"] QMenuBar {{ background: transparent; }}
QLabel#practice_note {{ color: {t.unkt}; }}
QFrame#practice_panel {{ background: {t.unkbg}; border: none; border-top: 1px solid {t.unk}; }}
QFrame#form_sheet {{ background: {t.window}; border: none; border-left: 2px solid {t.accent}; }}
QFrame#form_sheet QScrollArea, QWidget#sheet_body {{ background: {t.window}; }}
QFrame#sheet_head {{ background: {t.window}; border: none; border-bottom: 1px solid {t.line}; }}
QFrame#sheet_foot {{ background: {t.window}; border: none; border-top: 1px solid {t.line}; }}
QFrame#form_sheet[reading="true"] QLineEdit, QFrame#form_sheet[reading="true"] QComboBox {{
  background: {t.window}; color: {t.text}; border-color: {t.line}; }}
QFrame#form_sheet[reading="true"] QToolButton[segment="true"]:disabled {{ color: {t.text2}; }}
QFrame#form_sheet[reading="true"] QToolButton[segment="true"]:checked:disabled {{
  background: {t.sel}; color: {t.text}; font-weight: 600; }}
QToolButton[filter="true"] {{ background: {t.base}; color: {t.text}; border: 1px solid {t.ctrl};
  border-radius: 2px; padding: 3px 8px; }}
QToolButton[filter="true"]:hover {{ background: {t.alt}; }}
QToolButton[filter="true"]:checked {{ background: {t.accent}; color: {t.onaccent}; border-color: {t.accent};
  font-weight: 600; }}
QToolButton[filter="true"]:focus {{ border: 2px solid {t.focus}; padding: 2px 7px; }}
QToolButton[filter="true"]:checked:focus {{ border: 2px solid {t.text}; }}
QFrame#cohort_group {{ border: 1px solid {t.ctrl}; border-radius: 2px; }}
QFrame#today_head {{ background: {t.window}; border: none; border-bottom: 1px solid {t.line}; }}
QFrame#today_progress {{ background: {t.window}; border: none; border-top: 1px solid {t.line}; }}
QFrame#agenda_head {{ background: {t.window}; border: none; border-bottom: 1px solid {t.line}; }}
QFrame#mdt_meetings {{ background: {t.base}; border: none; border-right: 1px solid {t.line}; }}
QFrame#mdt_side {{ background: {t.base}; border: none; border-left: 1px solid {t.line}; }}
QFrame#clinic_panel {{ background: {t.base}; border: none; border-left: 1px solid {t.line}; }}
QFrame#next_meeting {{ background: {t.base}; border: none; }}
QWidget#presenting_page, QWidget#case_view, QScrollArea#presenting_plot {{ background: {t.base}; }}
QFrame#case_head {{ background: {t.base}; border: none; border-bottom: 1px solid {t.line}; }}
QFrame#presenting_left {{ background: {t.base}; border: none; border-right: 1px solid {t.line}; }}
QStackedWidget#deciding {{ background: {t.window}; border: none; border-left: 1px solid {t.line}; }}
QFrame#case_below {{ background: {t.line}; border: none; }}
QFrame#decision_form QScrollArea, QFrame#decided_view QScrollArea {{ background: {t.window}; }}
QFrame[notice="true"] {{ background: {t.unkbg}; border: none; border-bottom: 1px solid {t.unk}; }}
QFrame[notice="true"] QLabel {{ color: {t.unkt}; background: transparent; }}
QToolButton[pick="true"] {{ background: {t.base}; color: {t.text}; border: 1px solid {t.ctrl};
  border-radius: 2px; padding: 2px 15px 2px 7px; }}
QToolButton[pick="true"]:hover {{ background: {t.alt}; }}
QToolButton[pick="true"]:focus {{ border: 2px solid {t.focus}; padding: 1px 14px 1px 6px; }}
QToolButton[pick="true"]:disabled {{ background: {t.window}; color: {t.text3}; border: {off_edge(t)}; }}
QPushButton[small="true"] {{ padding: 1px 7px; min-height: 0; }}
QPushButton[small="true"]:focus {{ padding: 0 6px; }}
QLabel[secondary="true"] {{ color: {t.text2}; }}
QLabel#lock_note {{ color: {t.unkt}; background: {t.unkbg}; border: 1px solid {t.unk}; font-weight: 600; }}
QLabel[hint="true"] {{ color: {t.text3}; }}
QLabel#report_against {{ color: {t.unkt}; background: {t.unkbg}; border: none;
  border-bottom: 1px solid {t.unk}; padding: 5px 12px; }}
QLabel#report_against[refused="true"] {{ color: {t.over}; background: {t.metbg};
  border: 2px solid {t.over}; }}
QLabel#sheet_problem, QLabel#start_problem {{ color: {t.over}; }}
QListView#search_hits {{ border: 1px solid {t.ctrl}; }}
QFrame#start_card {{ background: {t.base}; border: 1px solid {t.line}; border-radius: 2px; }}
QWidget#start_window, QWidget#registry_page {{ background: {t.window}; }}
QLabel#recovery_code {{ background: {t.alt}; border: 1px solid {t.ctrl}; padding: 8px; }}
"""
