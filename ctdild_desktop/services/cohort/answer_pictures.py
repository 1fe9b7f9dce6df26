"""The picture of an analysis on its way out of the program. It names nobody; that it was taken is noted."""

from __future__ import annotations

from ctdild_desktop import __version__
from ctdild_desktop.clinical import wording
from ctdild_desktop.language import say
from ctdild_desktop.services import events
from ctdild_desktop.services.cohort.answer import Answer
from ctdild_desktop.services.desk import Desk, for_everybody
from ctdild_desktop.services.pictures import LIMITS, Form
from ctdild_desktop.services.printed import invented


@for_everybody
def chart_picture(desk: Desk, answer: Answer, form: Form) -> str:
    """Note that a picture of an answer is taken, and say what stands in its foot.

    Raises:
        RegistryError: it cannot be noted.
    """
    events.note(desk, "export", what="cohort_chart", form=form.value)
    foot = [
        say("CTD-ILD Desktop {version}", version=__version__),
        wording.day(answer.made.as_of),
        say("registry {fingerprint}", fingerprint=answer.made.fingerprint),
        say(LIMITS),
    ]
    foot += invented(desk)
    return " · ".join(foot)
