"""Where the manual explains each screen, sheet and dialog; a test holds that none lacks its place.

The anchors are places named by hand in the guide, so that they are the same in every language.
"""

from __future__ import annotations

from typing import Final

START: Final = "guide/01-first-start.md"
"""Where the manual opens when nothing is said."""

_FIRST, _DAY, _RECORD, _TODAY = START, "guide/02-clinic-day.md", "guide/03-recording.md", "guide/04-today.md"
_MDT, _COHORT, _QUALITY = "guide/05-mdt.md", "guide/06-cohort.md", "guide/07-quality.md"
_IN, _OUT, _SAFE = "guide/08-data-in.md", "guide/09-data-out.md", "guide/10-privacy-and-safety.md"
_KEYS = "guide/13-keys.md"
OF_CRITERIA: Final = "guide/15-criteria.md"
"""Each criterion at its own heading, for a chip or a reason that has the keyboard."""

PAGES: Final = {
    "today": _TODAY,
    "patients": f"{_DAY}#patients",
    "patient": f"{_DAY}#patient-screen",
    "mdt": _MDT,
    "presenting": f"{_MDT}#presenting",
    "carried_out": f"{_MDT}#carried-out",
    "cohort": _COHORT,
    "evidence": f"{_COHORT}#evidence",
    "registry": f"{_SAFE}#registry-room",
    "log": f"{_SAFE}#history",
    "removed_patients": f"{_SAFE}#removed",
    "quality": _QUALITY,
    "import": _IN,
    "inbox": f"{_IN}#inbox",
    "export": _OUT,
}
"""By the id of a room or page of the window."""

PARTS: Final = {
    "FirstRunCard": f"{_FIRST}#new-registry",
    "UnlockCard": f"{_FIRST}#unlock",
    "RecoverCard": f"{_FIRST}#passphrase-lost",
    "RecoveryCard": f"{_FIRST}#recovery-code",
    "OwnPassphraseCard": f"{_FIRST}#own-passphrase",
    "UpgradeCard": f"{_FIRST}#upgrade",
    "RestoreCard": f"{_FIRST}#restore",
    "PatientForm": f"{_DAY}#new-patient",
    "ErasureSheet": f"{_SAFE}#erasing",
    "PftSheet": f"{_DAY}#log-pft",
    "ReportSheet": f"{_IN}#report",
    "DiagnosisSheet": f"{_RECORD}#diagnosis",
    "LineSheet": f"{_RECORD}#therapy",
    "LineActSheet": f"{_RECORD}#therapy-acts",
    "AdverseEventSheet": f"{_RECORD}#adverse-event",
    "HrctSheet": f"{_RECORD}#hrct",
    "ProcedureSheet": f"{_RECORD}#procedure",
    "VisitSheet": f"{_RECORD}#visit",
    "LabsSheet": f"{_RECORD}#bloods",
    "LabSheet": f"{_RECORD}#bloods",
    "SerologySheet": f"{_RECORD}#serology",
    "AntibodySheet": f"{_RECORD}#serology",
    "HeartSheet": f"{_RECORD}#heart",
    "ProSheet": f"{_RECORD}#questionnaire",
    "ConsentSheet": f"{_RECORD}#consent",
    "FileSheet": f"{_RECORD}#documents",
    "SnoozeSheet": f"{_TODAY}#put-off",
    "MeetingSheet": f"{_MDT}#meeting",
    "CaseSheet": f"{_MDT}#case",
    "PutOffSheet": f"{_MDT}#put-off-case",
    "ReopenSheet": f"{_MDT}#reopen",
    "LetterSheet": f"{_MDT}#letters",
    "TemplateSheet": f"{_MDT}#letter-text",
    "PackSheet": f"{_MDT}#pack",
    "PrintSheet": f"{_MDT}#page",
    "CarriedOutSheet": f"{_MDT}#carried-out",
    "ConflictSheet": f"{_SAFE}#two-desks",
    "PrintDialog": f"{_OUT}#printing",
    "RestoreDialog": f"{_SAFE}#restore",
    "ClosingDialog": f"{_SAFE}#backup",
    "CodeDialog": f"{_SAFE}#people",
    "ActDialog": f"{_SAFE}#people",
    "PlotKey": f"{_DAY}#plot",
    "CommandPalette": _KEYS,
    "ShortcutSheet": _KEYS,
    "AboutDialog": START,
    "PracticeCard": f"{_FIRST}#sample",
    "LicencesDialog": START,
    "BundleSheet": "guide/12-when-something-is-wrong.md#help",
}
"""By the class of a sheet, card or dialog that has the keyboard."""
