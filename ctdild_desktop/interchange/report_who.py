"""Of whom a report speaks and when the test was done: only what stands beside a word that says so.

The day of the print, of the birth and of the report are none of the test.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from ctdild_desktop.clinical.dates import PartialDate
from ctdild_desktop.clinical.records import Sex
from ctdild_desktop.interchange.drafts import Who, who_of
from ctdild_desktop.interchange.report_records import Spot, Unread
from ctdild_desktop.interchange.report_words import folded, speaks_of_another
from ctdild_desktop.interchange.values import CellError, DayOrder, day_order_in, read_day
from ctdild_desktop.language import marked, say

_WORDS: tuple[tuple[str, str], ...] = (
    (
        "birth",
        r"date of birth|birth ?date|d\.?o\.?b\.?|born|geburtsdatum|geb\.?-?datum"
        r"|geb(?:oren)?(?: am)?\.?|fecha de nacimiento"
        r"|f\.? ?(?:de )?nac\.?|fecha nac\.?|nacimiento|date de naissance|nee? le|ddn",
    ),
    (
        "other_day",
        r"print(?:ed|ing)?(?: date| on)?|date printed|report(?:ed)?(?: date| on)?|date of report"
        r"|druckdatum|gedruckt(?: am)?"
        r"|ausdruck|befunddatum|erstellt(?: am)?|fecha de impresion|impreso(?: el)?"
        r"|fecha (?:del )?informe|imprime(?:e)? le"
        r"|date d.impression|edite le|calibrat\w*|kalibri\w*|last test|previous test|letzte messung"
        r"|validated|signed"
        r"|referral date|admission|received|version|predicted date|reported at|date of print",
    ),
    (
        "test_day",
        r"(?:date of (?:the )?(?:test|study|examination|measurement|visit)|(?:test|visit|study|exam"
        r"|measurement|session|pft)"
        r" (?:date|day)(?:[ /]+time)?|tested(?: on)?|measured on|test performed(?: on)?"
        r"|performed(?: on)?|date tested"
        r"|untersuchungsdatum|messdatum|meßdatum|testdatum|datum der (?:untersuchung|messung)"
        r"|untersuchung vom|messung vom"
        r"|untersucht am|fecha (?:de )?(?:la |del )?(?:prueba|estudio|exploracion|realizacion|test|examen)"
        r"|(?:pft|lung function(?: tests?)?|spirometry|lungenfunktion|lufu|spirometrie|espirometria"
        r"|efr|bodyplethysmographie)"
        r"(?: on| of| from| vom| del?| du)?(?= ?:? ?\d)|date (?:de l.|du |de la )(?:examen|test"
        r"|mesure|epreuve|exploration)|examen du|pre[ -]?(?:test )?date)",
    ),
    ("day", r"date|datum|fecha"),
    (
        "family",
        r"surname|family name|last name|nachname|familienname|apellidos?(?! y)|nom de famille"
        r"|nom(?= ?:)|name, ?first",
    ),
    ("given", r"given names?|first names?|forenames?|vorname|nombre(?= ?:)|prenoms?"),
    (
        "name",
        r"patient(?:en)? ?name|name of patient|patient'?s name|nombre y apellidos|apellidos y nombre"
        r"|nom et prenom"
        r"|nom,? prenom|name, vorname|nachname, vorname|paciente|patient(?=:)|name",
    ),
    (
        "mrn",
        r"mrn|medical record (?:no|number)\.?|hospital (?:no|number|id)\.?|nhc"
        r"|n[.o°]? ?(?:de )?historia(?: clinica)?|historia clinica|ipp|n[.o°]? ?(?:de )?dossier",
    ),
    (
        "id",
        r"patient(?:en)?[ -]?(?:id|nr|nummer|no|number)\.?|pat\.?[ -]?(?:id|nr|no)\.?|subject id"
        r"|id(?: ?no| ?number| patient)?|identification(?: no)?|id paciente|fallnummer",
    ),
    ("sex", r"sex|gender|geschlecht|sexo|sexe|sex at birth|gender at birth"),
    (
        "stop",
        r"age|alter|edad|height|weight|große|gewicht|talla|peso|taille|poids|bmi|physician|doctor"
        r"|arzt|medico|medecin"
        r"|technician|ethnic\w*|ethnie|race|room|ward|smok\w*|raucher\w*|diagnosis|address|phone"
        r"|operator|predicted|visit"
        r"|department|years|referr\w*|comment|time|hora|heure|uhrzeit|station",
    ),
)  # fmt: skip
_KEY = re.compile(
    r"(?<![\w])(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _WORDS)
    + r")(?!\w)(?P<colon>\s*[:=]\s*|\s*\t\s*)?"
)
_DAY = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.] ?\d{1,2}[-/.] ?\d{2,4}"
    r"|\d{1,2}[- ][A-Za-z]{3,9}[- ,]{1,2}\d{4}"
)
_SEXES = {
    **dict.fromkeys(
        ("f", "female", "w", "weiblich", "mujer", "femenino", "feminin", "femme", "woman", "fem"), Sex.FEMALE
    ),
    **dict.fromkeys(
        ("male", "mannlich", "hombre", "varon", "masculino", "masculin", "homme", "man", "h", "v"), Sex.MALE
    ),
}
_OF_OTHERS = re.compile(
    r"(?:physician|doctor|dr|technician|technologist|operator|referr\w*|consultant|hospital|clinic|laboratory|lab|device"
    r"|station|user|arzt|arztin|uberweiser|medico|medecin|prescripteur|file|test|drug|mother|father|contact|kin)"
    r"(?:'s)?[ .:-]*$"
)
"""Words before a name that is not the patient's."""
_LONGEST = 60
_LABELS = {
    "mrn": marked("MRN"),
    "id": marked("MRN"),
    "family": marked("surname"),
    "given": marked("given name"),
    "sex": marked("sex"),
}


