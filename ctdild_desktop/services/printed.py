"""What every printout says of itself: which program, who printed it and when."""

from __future__ import annotations

from dataclasses import dataclass

from ctdild_desktop import __version__
from ctdild_desktop.clinical import wording
from ctdild_desktop.language import code, say
from ctdild_desktop.services.desk import Desk, for_everybody


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedBy:
    """The facts of the foot; texts are final."""

    program: str
    name: str
    day: str
    language: str = "en"
    demo: bool = False
    practice: bool = False
    pseudonymised: bool = False


@for_everybody
def invented(desk: Desk) -> list[str]:
    """What a picture or list says at its foot where everybody in it is invented; nothing elsewhere."""
    if desk.practice:
        return [say("Practice: invented patients.")]
    return [say("Demonstration registry, invented data.")] if desk.demo else []


@for_everybody
def printed_by(desk: Desk, *, pseudonymised: bool = False) -> PrintedBy:
    """What is printed at a desk today."""
    return PrintedBy(
        program=say("CTD-ILD Desktop {version}", version=__version__),
        name=desk.display_name,
        day=wording.day(desk.today()),
        language=code(),
        demo=desk.demo,
        practice=desk.practice,
        pseudonymised=pseudonymised,
    )
