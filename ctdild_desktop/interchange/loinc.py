"""LOINC codes of lung function, and the check that a code and the words beside it mean the same.

Public code labels 19868-9 as FEV1 and even as SpO2, so that a code alone proves nothing.

Source: loinc.org; the German MII profile of lung function; the PFT guide of Automate Medical.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ctdild_desktop.interchange.measures import Named, Role, mentioned, named
from ctdild_desktop.interchange.values import CellError
from ctdild_desktop.language import say

SHAPE = re.compile(r"\d{1,5}-\d\Z", re.ASCII)

_M, _P, _S = Role.MEASURED, Role.PERCENT, Role.PREDICTED
CODES: Mapping[str, Named] = {
    "19870-5": Named("FVC"),
    "19868-9": Named("FVC"),
    "19876-2": Named("FVC", _M, False),
    "19874-7": Named("FVC", _M, True),
    "19869-7": Named("FVC", _S),
    "19872-1": Named("FVC", _P),
    "19871-3": Named("FVC", _P, False),
    "19873-9": Named("FVC", _P, True),
    "20150-9": Named("FEV1"),
    "20157-4": Named("FEV1", _M, False),
    "20155-8": Named("FEV1", _M, True),
    "20149-1": Named("FEV1", _S),
    "20152-5": Named("FEV1", _P),
    "20151-7": Named("FEV1", _P, False),
    "20153-3": Named("FEV1", _P, True),
    "19926-5": Named("RATIO"),
    "19866-3": Named("SVC"),
    "19911-7": Named("DLCO"),
    "98091-2": Named("DLCO", _M, False),
    "19910-9": Named("DLCO", _S),
    "98130-8": Named("DLCO", _P),
    "19913-3": Named("DLCO_HB"),
    "19916-6": Named("KCO"),
    "69578-3": Named("KCO_HB"),
    "19862-2": Named("TLC"),
    "19861-4": Named("TLC", _S),
    "89085-5": Named("TLC", _P),
    "20146-7": Named("RV"),
    "19843-2": Named("FRC"),
    "59408-5": Named("SPO2"),
    "59417-6": Named("SPO2"),
    "64098-7": Named("WALK"),
    "718-7": Named("HB"),
    "8302-2": Named("HEIGHT"),
    "29463-7": Named("WEIGHT"),
    "3141-9": Named("WEIGHT"),
}
_SAME = {"DLCO_HB": "DLCO", "KCO_HB": "KCO"}


def meaning(code: str, words: str) -> Named:
    """What a code means; by the words alone, read as a whole, where the code is not one of these.

    Raises:
        CellError: the words beside the code speak of another quantity, or of the other side of a
            bronchodilator.
    """
    found = CODES.get(code)
    if found is None:
        return named(words)
    said = mentioned(words)
    if said and said != _SAME.get(found.quantity, found.quantity):
        raise CellError(
            say(
                "the code {code} means {quantity} and the words beside it {said}",
                code=code,
                quantity=found.quantity,
                said=said,
            )
        )
    side = named(words).post_bd
    if side is not None and found.post_bd is not None and side is not found.post_bd:
        raise CellError(
            say(
                "the code {code} and the words beside it differ in before and after bronchodilator", code=code
            )
        )
    return found if found.post_bd is not None or side is None else Named(found.quantity, found.role, side)
