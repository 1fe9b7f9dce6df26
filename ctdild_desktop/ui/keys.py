"""Keys that sheets, the time-line and lists answer to themselves, as the shortcut sheet names them."""

from __future__ import annotations

from ctdild_desktop.ui.menus import QT_TRANSLATE_NOOP

FORM_KEYS: tuple[tuple[str, str], ...] = (
    ("Enter", QT_TRANSLATE_NOOP("Actions", "Next field; on an unlikely value: keep it")),
    ("Shift+Tab", QT_TRANSLATE_NOOP("Actions", "Field before")),
    ("Ctrl+Enter", QT_TRANSLATE_NOOP("Actions", "Save")),
    ("Ctrl+Shift+Enter", QT_TRANSLATE_NOOP("Actions", "Save and go to the next patient")),
    ("Esc", QT_TRANSLATE_NOOP("Actions", "Close the sheet; what was typed is kept as a draft")),
    ("Ctrl+Shift+Z", QT_TRANSLATE_NOOP("Actions", "Discard the draft")),
    ("N", QT_TRANSLATE_NOOP("Actions", "In FVC or DLCO: not done, with its reason")),
    ("U", QT_TRANSLATE_NOOP("Actions", "In DLCO or a blood result: other unit")),
    ("F", QT_TRANSLATE_NOOP("Actions", "In a number with a suggested correction: take it")),
    ("N, B, P, -", QT_TRANSLATE_NOOP("Actions", "Of an antibody: negative, borderline, positive, not done")),
    ("Alt+M", QT_TRANSLATE_NOOP("Actions", "More fields")),
)
"""Keys of the sheets, as the shortcut sheet lists them; the sheets themselves answer to them."""

PLOT_KEYS: tuple[tuple[str, str], ...] = (
    ("1, 2, 3", QT_TRANSLATE_NOOP("Actions", "Litres, % predicted, z-score")),
    ("Left, Right, Home, End", QT_TRANSLATE_NOOP("Actions", "Read the plot, record by record")),
    ("Return", QT_TRANSLATE_NOOP("Actions", "Open the record")),
    (
        QT_TRANSLATE_NOOP("Actions", "+, -, 0, Ctrl and the wheel"),
        QT_TRANSLATE_NOOP("Actions", "Zoom in, out, show all"),
    ),
    ("R", QT_TRANSLATE_NOOP("Actions", "Choose the reference test")),
    ("Shift+Left, Shift+Right", QT_TRANSLATE_NOOP("Actions", "Select two tests and read the change")),
    ("Esc", QT_TRANSLATE_NOOP("Actions", "Clear what is selected in the plot")),
    ("P", QT_TRANSLATE_NOOP("Actions", "What can be done with the picture: key, copy, save, print")),
    ("K", QT_TRANSLATE_NOOP("Actions", "Key to the signs of the plot")),
    ("S", QT_TRANSLATE_NOOP("Actions", "What the plot shows: further curves, epochs")),
)
"""Keys of the time-line."""


TODAY_KEYS: tuple[tuple[str, str], ...] = (
    ("Return", QT_TRANSLATE_NOOP("Actions", "Open where the work is done; on a heading: show all")),
    ("Right, Left", QT_TRANSLATE_NOOP("Actions", "Show all of a kind, or the first rows")),
    ("Alt+1 … Alt+8", QT_TRANSLATE_NOOP("Actions", "All, one kind of reason, or what was put off")),
    ("Ctrl+P", QT_TRANSLATE_NOOP("Actions", "Print the list")),
    ("Space", QT_TRANSLATE_NOOP("Actions", "Put off until a day, with a reason; show again")),
    ("Ctrl+D", QT_TRANSLATE_NOOP("Actions", "An action of a meeting is done")),
    ("A … Z", QT_TRANSLATE_NOOP("Actions", "Go to a name")),
)
"""Keys of the work list."""


COHORT_KEYS: tuple[tuple[str, str], ...] = (
    ("Return", QT_TRANSLATE_NOOP("Actions", "Run the design; list a step's patients")),
    ("Ctrl+U", QT_TRANSLATE_NOOP("Actions", "Run what stands there now")),
    ("Up, Down, Return", QT_TRANSLATE_NOOP("Actions", "Read a picture by patient, open one")),
    ("P", QT_TRANSLATE_NOOP("Actions", "Copy or save the picture")),
    ("Esc", QT_TRANSLATE_NOOP("Actions", "Stop; from patients back to the answer")),
)
"""Keys of the analyses of the cohort."""


EVIDENCE_KEYS: tuple[tuple[str, str], ...] = (
    ("Ctrl+F", QT_TRANSLATE_NOOP("Actions", "Look for words; Enter goes on to what was found")),
    ("Return", QT_TRANSLATE_NOOP("Actions", "Read the statement; in the table: list what there is")),
    ("Ctrl+Enter", QT_TRANSLATE_NOOP("Actions", "Run the study on our patients")),
    ("Ctrl+C", QT_TRANSLATE_NOOP("Actions", "Copy the citation of the statement")),
    ("Esc", QT_TRANSLATE_NOOP("Actions", "Back to the patient, or show everything")),
)
"""Keys of the evidence library."""


PRESENTING_KEYS: tuple[tuple[str, str], ...] = (
    ("PgDown, PgUp", QT_TRANSLATE_NOOP("Actions", "Next case, case before; what is written is kept")),
    ("Ctrl+Enter", QT_TRANSLATE_NOOP("Actions", "Sign off; of a signed case: write an addendum")),
    ("F5, F11", QT_TRANSLATE_NOOP("Actions", "Leave presenting; leave or take the whole screen")),
    ("Ctrl+P", QT_TRANSLATE_NOOP("Actions", "Print the page of the case")),
)
"""Keys of the screen of a meeting."""


AGENDA_KEYS: tuple[tuple[str, str], ...] = (
    ("Return", QT_TRANSLATE_NOOP("Actions", "Present the case")),
    ("Space", QT_TRANSLATE_NOOP("Actions", "Open the case or the meeting")),
    ("Alt+Up, Alt+Down", QT_TRANSLATE_NOOP("Actions", "Put the case earlier or later on the agenda")),
    ("Ins", QT_TRANSLATE_NOOP("Actions", "Look for a patient to add")),
    ("Del", QT_TRANSLATE_NOOP("Actions", "Take the case off the agenda")),
)
"""Keys of the lists in the room of the meetings."""
