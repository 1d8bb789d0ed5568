"""Names of Ryu, taken from `ryu` where it is installed, else from `os_ken`. Import this first.

An application below is a plain Ryu application (`from ryu.base import app_manager`); without ryu,
`ryu.*` are os-ken's modules under their older name. What both do wrong with a switch's connection
is mended (`datapaths`).
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import os
import sys
import threading
import warnings
from types import ModuleType
from typing import Any

from apn_emu.controllers.datapaths import mend


class _OsKenAsRyu(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds `ryu.x` as `os_ken.x`, the same module object."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name.split(".")[0] != "ryu":
            return None
        return importlib.util.spec_from_loader(name, self)

    def create_module(self, spec: Any) -> ModuleType:
        module = importlib.import_module("os_ken" + spec.name[len("ryu") :])
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        assert module.__spec__ is not None
        module.__spec__ = module.__spec__.loader_state


def _use_ryu() -> None:
    warnings.filterwarnings("ignore", r"\s*Eventlet is deprecated")
    os.environ["EVENTLET_NO_GREENDNS"] = "yes"  # no names are looked up
    import eventlet
    import eventlet.wsgi

    eventlet.monkey_patch()
    if not hasattr(eventlet.wsgi, "ALREADY_HANDLED"):  # gone since eventlet 0.31; ryu 4.34 wants it
        eventlet.wsgi.ALREADY_HANDLED = []


def _use_os_ken() -> None:
    sys.meta_path.insert(0, _OsKenAsRyu())
    base = importlib.import_module("os_ken.base.app_manager")
    base.RyuApp = base.OSKenApp  # type: ignore[attr-defined]
    hub = importlib.import_module("os_ken.lib.hub")
    if getattr(hub, "HUB_TYPE", "") == "native":
        hub.Event = threading.Event  # type: ignore[attr-defined]  # theirs ignores wait(timeout)


if importlib.util.find_spec("ryu"):
    _use_ryu()
else:
    _use_os_ken()
# The application manager first: the modules import each other in a circle.
importlib.import_module("ryu.base.app_manager")
mend(importlib.import_module("ryu.controller.controller"), importlib.import_module("ryu.lib.hub"))
