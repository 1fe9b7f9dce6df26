"""The language of the window: one catalogue for Qt and for every other room, chosen while the program runs.

Qt asks a translator for each text of the window. Ours answers from the same catalogue as
``ctdild_desktop.language``, so that a word is translated once for screen, sentence and paper; what Qt says by
itself (its own menus and dialogs) comes from Qt's translation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from ctdild_desktop import language
from ctdild_desktop.bundled import resources
from ctdild_desktop.config import SiteSettings
from ctdild_desktop.language import Catalogue, ExchangedWords
from ctdild_desktop.language.catalogue import word_table
from ctdild_desktop.ui.menus import menu_letters
from ctdild_desktop.ui.mnemonics import marked_for, without_mark

_MEXICAN = frozenset({"MX", "419", "US", "GT", "HN", "SV", "NI", "CR", "PA", "CU", "DO", "PR", "BZ"})
"""Where the words of Mexico are usual: also Central America and the Caribbean."""


class CatalogueTranslator(QTranslator):
    """Answers Qt from a catalogue.

    ``&``, which marks the Alt key, is set anew in the translation, on a letter that opens no menu.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._of_menus = menu_letters(lambda text: self._marked(text, "Actions", None, frozenset()) or text)

    def isEmpty(self) -> bool:
        """Never: the catalogue has texts."""
        return False

    def translate(
        self,
        context: str,
        sourceText: str,  # noqa: N803  Qt names it
        disambiguation: str | None = None,
        n: int = -1,
    ) -> str | None:
        """The text in the language; None where the catalogue has none: Qt asks elsewhere then."""
        qt_own = context[:1] == "Q" and context[1:2].isupper()
        if qt_own:
            return self._catalogue.only(sourceText, context)
        taken = frozenset[str]() if context == "Actions" else self._of_menus
        return self._marked(sourceText, context, n if n >= 0 else None, taken)

    def _marked(self, text: str, context: str, n: int | None, taken: frozenset[str]) -> str | None:
        plain, letter = without_mark(text)
        found = self._catalogue.find(plain, context, n)
        return marked_for(found, letter, taken) if found is not None and letter else found


def language_of(site: SiteSettings) -> str:
    """The language that is meant: the chosen one, or that of this computer when the program speaks it."""
    if site.language != "system":
        return site.language
    name = QLocale.system().uiLanguages()[0:1] or [QLocale.system().name()]
    tongue, _, rest = name[0].replace("_", "-").partition("-")
    region = rest.rpartition("-")[2]
    if tongue != "es":
        return "en"
    if region == "ES":
        return "es_ES"
    return "es_MX" if region in _MEXICAN else "es"


def catalogue_of(site: SiteSettings) -> Catalogue | None:
    """The catalogue of the language that is meant; None for English as the code says it.

    Raises:
        CatalogueError: a file of the installation is damaged.
        OSError: a file of the installation is missing.
    """
    code = language_of(site)
    gas = {} if site.gas_name == "DLCO" else {"DLCO": site.gas_name}
    if code == "en":
        return ExchangedWords(gas) if gas else None
    folder = resources() / "i18n"
    tables = [folder / f"{code}.csv"] if "_" in code else []
    if site.lung_names == "CVF":
        tables.append(folder / "lung_names.csv")
    return Catalogue.read(
        "es", folder / "es.po", folder / "es_contexts.po", replace=word_table(*tables) | gas
    )


def regional(site: SiteSettings) -> SiteSettings:
    """The settings with dates and decimals as this computer writes them, where the site leaves it to it."""
    system = QLocale.system()
    if system.language() == QLocale.Language.C:
        return site
    if site.date_style == "system":
        site = replace(site, date_style=_date_style(system))
    if site.decimal_mark == "system":
        site = replace(site, decimal_mark="," if system.decimalPoint() == "," else ".")
    return site


def _date_style(system: QLocale) -> str:
    written = system.dateFormat(QLocale.FormatType.ShortFormat)
    if system.language() == QLocale.Language.Spanish:
        return "dd/mm/yyyy"  # Qt puts the month first in Panama and Puerto Rico
    if written.startswith("y"):
        return "yyyy-mm-dd"
    if written.startswith("M"):
        return "mm/dd/yyyy"
    return "dd.mm.yyyy" if "." in written else "dd/mm/yyyy"


class _Installed:
    translators: ClassVar[list[QTranslator]] = []


def speak(site: SiteSettings) -> None:
    """Speak as the settings say from now on, in the whole process; a window keeps the words it was made with.

    Raises:
        CatalogueError, OSError: a file of the installation is damaged or missing.
    """
    catalogue = catalogue_of(site)
    if catalogue is None:
        answer_by(None)
        return
    qt_words = QTranslator()
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    known = qt_words.load(f"qtbase_{catalogue.code}", folder)
    answer_by(catalogue, *([qt_words] if known else []), CatalogueTranslator(catalogue))


def answer_by(catalogue: Catalogue | None, *translators: QTranslator) -> None:
    """Speak by a catalogue, and answer Qt by these translators, the last one first; None for English."""
    for translator in _Installed.translators:
        QCoreApplication.removeTranslator(translator)
    _Installed.translators = list(translators)
    language.use(catalogue)
    for translator in translators:
        QCoreApplication.installTranslator(translator)
