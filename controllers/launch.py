"""Run an application without ryu-manager: `python -m apn_emu.controllers.launch MODULE`.

os-ken has no manager command, and ryu's imports web parts that are not needed. Further
arguments are Ryu's options, such as `--ofp-tcp-listen-port 6653`.
"""

from __future__ import annotations

import logging
import os
import signal
import sys

import apn_emu.controllers.ryu_names  # noqa: F401  before any name of ryu
from ryu import cfg
from ryu.base.app_manager import AppManager

# The first registers the options, the second is loaded by name by the manager.
from ryu.controller import controller, ofp_handler  # noqa: F401
from ryu.lib import hub

from apn_emu.traffic.timers import no_slack

SOCKET_TIMEOUT_S = 1e6
"""Ryu wakes a thread of each switch this often, for nothing: keep-alives find a lost one."""


def main(module: str, options: list[str]) -> None:
    """Run one application until the process is ended."""
    no_slack()  # what it waits for is planned to the microsecond
    logging.basicConfig(level=logging.WARNING)
    cfg.CONF(options, project="apn-emu", default_config_files=[])
    cfg.CONF.set_override("socket_timeout", SOCKET_TIMEOUT_S)
    for number in (signal.SIGTERM, signal.SIGINT):
        # The native hub's threads are no daemons: a normal exit would wait for them.
        signal.signal(number, lambda *_: os._exit(0))
    manager = AppManager.get_instance()
    try:
        manager.load_apps([module])
        hub.joinall(manager.instantiate_apps(**manager.create_contexts()))
    except BaseException:
        logging.exception("the controller cannot run")
        os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
