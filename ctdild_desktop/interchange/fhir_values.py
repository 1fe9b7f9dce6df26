"""What one observation of FHIR says: its values with what they mean, the components among them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from ctdild_desktop.interchange.fhir_people import same_text
from ctdild_desktop.interchange.fhir_resources import Resource, codings_of, text_of
from ctdild_desktop.interchange.fhir_terms import COMPUTED, LOINC, MEANT, MEASURE
from ctdild_desktop.interchange.grouping import Item
from ctdild_desktop.interchange.loinc import meaning
from ctdild_desktop.interchange.measures import Named, Role, bronchodilator_in, mentioned
from ctdild_desktop.interchange.values import CellError
from ctdild_desktop.language import say

_FINAL = frozenset({"final", "amended", "corrected"})
_SNOMED = {
    "50834005": Named("FVC"),
    "59328004": Named("FEV1"),
    "310520004": Named("FEV1", Role.PREDICTED),
    "313223002": Named("FEV1", Role.PERCENT),
    "251944000": Named("RATIO"),
    "251914003": Named("SVC"),
    "83411002": Named("SVC"),
    "65825000": Named("FRC"),
    "42457008": Named("RV"),
    "57566009": Named("TLC"),
    "1366665001": Named("DLCO"),
    "251952002": Named("KCO"),
    "251953007": Named("VA"),
}


def items_of(one: Resource, day: dt.date | None) -> Iterator[Item]:
    """The values of an observation; what was computed from them by the program is not among them."""
    value, unit = quantity_of(one.content)
    words = one.words
    base = Item(day=day, meant=Named(""), label=words, text="" if value is None else str(value), unit=unit)
    status = str(one.content.get("status", ""))
    if status in {"cancelled", "entered-in-error"}:
        return
    try:
        meant = _meant(one.content.get("code"))
    except CellError as error:
        yield replace(base, fault=str(error))
        return
    side = meant.post_bd
    base = replace(base, meant=meant, post_bd=side, limits=_limits(one.content))
    not_final = say("the result is not final (status {status})", status=status or "-")
    if status not in _FINAL and meant.quantity:
        yield replace(base, fault=not_final)
        return
    if not base.text and isinstance(one.content.get("valueString"), str):
        if status not in _FINAL:
            yield replace(base, comment=True, notice=not_final)
        else:
            yield replace(base, text=one.content["valueString"], comment=True)
    elif base.text:
        yield base
    elif meant.quantity and "dataAbsentReason" not in one.content and not one.content.get("component"):
        yield replace(base, fault=say("holds no quantity"))
    yield from _components(one, meant, base)


def _components(one: Resource, meant: Named, base: Item) -> Iterator[Item]:
    """The parts of an observation: the predicted value, the per cent of it, or another quantity."""
    for part in one.parts("component"):
        if any(coding.get("system") == COMPUTED for coding in codings_of(part.get("code"))):
            continue
        value, unit = quantity_of(part)
        if value is None and ("valueQuantity" not in part or "dataAbsentReason" in part):
            continue
        words = text_of(part.get("code"))
        item = replace(base, label=words, text="" if value is None else str(value), unit=unit, limits="")
        try:
            found = _meant(part.get("code"))
        except CellError as error:
            yield replace(item, fault=str(error))
            continue
        if not found.quantity and meant.quantity:
            role = _role_in(words)
            about = mentioned(words)
            if role is not Role.MEASURED and about in {"", meant.quantity}:
                found = Named(meant.quantity, role, found.post_bd)
        if value is None:
            if found.quantity:
                yield replace(item, fault=say("holds no quantity"))
            continue
        side = found.post_bd if found.post_bd is not None else meant.post_bd
        yield replace(item, meant=found, post_bd=side)


def _meant(code: Any) -> Named:
    """What a coded concept means; raises CellError when its codes and words contradict one another."""
    words = text_of(code)
    found: list[Named] = []
    for coding in codings_of(code):
        system, value = str(coding.get("system", "")), str(coding.get("code", ""))
        display = coding.get("display")
        said = display if isinstance(display, str) and display else words
        if system == LOINC:
            meant = meaning(value, said)
        elif system == MEASURE and value in MEANT:
            meant = MEANT[value]
        elif "snomed" in system and value in _SNOMED:
            meant = _SNOMED[value]
            about = mentioned(said)
            if about and about != meant.quantity:
                raise CellError(
                    say(
                        "the code {code} means {quantity} and the words beside it {said}",
                        code=value,
                        quantity=meant.quantity,
                        said=about,
                    )
                )
        else:
            continue
        if meant.quantity:
            found.append(meant)
    sides = {each.post_bd for each in found} | {bronchodilator_in(words)}
    sides.discard(None)
    if len({(each.quantity, each.role) for each in found}) > 1 or (found and len(sides) > 1):
        raise CellError("its codes mean different things")
    side = next(iter(sides), None)
    return Named(found[0].quantity, found[0].role, side) if found else Named("", Role.MEASURED, side)


def _role_in(words: str) -> Role:
    lower = words.casefold()
    if "z-score" in lower or "z score" in lower:
        return Role.Z
    if "percent" in lower or "%" in lower or "measured/predicted" in lower:
        return Role.PERCENT
    if "expected" in lower or "predicted" in lower:
        return Role.PREDICTED
    return Role.MEASURED


def quantity_of(content: dict[str, Any]) -> tuple[Decimal | None, str]:
    """The value and the unit: the code of UCUM where there is one, which is exact, else the word."""
    found = content.get("valueQuantity")
    if not isinstance(found, dict) or found.get("comparator"):
        return None, ""
    value = found.get("value")
    if not isinstance(value, Decimal):
        return None, ""
    code, word = (found.get(name) for name in ("code", "unit"))
    return value, code if isinstance(code, str) and code else word if isinstance(word, str) else ""


def litres_of(value: Decimal | None, unit: str) -> Decimal | None:
    if value is None or not same_text(unit, "L", "mL"):
        return None
    return value / 1000 if same_text(unit, "mL") else value


def _limits(content: dict[str, Any]) -> str:
    found = []
    for each in content.get("referenceRange", ()) if isinstance(content.get("referenceRange"), list) else ():
        if isinstance(each, dict):
            for name, sign in (("low", ">"), ("high", "<")):
                limit = each.get(name)
                if isinstance(limit, dict) and isinstance(limit.get("value"), Decimal):
                    found.append(f"{sign} {limit['value']}")
    return ", ".join(found)
