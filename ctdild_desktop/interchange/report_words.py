"""The words that lung-function reports use: names of the measurements, heads of columns, units.

English, Spanish, German and French. A name leads to a quantity, and a head to a role, only when all of it is
understood; words that are not listed lead to nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

QUANTITIES: Mapping[str, tuple[str, ...]] = {
    "FVC": (
        *("fvc", "cvf", "fvk", "fvc ex", "forced vital capacity", "capacidad vital forzada"),
        *("capacite vitale forcee", "forcierte vitalkapazitat", "forced vc"),
    ),
    "FEV1": (
        *("fev1", "fev 1", "fev1.0", "vef1", "vef 1", "vems", "fev-1", "vef-1"),
        "forced expiratory volume in 1 second",
        *("forced expiratory volume in one second", "volumen espiratorio forzado en el primer segundo"),
        *("volume expiratoire maximal par seconde", "einsekundenkapazitat", "1-sekunden-kapazitat"),
    ),
    "RATIO": (
        *("fev1/fvc", "fev1/vc", "fev1%fvc", "fev1 % fvc", "fev1%vc", "fev1 % vc", "fev 1 % fvc"),
        "fev 1/fvc",
        *("fev1/vcmax", "fev1 % vc max", "fev 1 % vc max", "fev1%vc max", "fev1/vc max", "fev1/fvc ratio"),
        *("vef1/cvf", "vems/cvf", "vems/cv", "fev1/cvf", "tiffeneau", "tiffeneau-index"),
        "indice de tiffeneau",
        *("fev1/svc", "fev1/fvc%", "fev1/fvc %", "tiffeneau index"),
    ),
    "SVC": (
        *("svc", "vc", "evc", "vc max", "vcmax", "vc (max)", "slow vc", "cvl", "cv lente"),
        "vital capacity",
        *("vitalkapazitat", "slow vital capacity", "vc ex"),
    ),
    "DLCO": (
        *("dlco", "tlco", "dl,co", "tl,co", "dlco sb", "tlco sb", "dlco_sb", "tlco_sb", "dlco unc"),
        "dlco uncorr",
        *("dlco uncorrected", "tlco uncorrected", "dlco raw", "transfer factor"),
        *("diffusing capacity", "dlcosb"),
        *("diffusion capacity", "transferfaktor", "diffusionskapazitat", "tlcosb", "dlco unadj"),
        "dlco (unadj)",
        *("dlco unadjusted", "facteur de transfert", "difusion de co", "dlco (unc)", "dlco (sb)"),
        "tlco (sb)",
    ),
    "DLCO_HB": (
        *("dlcoc", "tlcoc", "dlcoc sb", "tlcoc sb", "dlco corr", "dlco corrected", "tlco corrected"),
        "dlcocsb",
        *("dlco adj", "dlco (hb)", "tlco (hb)", "dlco hb", "tlco hb", "dlco hb corr"),
        *("dlco adjusted", "dlco cor"),
        *("dlco (adj)", "dlco (hb corr)", "dlco (hb-corr)", "dlco [hb]", "dlco korr", "dlco (corr)"),
        "dlco hb-corr",
        *("dlco (corr.)", "dlco corregida", "dlco corrigee", "tlco corr", "tlco (corr)"),
    ),
    "KCO": (
        *("kco", "dlco/va", "tlco/va", "dl/va", "tl/va", "dlco / va", "tlco / va", "transfer coefficient"),
        *("transferkoeffizient", "krogh", "krogh-faktor", "kco sb", "dlco/va sb", "k co"),
        "coeficiente de transferencia",
        *("coefficient de transfert",),
    ),
    "KCO_HB": (
        *("dlcoc/va", "tlcoc/va", "kcoc", "dl/va adj", "dlco/va adj", "kco corr", "kco (hb)"),
        "kco corrected",
    ),
    "TLC": (
        *("tlc", "cpt", "tlk", "tlc (pleth)", "tlc pleth", "tlc box", "tlc-he", "tlc he", "tlc n2"),
        "tlc (n2)",
        *("tlc (he)", "tlc (box)", "total lung capacity", "totalkapazitat", "totale lungenkapazitat"),
        *("capacidad pulmonar total", "capacite pulmonaire totale"),
    ),
    "RV": (
        *("rv", "vr", "rv (pleth)", "rv pleth", "rv box", "rv he", "rv-he", "rv n2", "rv (n2)", "rv (he)"),
        *("rv (box)", "residual volume", "residualvolumen", "volumen residual", "volume residuel"),
    ),
    "FRC": (
        *("frc", "crf", "frc (pleth)", "frc pleth", "frc pl", "frcpl", "frcpleth", "frc box"),
        *("frc he", "frc-he"),
        *("frc n2", "frc (n2)", "frc (he)", "frc (box)", "itgv", "tgv", "vtg"),
        "functional residual capacity",
        *("funktionelle residualkapazitat", "capacidad residual funcional"),
        "capacite residuelle fonctionnelle",
    ),
    "VA": (
        *("va", "va sb", "va (sb)", "alveolar volume", "alveolarvolumen", "volumen alveolar"),
        "volume alveolaire",
    ),
    "HB": (
        *("hb", "hgb", "haemoglobin", "hemoglobin", "hamoglobin", "hemoglobina", "hemoglobine", "hb value"),
        *("haemoglobin (hb)", "hemoglobin (hb)"),
    ),
    "SPO2": (
        *("spo2", "spo2 rest", "spo2 at rest", "resting spo2", "sato2", "sat o2", "spo2 (rest)"),
        "spo2 (room air)",
        *("spo2 room air", "spo2 ruhe", "spo2 in ruhe", "spo2 basal", "spo2 reposo"),
        *("spo2 en reposo", "sauerstoffsattigung"),
        *("oxygen saturation", "saturacion de oxigeno", "saturation en oxygene", "spo2 repos"),
        "spo2 au repos",
    ),
    "HEIGHT": (
        *("height", "ht", "große", "grosse", "koerpergroesse", "groesse", "korpergroße", "talla"),
        *("altura", "taille"),
        *("estatura", "body height"),
    ),
    "WEIGHT": ("weight", "wt", "gewicht", "korpergewicht", "peso", "poids", "body weight"),
}  # fmt: skip
"""The names of each quantity, folded as :func:`folded` does."""

UNIT = (
    r"(?:%|(?:(?:mmol|mlco|ml|cm|kg|mm\s?\[?hg\]?|kpa|min|sec|dl|lb|ft|in|lit(?:er|re)s?|litros?"
    r"|[lgsm])(?![a-z])"
    r"(?:-1|⁻¹|\^-1)?)"
    r"(?:\s?[/·*.∙⋅×]\s?\(?\s?(?:mmol|ml|mm\s?\[?hg\]?|kpa|min|sec|dl|[lsm])(?![a-z])(?:-1|⁻¹"
    r"|\^-1)?\s?\)?){0,4}"
    r"(?:\s?\(?btps\)?)?)"
)
"""What may be a unit, in folded text; whether it is one of a field is asked later."""


class Column(StrEnum):
    """What stands in a column of a table."""

    LABEL = "label"
    UNIT = "unit"
    MEASURED = "measured"
    PREDICTED = "predicted"
    PERCENT = "percent"
    LIMIT = "limit"
    Z = "z"
    CHANGE = "change"
    TRIAL = "trial"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column; ``bare`` when it is the sign of per cent alone."""

    column: Column
    post_bd: bool | None = None
    bare: bool = False


