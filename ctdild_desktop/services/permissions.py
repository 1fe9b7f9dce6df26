"""Which role may do which act, asked before an act is offered; the act itself checks again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ctdild_desktop.services.desk import Desk, Role, for_everybody, refusal


def roles_of(act: Callable[..., Any]) -> frozenset[Role]:
    """The roles that may do an act.

    Args:
        act: a function of a service, declared by ``requires`` or ``for_everybody``.

    Raises:
        TypeError: it is another function, which declares no roles.
    """
    roles: frozenset[Role] | None = getattr(act, "__roles__", None)
    if roles is None:
        raise TypeError(f"{getattr(act, '__qualname__', act)} declares no roles")
    return roles


def may(who: Desk | str, act: Callable[..., Any]) -> bool:
    """Whether the person at a desk, or a role, may do an act; raises TypeError as :func:`roles_of` does."""
    role = who.role if isinstance(who, Desk) else who
    return role in roles_of(act)


def why_not(who: Desk | str, act: Callable[..., Any]) -> str:
    """Why a person or a role may not do an act, as the act itself would say it; empty when they may."""
    role = who.role if isinstance(who, Desk) else who
    return "" if may(who, act) else refusal(role, roles_of(act), getattr(act, "__doing__", "it"))


@for_everybody
def role_changed(desk: Desk) -> bool:
    """Take the role that the person has now; tells whether it is another one than before.

    Raises:
        RegistryError: the registry cannot be read.
    """
    before, now = desk.role, desk.registry.role_of(desk.login)
    desk.role = now or desk.role
    return desk.role != before