@dataclass(slots=True)
class About:
    """Who and when, with the places where it stands."""

    who: Who
    spots: tuple[Spot, ...]
    dates: tuple[tuple[dt.date, Spot], ...]
    name: str = ""
    says_mrn: bool = False
    unread: list[Unread] = field(default_factory=list)


def read_about(lines: Sequence[str]) -> About:
    """Read who the report says it is of, and on which days it says that the test was done."""
    order = day_order_in(m[0].strip() for line in lines for m in _DAY.finditer(line))
    held: dict[str, list[tuple[str, Spot]]] = {}
    for number, line in enumerate(lines):
        for kind, text, spot in _pairs(line, number):
            held.setdefault(kind, []).append((text, spot))
    found = About(who_of(), (), ())
    problems: list[tuple[str, str, str]] = []
    spots: list[Spot] = []

    def one(kind: str) -> str:
        """What stands beside the words of a kind; two different texts are none."""
        texts = {tidy: spot for text, spot in held.get(kind, []) if (tidy := " ".join(text.split()))}
        if len({text.casefold() for text in texts}) > 1:
            found.unread += [
                Unread(spot, say("the report contradicts itself here"), kind) for spot in texts.values()
            ]
            if kind != "name":
                problems.append((say(_LABELS[kind]), "", say("the report contradicts itself here")))
            elif _two_people(list(texts)):
                problems.append((say("name"), "", say("the report contradicts itself here")))
            return ""
        spots.extend(texts.values())
        return next(iter(texts), "")

    born = None
    births = {
        read
        for text, spot in held.get("birth", [])
        if (read := _day(text, order, spot, found.unread)) is not None
    }
    if len(births) == 1:
        born = PartialDate.of(next(iter(births)))
        spots += [spot for _text, spot in held["birth"]]
    elif births:
        problems.append((say("birth date"), "", say("the report contradicts itself here")))
    family, given, whole = one("family"), one("given"), one("name")
    if given and not family and not whole:
        given, whole = "", given  # "Nombre: Ingrid Holloway" is the whole name
    if whole and not family and ("," in whole or given):
        family, _comma, rest = (part.strip() for part in whole.partition(","))
        given, whole = given or rest, ""
    found.name = "" if family else whole
    found.says_mrn = bool(held.get("mrn"))
    found.who = who_of(
        mrn=one("mrn" if found.says_mrn else "id"),
        family_name=family,
        given_name=given,
        birth_date=born,
        sex=_sex(one("sex"), [text for text, _ in held.get("sex", [])], lines),
        problems=tuple(problems),
    )
    found.spots = tuple(spots)
    found.dates = _dates(held, order, found.unread)
    return found