_PRED = (
    r"(?:pred(?:icted|ict)?|prd|ref(?:erence|erencia|erenz)?|soll(?:wert)?|norm(?:al|wert|alwert)?"
    r"|teor(?:ico)?"
    r"|theor(?:ique)?|theo|teo|predite?|predicho|esperado|attendu|expected)(?: ?(?:value|val|wert"
    r"|valor|valeur))?"
)
_DILATOR = r"(?:[ -]?(?:bd|rx|bronch\w*|dil\w*|lyse|med\w*|drug|test))?"
_PRE = rf"(?:pre|base|prae|pra|basal|baseline|vor|avant|antes|before){_DILATOR}"
_POST = rf"(?:post{_DILATOR}|pos[ -]?bd|(?:nach|apres|despues|after){_DILATOR})"
_MEAS = (
    r"(?:best|actual|act|meas(?:ured)?|ist(?:wert)?|results?|resultados?|obs(?:erved)?|mesuree?s?"
    r"|medid[oa]|gemessen"
    r"|messwert|mejor|meilleure?|bester?|found)(?: ?(?:value|val|wert|valor|valeur))?"
)
_HEADS: tuple[tuple[str, Head], ...] = (
    (rf"%(?:of )?(?:del? )?{_PRED}|{_PRED} ?%|pct ?{_PRED}|percent(?: of)? {_PRED}", Head(Column.PERCENT)),
    (
        r"%?(?:ist|act|actual|meas|best) ?/(?:soll|pred|ref)|%(?:i/s|m/p|a/p)|% ?ist/soll",
        Head(Column.PERCENT),
    ),
    (rf"%{_PRE}/{_PRED}|{_PRE} ?%{_PRED}|%{_PRED} {_PRE}|{_PRE} ?/{_PRED}", Head(Column.PERCENT, False)),
    (rf"%{_POST}/{_PRED}|{_POST} ?%{_PRED}|%{_PRED} {_POST}|{_POST} ?/{_PRED}", Head(Column.PERCENT, True)),
    (r"%?(?:ist|act|actual|a|m|i) ?\d ?/ ?(?:soll|pred|ref|s|p)", Head(Column.OTHER)),
    (r"%", Head(Column.PERCENT, bare=True)),
    (_PRED, Head(Column.PREDICTED)),
    (
        r"(?:pred )?(?:lln|uln|lin|ll|ul|llnr?|ugw|ogw|lsn|lis)(?: 5%?)?|(?:normal|ref(?:erence)?"
        r"|pred) ?range|range"
        r"|rango|bereich|normbereich|5th(?: percentile)?|95%? ?ci|conf(?:idence)? (?:int|limits?)\w*"
        r"|lower limit"
        r"|upper limit|limite inf\w*|limite sup\w*|unterer grenzwert|grenzwert",
        Head(Column.LIMIT),
    ),
    (r"(?:lms )?z(?:[ -]?scores?|[ -]?wert)?|sds?[ -]score|sds|sr|std ?res|puntuacion z", Head(Column.Z)),
    (
        rf"(?:{_POST} )?(?:abs |% ?)?(?:chg|chng|change|cambio|diff|difference|delta|δ|anderung|var)"
        r"|d%|%?post/pre|%post-pre|d ?\(?post-pre|change ?%|cambio ?%",
        Head(Column.CHANGE),
    ),
    (r"(?:trial|test|effort|versuch|intento|essai|eff|maniobra) ?#?\d{1,2}|#\d{1,2}|t\d", Head(Column.TRIAL)),
    (r"units?|um|uom|einheit|unidad(?:es)?|unites?|einh", Head(Column.UNIT)),
    (
        r"parameters?|param|parametros?|parametres?|messgroße|meßgroße|index|variable|test"
        r"|spirometr(?:y|ie)|measure"
        r"|espirometria|lung volumes?|volumes?|volumenes|lungenvolumina|diffus(?:ion|ing capacity)"
        r"|difusion|gas transfer"
        r"|diffusionskapazitat|plethysmograph(?:y|ie)|bodyplethysmographie|ganzkorperplethysmographie"
        r"|spirometrie"
        r"|pletismografia|gas exchange|lung function|measurement",
        Head(Column.LABEL),
    ),
    (rf"{_PRE} ?#?\d?|(?:{_PRE} {_MEAS})|(?:{_MEAS} {_PRE})", Head(Column.MEASURED, False)),
    (rf"{_POST} ?#?\d?|(?:{_POST} {_MEAS})|(?:{_MEAS} {_POST})", Head(Column.MEASURED, True)),
    (rf"{_MEAS}|(?:ist|act|actual|a|meas) ?[12]|value|wert|valor|valeur", Head(Column.MEASURED)),
    (
        r"(?:sd|rsd|cv|grade|quality|flag|comment|date|time|datum|fecha|mean|mittelwert|median"
        r"|previous|last|prior|vorwert"
        r"|previo|anterior|precedent|interpretation|code)",
        Head(Column.OTHER),
    ),
)  # fmt: skip
_AWAY = re.compile(
    r"\b(?:pred(?:icted|ict)?|expected|ref(?:erence)?|norm(?:al)?|soll(?:wert)?|teor\w*|theo\w*|lln"
    r"|uln|lin|limit\w*"
    r"|prev\w*|prior|last|earlier|former\w*|baseline|initial\w*|change\w*|fall|fell|fallen"
    r"|decline\w*|drop\w*"
    r"|decreas\w*|increas\w*|rose|risen|improv\w*|delta|loss|lost|best ever|highest|lowest|nadir"
    r"|min(?:imum)?|exertion"
    r"|exercise|6mw\w*|walk\w*|vorwert\w*|vorher\w*|zuvor|letzte\w*|abfall|anstieg|belastung"
    r"|previ[oa]s?|anterior\w*"
    r"|caida|descenso|aumento|cambio|esfuerzo|ejercicio|precedent\w*|anterieur\w*|baisse|chute|effort"
    r"|desatur\w*"
    r"|ago|hace|compar\w*|vergl\w*|nocturn\w*|overnight|night|sleep|schlaf|nachts|nacht|noche|nuit"
    r"|assumed|standard(?=[\s)]*$)|(?:correct|adjust|standardi[sz])\w*\s+to(?=\s*$)|default|angenommen|threshold|cut-?off|schwelle|umbral|seuil|donor"
    r"|ppo|provo(?:k|c)\w*|met(?:h)?achol\w*|metacol\w*|challenge|supine|liegend|decubit\w*"
    r"|mother|father|sister|brother|ibw|(?:ideal|lean|dry|birth)(?=[\s:]*$)"
    r"|target|goal|z(?:[- ]?score)?|from|since|seit|desde|depuis)\b|[δ→↓↑]|->"
)
_DRUG = (
    r"(?:(?:the|de|du|del|la|el|le|einem?|der|a)\s+)*(?:bronch?o(?:dil|lys|sp)\w*|bd|dilat\w*|spasmolyse|salbutamol\w*|albuterol"
    r"|ventolin\w*|terbutalin\w*|ipratropi\w*|berodual|fenoterol)"
)
_SAID_POST = re.compile(
    r"(?<![a-z])(?:(?:post(?:[ -]?(?:bd|rx|bronch\w*|dil\w*))?|pos[ -]?bd)(?![a-z])"
    rf"|(?:after|following|nach|apres|despues|tras|post)[ -]{_DRUG})"
)
_SAID_PRE = re.compile(
    r"(?<![a-z])(?:(?:pre(?:[ -]?(?:bd|rx|bronch\w*|dil\w*))?)(?![a-z])"
    rf"|(?:before|without|vor|ohne|avant|sans|antes|sin)[ -]{_DRUG})"
)
_NEUTRAL = re.compile(
    r"\b(?:the|of|on|values?|tests?|results?|visits?|stud(?:y|ies)|pfts?|spirometry|measurements?|date|year|years"
    r"|lung function|werte?|messung|untersuchung|valor(?:es)?|prueba|espirometria|fecha|valeurs?|examen"
    r"|de|la|del|vom)\b"
)
_SPACES = re.compile(r"\s+")


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """The text in small letters without accents, letter for letter, so that places in it stay the same."""
    out = []
    for letter in text:
        small = letter.lower()
        base = unicodedata.normalize("NFKD", small)[0] if len(small) == 1 else letter
        out.append(base if len(base) == 1 and not unicodedata.combining(base) else letter)
    return "".join(out)


