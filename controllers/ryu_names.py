"""Names of Ryu, taken from `ryu` where it is installed, else from `os_ken`. Import this first.

An application below is a plain Ryu application (`from ryu.base import app_manager`); without ryu,
`ryu.*` are os-ken's modules under their older name. os-ken's native hub, threads, has two faults,
mended in `mend_native_hub`.
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
    # The application manager first: os-ken's modules import each other in a circle.
    base = importlib.import_module("os_ken.base.app_manager")
    base.RyuApp = base.OSKenApp  # type: ignore[attr-defined]
    hub = importlib.import_module("os_ken.lib.hub")
    if getattr(hub, "HUB_TYPE", "") == "native":
        _mend_native_hub(hub)


def _mend_native_hub(hub: Any) -> None:
    controller = importlib.import_module("os_ken.controller.controller")
    receive = controller.Datapath._recv_loop

    def receive_then_wake_sender(self: Any) -> None:
        # kill() does nothing on this hub, and serve() waits for a sender that blocks for ever, so a
        # lost switch is never noticed. An empty last message ends the sender.
        try:
            receive(self)
        finally:
            self.send(b"", close_socket=True)
            self.close()

    controller.Datapath._recv_loop = receive_then_wake_sender
    hub.Event = threading.Event  # theirs ignores wait(timeout)


if importlib.util.find_spec("ryu"):
    _use_ryu()
else:
    _use_os_ken()
