"""Finding workloads: a kind is the name of a file in `apn_emu.workloads`, with `-` for `_`."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import apn_emu.workloads
from apn_emu.errors import InputError, Problem
from apn_emu.measuring.workload import Workload


@cache
def kinds() -> tuple[str, ...]:
    """Return the kinds that there are, in alphabetical order; nothing is imported."""
    import pkgutil  # here, for the emulated machine need not know them

    folders = apn_emu.workloads.__path__
    missing = [folder for folder in folders if not Path(folder).is_dir()]
    if missing:
        name = apn_emu.workloads.VARIABLE
        raise InputError([Problem(f, None, name, "there is no such folder") for f in missing])
    files = {module.name for module in pkgutil.iter_modules(folders)}
    return tuple(sorted(name.replace("_", "-") for name in files))


def module_of(kind: str) -> str:
    """Return the full name of the module of a kind."""
    return f"apn_emu.workloads.{kind.replace('-', '_')}"


def load(kind: str) -> type[Workload]:
    """Return the workload of a kind, or of a module by its full name.

    Raises `InputError` if its file is wrong.
    """
    name = kind if "." in kind else module_of(kind)
    try:
        module = import_module(name)
    except Exception as error:  # whatever a user's own file may raise
        file = getattr(find_spec(name), "origin", None)
        message = f"the workload {kind} cannot be imported: {type(error).__name__}: {error}"
        raise InputError(Problem(file, None, None, message)) from error
    own = [
        found
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, Workload) and found.__module__ == name
    ]
    if len(own) != 1:
        message = f"{len(own)} subclasses of Workload are defined here"
        raise InputError(Problem(module.__file__, None, None, message, "define one"))
    return own[0]


def from_plan(params: dict[str, Any]) -> Workload:
    """Return a workload as the plan has it."""
    return load(params["kind"])(**{key: value for key, value in params.items() if key != "kind"})
