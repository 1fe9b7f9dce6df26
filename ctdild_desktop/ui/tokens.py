"""The colours of the screen as one frozen table per theme; widgets name a token and never a colour."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Colours of one theme by meaning, as ``#RRGGBB`` texts."""

    name: str
    window: str
    base: str
    alt: str
    header: str
    line: str
    grid: str
    ctrl: str
    text: str
    text2: str
    text3: str
    accent: str
    onaccent: str
    sel: str
    focus: str
    fvc: str
    fvct: str
    dlco: str
    dlcot: str
    fev1: str
    fev1t: str
    kco: str
    kcot: str
    met: str
    metbg: str
    onmet: str
    unk: str
    unkbg: str
    unkt: str
    good: str
    goodbg: str
    over: str
    band: str
    lln: str
    gc: str
    csd: str
    csdbg: str
    cyc: str
    cycbg: str
    cd20: str
    cd20bg: str
    af: str
    bio: str
    g1: str
    g2: str
    g3: str
    g4: str
    g5: str
    ong4: str


LIGHT = Tokens(
    name="light",
    window="#F1F2F4",
    base="#FFFFFF",
    alt="#F6F7F8",
    header="#E9EBEE",
    line="#D3D7DB",
    grid="#E4E7EA",
    ctrl="#7C848D",
    text="#14181D",
    text2="#454D56",
    text3="#5A626B",
    accent="#0B5394",
    onaccent="#FFFFFF",
    sel="#DCE9F5",
    focus="#0B5394",
    fvc="#0072B2",
    fvct="#005587",
    dlco="#D55E00",
    dlcot="#843900",
    fev1="#009E73",
    fev1t="#005A43",
    kco="#CC79A7",
    kcot="#7C2F57",
    met="#8C2C08",
    metbg="#FCF1EB",
    onmet="#FFFFFF",
    unk="#7A5600",
    unkbg="#FFF6DC",
    unkt="#573D00",
    good="#005F45",
    goodbg="#E4F2EC",
    over="#8C2C08",
    band="#DCEAF4",
    lln="#5A626B",
    gc="#6A6F75",
    csd="#007A59",
    csdbg="#BCE0D3",
    cyc="#8A6100",
    cycbg="#FBEBC3",
    cd20="#86365F",
    cd20bg="#F0DCE7",
    af="#0B5394",
    bio="#3A7CA5",
    g1="#FFFFFF",
    g2="#F8DCC8",
    g3="#E9A06C",
    g4="#8C2C08",
    g5="#14181D",
    ong4="#FFFFFF",
)

DARK = Tokens(
    name="dark",
    window="#1E2226",
    base="#16191C",
    alt="#1B1F23",
    header="#282D32",
    line="#3A4046",
    grid="#2A2F34",
    ctrl="#808A94",
    text="#F0F2F4",
    text2="#BCC4CC",
    text3="#A3ACB5",
    accent="#7DB9EA",
    onaccent="#0E1113",
    sel="#1F3D56",
    focus="#7DB9EA",
    fvc="#56B4E9",
    fvct="#7CC6F0",
    dlco="#E69F00",
    dlcot="#F2B73C",
    fev1="#2CC79A",
    fev1t="#5AD6B1",
    kco="#E29BC2",
    kcot="#E9B3D0",
    met="#FF9D6E",
    metbg="#3A241A",
    onmet="#16191C",
    unk="#E3C05A",
    unkbg="#332C17",
    unkt="#F0D588",
    good="#5AD6B1",
    goodbg="#16302A",
    over="#FF9D6E",
    band="#1D3342",
    lln="#A3ACB5",
    gc="#A9B0B7",
    csd="#2CC79A",
    csdbg="#1C4B3F",
    cyc="#E3B341",
    cycbg="#3F3416",
    cd20="#E29BC2",
    cd20bg="#43293A",
    af="#7DB9EA",
    bio="#8FC7E8",
    g1="#16191C",
    g2="#4A3022",
    g3="#7C411D",
    g4="#FF9D6E",
    g5="#F0F2F4",
    ong4="#16191C",
)

CONTRAST = Tokens(
    name="contrast",
    window="#000000",
    base="#000000",
    alt="#000000",
    header="#000000",
    line="#FFFFFF",
    grid="#5A5A5A",
    ctrl="#FFFFFF",
    text="#FFFFFF",
    text2="#FFFFFF",
    text3="#E6E6E6",
    accent="#FFE44D",
    onaccent="#000000",
    sel="#004A7F",
    focus="#FFE44D",
    fvc="#6CC8FF",
    fvct="#6CC8FF",
    dlco="#FFC34D",
    dlcot="#FFC34D",
    fev1="#4DE0B4",
    fev1t="#4DE0B4",
    kco="#FFB3DA",
    kcot="#FFB3DA",
    met="#FFB08A",
    metbg="#000000",
    onmet="#000000",
    unk="#FFE44D",
    unkbg="#000000",
    unkt="#FFE44D",
    good="#4DE0B4",
    goodbg="#000000",
    over="#FFB08A",
    band="#10304A",
    lln="#FFFFFF",
    gc="#FFFFFF",
    csd="#4DE0B4",
    csdbg="#003D2E",
    cyc="#FFC34D",
    cycbg="#3D2B00",
    cd20="#FFB3DA",
    cd20bg="#3D1029",
    af="#6CC8FF",
    bio="#6CC8FF",
    g1="#000000",
    g2="#5C2E14",
    g3="#8A4014",
    g4="#FFB08A",
    g5="#FFFFFF",
    ong4="#000000",
)