@cache
def _names() -> dict[str, str]:
    return {name: quantity for quantity, names in QUANTITIES.items() for name in names}


@cache
def _label_pattern() -> re.Pattern[str]:
    names = sorted(_names(), key=len, reverse=True)
    return re.compile(r"(?<![\w/%])(?:" + "|".join(map(re.escape, names)) + r")(?![\w/%]|-\w|[ ]?/[ ]?[a-z])")


def quantity_of(label: str) -> str:
    """The quantity that a whole label names; empty when it is not one of the known ones."""
    return _names().get(_bare(label), "")


def quantities_in(line: str) -> list[tuple[int, int, str]]:
    """Where a line names quantities: begin, end and quantity."""
    low = folded(line)
    return [(m.start(), m.end(), _names()[m[0]]) for m in _label_pattern().finditer(low)]


def head_of(text: str) -> Head | None:
    """What the head of a column says, read as a whole; None when it is not understood."""
    bare = re.sub(r"[\[\](){}.:]", "", folded(text))
    bare = _SPACES.sub(" ", re.sub(r"(?<=%)\s+|\s*(?=/)|(?<=/)\s*", "", bare)).strip(" -_=*")
    return next((head for pattern, head in _HEADS if re.fullmatch(pattern, bare)), None) if bare else None


