"""What the frozen program starts with: a bare machine is made good for, then the program is run.

Whoever is started by the program (the viewer of a document, a mail program) must find the machine as it was
and not the libraries that this program brings.
"""

import locale
import os
import sys
from contextlib import suppress

_FONTS = "/etc/fonts/fonts.conf"
_OWN_FONTS = "fonts.conf"


def _give_back_libraries() -> None:
    """Hide the folder of libraries from programs that are started: it is set for this one alone."""
    os.environ.pop("LD_LIBRARY_PATH", None)
    if before := os.environ.pop("LD_LIBRARY_PATH_ORIG", None):
        os.environ["LD_LIBRARY_PATH"] = before
    # The program that is started a second time (to read a PDF, to draw at another scale) looks for its own.
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"


def _speak_utf8() -> None:
    """Without any locale Qt would complain on the terminal before it does the same."""
    with suppress(locale.Error):  # a locale that is not installed counts as none
        locale.setlocale(locale.LC_CTYPE, "")
    if locale.nl_langinfo(locale.CODESET).upper() != "UTF-8":
        if whole := os.environ.pop("LC_ALL", None):
            os.environ["LANG"] = whole
        os.environ["LC_CTYPE"] = "C.UTF-8"


def _find_fonts() -> None:
    """Without any configuration of fonts those of the machine would not be found."""
    if not os.path.exists(_FONTS) and not {"FONTCONFIG_FILE", "FONTCONFIG_PATH"} & os.environ.keys():
        os.environ["FONTCONFIG_FILE"] = os.path.join(sys._MEIPASS, _OWN_FONTS)


if sys.platform == "linux":
    _give_back_libraries()
    _speak_utf8()
    _find_fonts()

from ctdild_desktop.__main__ import main  # noqa: E402

sys.exit(main())