def _two_people(names: Sequence[str]) -> bool:
    """Whether two of the names have no word in common; what has digits is no name."""
    words = [set(re.findall(r"[^\W\d_]{2,}", folded(name))) for name in names if not re.search(r"\d", name)]
    return any(one and other and not one & other for one, other in combinations(words, 2))


def _dates(
    held: dict[str, list[tuple[str, Spot]]], order: DayOrder, unread: list[Unread]
) -> tuple[tuple[dt.date, Spot], ...]:
    """The days of the test: those that are called so, else those called a date and nothing more."""
    for kind in ("test_day", "day"):
        said: dict[dt.date, Spot] = {}
        for text, spot in held.get(kind, []):
            if (day := _day(text, order, spot, unread)) is not None:
                said.setdefault(day, spot)
        if said:
            return tuple(said.items())
        if any(_DAY.match(text.strip()) for text, _ in held.get(kind, [])):
            return ()
    return ()


def _day(text: str, order: DayOrder, spot: Spot, unread: list[Unread]) -> dt.date | None:
    match = _DAY.match(text.strip())
    if match is None:
        return None
    try:
        return read_day(re.sub(r"(?<=\.) ", "", match[0]), order)
    except CellError as error:
        unread.append(Unread(spot, str(error), "date"))
        return None


def _pairs(line: str, number: int) -> list[tuple[str, str, Spot]]:
    """The words of a line that say what stands behind them, each with that text."""
    low = folded(line)
    keys = [m for m in _KEY.finditer(low) if _is_key(low, m)]
    found = []
    for at, match in enumerate(keys):
        kind = match.lastgroup if match.lastgroup != "colon" else None
        kind = kind or next(name for name, _ in _WORDS if match[name])
        until = keys[at + 1].start() if at + 1 < len(keys) else len(line)
        rest = line[match.end() : until]
        lead = len(rest) - len(rest.lstrip())
        text = re.split(r"\s{2,}|\t|\|", rest.strip())[0].strip(" ,;")
        day = _DAY.match(text)
        if day is not None and kind in ("birth", "other_day", "test_day", "day"):
            text = day[0]
        if kind == "stop" or not text or len(text) > _LONGEST:
            continue
        begin = match.end() + lead
        found.append((kind, text, Spot(number, begin, begin + len(text))))
    return found


def _is_key(low: str, match: re.Match[str]) -> bool:
    """Whether the word stands as a key: with a colon, alone before two blanks, or before a date."""
    before = low[: match.start()]
    alone = not before.rstrip(" \t|") or before.endswith(("  ", "\t", "|", "; ", ", "))
    if match["day"] and not alone:
        return False  # the date of something else: of a calibration, of an order
    clause = re.split(r"\s{3,}|[;|\t]", before)[-1].replace("last name", "")
    if match["test_day"] and speaks_of_another(clause):
        return False  # the day of an earlier test, with which this one is compared
    if (match["name"] or match["family"] or match["given"]) and _OF_OTHERS.search(before):
        return False
    if match["colon"]:
        return True
    rest = low[match.end() :]
    dated = match["birth"] or match["test_day"] or match["other_day"] or match["day"]
    if dated and re.match(rf"\s*\(?\s*(?:{_DAY.pattern})", rest):
        return True
    numbered = alone and (match["mrn"] or match["id"]) and re.match(r"\s+\d", rest)
    return bool(alone and re.match(r"\s{2,}\S|\t", rest)) or bool(numbered)


def _sex(text: str, texts: Sequence[str], lines: Sequence[str]) -> Sex | None:
    """The sex; a bare M may be a woman in a Spanish report."""
    word = folded(text).split(" ")[0].strip(".,;()") if text else ""
    if word == "m":
        spanish = any(re.search(r"\bsexo\b", folded(line)) for line in lines)
        return None if spanish else Sex.MALE
    return _SEXES.get(word)
