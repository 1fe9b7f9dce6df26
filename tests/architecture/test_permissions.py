"""A7: every act of the services says for which roles it is, and refuses every other before it looks."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest

from ctdild_desktop import services
from ctdild_desktop.services.desk import Desk, RefusedError, Role
from ctdild_desktop.services.permissions import may, roles_of

Act = Callable[..., Any]


def acts() -> dict[str, Act]:
    """Every public function of a service that is given a desk, by module and name."""
    found: dict[str, Act] = {}
    for module in pkgutil.walk_packages(services.__path__, f"{services.__name__}."):
        contents = vars(importlib.import_module(module.name))
        for name, value in contents.items():
            if name.startswith("_") or not inspect.isfunction(value) or value.__module__ != module.name:
                continue
            parameters = list(inspect.signature(value).parameters.values())
            if parameters and (parameters[0].annotation in {"Desk", Desk} or parameters[0].name == "desk"):
                found[f"{module.name.removeprefix(services.__name__ + '.')}.{name}"] = value
    return found


ACTS = acts()
WRITING = {
    *("abandon", "add", "amend", "append", "approve", "change", "clear", "close", "deactivate", "delete"),
    *("discard", "edit", "erase", "export", "fill", "import", "interrupt", "keep", "lock", "make", "merge"),
    *("reactivate", "record", "remove", "rename", "renew", "reset", "restore", "resume", "retire", "rotate"),
    *("run", "save", "set", "sign", "start", "stop", "take", "transact", "update", "write"),
    *("answer", "bring", "cancel", "finish", "order", "plan", "put", "receive", "reopen", "try"),
}
NOT_WRITING = {"acts.record_of", "cohort.analyses.answer", "cohort.answer_files.answer_into_csv"}
OWN = {"people.change_passphrase"}
"""What a person changes of their own account, whatever the role."""


class Untouchable:
    """A registry that answers whom it knows, and nothing else."""

    def __init__(self, role: str) -> None:
        self._role = role

    def role_of(self, login: str) -> str:
        assert login == "amsel"
        return self._role

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the registry was asked for {name}")


def dummies(act: Act) -> tuple[list[object], dict[str, object]]:
    """An argument for every parameter without a default, after the desk; none of them can be of any use."""
    given: list[object] = []
    named: dict[str, object] = {}
    for parameter in list(inspect.signature(act).parameters.values())[1:]:
        if parameter.default is not parameter.empty or parameter.kind in {
            parameter.VAR_POSITIONAL,
            parameter.VAR_KEYWORD,
        }:
            continue
        if parameter.kind is parameter.KEYWORD_ONLY:
            named[parameter.name] = object()
        else:
            given.append(object())
    return given, named


def test_a7_the_services_are_found() -> None:
    assert len(ACTS) > 60
    assert {"pft.record_pft", "patients.view", "upkeep.backup", "demo.fill"} <= ACTS.keys()


@pytest.mark.parametrize("name", ACTS)
def test_a7_every_act_declares_its_roles(name: str) -> None:
    roles = roles_of(ACTS[name])
    assert roles
    assert roles <= frozenset(Role)
    assert Role.ADMINISTRATOR in roles, "an administrator may do everything"


@pytest.mark.parametrize("name", [name for name in ACTS if name.split(".")[-1].split("_")[0] in WRITING])
def test_a7_a_viewer_writes_nothing(name: str) -> None:
    assert may(Role.VIEWER, ACTS[name]) == (name in NOT_WRITING | OWN)


@pytest.mark.parametrize("role", list(Role))
def test_a7_a_forbidden_act_is_refused_before_anything_is_looked_at(role: Role) -> None:
    registry: Any = Untouchable(role)
    desk = Desk(registry, "amsel", "R. Amsel", role)
    refused = 0
    for name, act in ACTS.items():
        if role in roles_of(act):
            assert may(desk, act), name
            continue
        assert not may(desk, act), name
        given, named = dummies(act)
        with pytest.raises(RefusedError) as caught:
            act(desk, *given, **named)
        words = str(caught.value)
        assert words.startswith(f"Your role ({role}) does not allow this: "), name
        assert " needs " in words, name
        assert words.endswith("."), name
        for one in Role:
            needed = words.split(" needs ")[1]
            assert (one.value in needed) == (one in roles_of(act)), name
        refused += 1
    assert (refused > 0) == (role is not Role.ADMINISTRATOR)


def test_a7_the_sentence_names_what_is_missing() -> None:
    registry: Any = Untouchable("viewer")
    desk = Desk(registry, "amsel", "R. Amsel", "viewer")
    with pytest.raises(RefusedError) as caught:
        ACTS["pft.record_pft"](desk, "", None)
    assert str(caught.value) == (
        "Your role (viewer) does not allow this: "
        "recording needs recorder, clinician, coordinator or administrator."
    )


def test_a7_a_function_that_declares_nothing_is_not_taken_for_an_act() -> None:
    with pytest.raises(TypeError, match="declares no roles"):
        may(Role.ADMINISTRATOR, dummies)
