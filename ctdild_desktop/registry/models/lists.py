"""The words that a column of a closed list may hold. The forms' lists say them in the same order."""

SEX = ("F", "M")
SMOKING = ("never", "ex", "current", "unknown")
TRANSPLANT = ("not_referred", "referred", "listed", "transplanted", "unsuitable", "unknown")
OXYGEN = ("none", "ambulatory", "nocturnal", "ltot", "unknown")
CONSENT = ("given", "declined", "withdrawn", "not_asked")
CONSENT_KIND = ("registry", "research", "other")
VITAL_STATUS = ("alive", "dead", "lost", "moved", "unknown")
CAUSE_OF_DEATH = ("respiratory", "ild", "infection", "other", "unknown")
ONSET_ORDER = ("ctd_first", "ild_first", "together", "unknown")
ONSET_MODE = ("insidious", "subacute", "acute", "incidental", "unknown")
PATTERN_BASIS = ("hrct", "biopsy", "both")
CONFIDENCE = ("definite", "high", "low", "unclassifiable")
BEHAVIOUR = ("reversible", "reversible_risk", "stable", "progressive_may_stabilise", "progressive")
EXTENT = ("limited", "extensive", "indeterminate")
BASIS = ("MDT", "clinic", "referral")
VISIT_KIND = (
    "baseline",
    "scheduled",
    "unscheduled",
    "telephone",
    "mdt_only",
    "day_case",
    "remote",
)
VISIT_STATUS = ("attended", "did_not_attend", "cancelled", "planned")
SYMPTOM_CHANGE = ("worse", "stable", "better", "unknown")
ADMISSION_REASON = ("respiratory", "other", "unknown")
PERFORMED = ("done", "partly", "not_done")
NOT_DONE = (
    "unwell",
    "cannot_perform",
    "infection_control",
    "equipment",
    "declined",
    "did_not_attend",
    "oxygen_dependent",
    "other",
)
POSITION = ("sitting", "standing", "supine", "unknown")
VOLUMES_METHOD = ("body_box", "helium", "nitrogen", "other", "unknown")
DLCO_UNIT = ("mL/min/mmHg", "mmol/min/kPa")
QUALITY_FVC = ("A", "B", "C", "D", "E", "U", "F")
QUALITY_DLCO = ("A", "B", "C", "D", "F")
DETECTION = ("below", "above")
LAB_RESULT = ("negative", "borderline", "positive", "unknown")
SEROLOGY_RESULT = ("negative", "borderline", "positive", "not_done", "unknown")
HEART_TEST = ("echo", "rhc")
READ_TYPE = ("local", "mdt")
HRCT_EXTENT = ("below_20", "above_20", "indeterminate")
HRCT_RESULT = ("progression", "stable", "improved", "not_compared")
HRCT_FEATURE = ("absent", "mild", "moderate", "severe", "unknown")
EMPHYSEMA_EXTENT = ("none", "below_15", "from_15", "unknown")
ACUTE_CHANGE = ("none", "infection", "exacerbation", "embolism", "other", "unknown")
PROCEDURE = ("bal", "transbronchial_biopsy", "cryobiopsy", "ebus", "surgical_biopsy", "none")
CULTURE = ("negative", "positive", "pending", "not_done", "unknown")
COMPLICATION = ("none", "pneumothorax", "bleeding", "exacerbation", "death", "other", "unknown")
CONTRIBUTION = ("changed", "confirmed", "no_help", "unknown")
PRO_MODE = ("self", "helped", "phone")
ROLE = (
    "induction",
    "maintenance",
    "rescue",
    "antifibrotic",
    "bridge",
    "supportive",
    "prophylaxis",
)
INDICATION = ("lung", "extrathoracic", "both")
ROUTE = ("PO", "IV", "SC", "IM", "INH")
DOSE_BASIS = ("flat", "per_kg", "per_m2")
INTENT = ("stabilise", "improve")
RESPONSE = ("improved", "stable", "worse", "too_early", "not_judged")
PJP_PROPHYLAXIS = ("yes", "no", "declined", "unknown")
INFUSION_STATUS = ("given", "partial", "deferred", "cancelled")
CAUSALITY = ("certain", "probable", "possible", "unlikely", "conditional", "unassessable")
AE_ACTION = (
    "none",
    "dose_reduced",
    "interrupted",
    "withdrawn",
    "dose_increased",
    "unknown",
    "not_applicable",
)
AE_OUTCOME = ("recovered", "recovering", "not_recovered", "sequelae", "fatal", "unknown")
MEETING_KIND = ("ild_mdt", "joint_rheumatology", "transplant", "virtual", "other")
MEETING_STATUS = ("planned", "locked", "held", "closed")
URGENCY = ("routine", "urgent")
TEAM_VERDICT = ("progressing", "stable", "improved", "cannot_tell")
IMPLEMENTED = ("yes", "partly", "no", "pending")
ACTION_STATUS = ("open", "done", "cancelled")
ATTACHED_TO = (
    "diagnosis",
    "visit",
    "pft",
    "hrct",
    "therapy_line",
    "adverse_event",
    "serology",
    "procedure",
    "lab",
    "heart_test",
    "pro",
    "consent",
    "decision",
)
"""Kinds of records that a file may belong to, by table."""
MEDIA_TYPES = ("application/pdf", "image/png", "image/jpeg", "application/dicom", "text/plain")
"""What a file may be."""
INBOX_STATES = ("waiting", "taken", "set_aside", "unreadable")
INBOX_FROM = ("folder", "window", "command")
INBOX_REASONS = ("other_patient", "no_use", "device_check", "by_hand", "withdrawn")
