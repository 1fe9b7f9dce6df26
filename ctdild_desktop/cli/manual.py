"""``ctdild manual``: a book of the manual as PDF."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ctdild_desktop.cli import common

if TYPE_CHECKING:
    from ctdild_desktop.language import Catalogue

_BOOKS = ("guide", "administration", "rules")


def add(commands: common.Commands) -> None:
    """Add the command."""
    parser = common.add_command(
        commands,
        "manual",
        _manual,
        summary="write the guide, the administrator's pages or the clinical rules as PDF",
        description=(
            "The pages that F1 shows in the window, as one PDF with contents, bookmarks and page numbers. "
            "No registry is opened. A chapter that is not there in the language is the English one."
        ),
        examples=(
            "ctdild manual guide --out guide.pdf",
            "ctdild manual guide --language es --out guia.pdf",
            "ctdild manual administration --page-size Letter --out administration.pdf",
        ),
        unlocks=False,
    )
    parser.add_argument("book", choices=_BOOKS, metavar="BOOK", help="guide, administration or rules")
    parser.add_argument("--out", metavar="F.pdf", type=Path, required=True, help="file to write")
    parser.add_argument("--language", choices=("en", "es"), default="en", help="default: en")
    parser.add_argument("--page-size", choices=("A4", "Letter"), default="A4", help="default: A4")


def _manual(args: argparse.Namespace) -> int:
    from ctdild_desktop.language import CatalogueError, english_of, spoken
    from ctdild_desktop.manual.books import Manual, ManualError
    from ctdild_desktop.reports.manual import write_book

    try:
        with spoken(_catalogue(args.language)):
            write_book(args.out, Manual(args.language), args.book, page_size=args.page_size)
    except (CatalogueError, ManualError) as error:
        raise common.UserError(english_of(error.args[0])) from error
    print(f"Written: {args.out}")
    return 0


def _catalogue(language: str) -> Catalogue | None:
    """The words of a language for title and foot of the sheets; None for English."""
    from ctdild_desktop.bundled import resources
    from ctdild_desktop.language import Catalogue

    return None if language == "en" else Catalogue.read(language, resources() / "i18n" / f"{language}.po")
