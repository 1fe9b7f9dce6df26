"""Errors of the database library without the values of rows, which its own words may quote."""

from __future__ import annotations

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from ctdild_desktop.registry.errors import RegistryError


def keep_values_out(engine: Engine) -> None:
    """Let errors of an engine say what was wrong with which table, and no value.

    A server quotes the row that it refuses, and the library the value that a column does not take.
    """

    @event.listens_for(engine, "handle_error")
    def take_out(context: ExceptionContext) -> None:
        met = context.original_exception
        if isinstance(met, RegistryError):
            return
        diag = getattr(met, "diag", None)
        if diag is not None:
            told = f"{type(met).__name__} {diag.constraint_name or diag.table_name or ''}".strip()
        elif isinstance(met, TypeError | ValueError | ArithmeticError):
            told = type(met).__name__
        else:
            return
        for error in (met, context.sqlalchemy_exception):
            if error is not None:
                error.args = (told,)