def side_in(text: str) -> bool | None:
    """Whether words say before (False) or after (True) a bronchodilator; None for neither and for both."""
    low = folded(text)
    post = _SAID_POST.search(low) is not None
    pre = _SAID_PRE.search(low) is not None
    return None if post == pre else post


def speaks_of_another(text: str) -> bool:
    """Whether words speak of a predicted, an earlier or a changed value, not of the one that was measured."""
    return _AWAY.search(folded(text)) is not None


def heads_others(line: str) -> bool:
    """Whether a line is nothing but the title of other values: ``Previous test (12.03.2019)``."""
    low = folded(line).strip()
    return speaks_of_another(low) and not any(map(str.isalpha, _NEUTRAL.sub("", _AWAY.sub("", low))))


def unit_words(text: str) -> str:
    """A unit with its exponents and signs of multiplication written the usual way, and without BTPS."""
    low = re.sub(r"\s?\(?btps\)?", "", folded(text)).strip()
    low = re.sub(r"(?:-1|⁻¹|\^-1)", "", low)
    low = re.sub(r"[∙⋅×]", "/", low)
    low = re.sub(r"^(?:liter|litre|litro)s?$", "l", low)
    return text if re.fullmatch(r"[a-zA-Z%]+", text) and low == text.lower() else low


def _bare(label: str) -> str:
    low = re.sub(r"[\[(]?\b(?:btps|stpd)\b[\])]?", " ", folded(label).replace("₁", "1").replace("₂", "2"))
    low = _SPACES.sub(" ", low).strip(" .,:=*#|-")
    return re.sub(r"\s*\.{2,}.*$", "", low)
