"""Has Open vSwitch forget what it decided about flows as soon as their rules have changed.

Open vSwitch keeps its decision about each flow and renews all of them when a rule changes, but no
sooner than 5 ms after it did so last (`udpif_revalidator` in ofproto/ofproto-dpif-upcall.c). A
wavelength-selective switch has no such memory: what is emulated switches as the rule arrives.
"""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections import deque
from pathlib import Path

SETTLING_NS = 30_000
"""From a rule's arrival until Open vSwitch has surely taken it."""

ANSWER_BYTES = 1 << 12

_log = logging.getLogger("apn_emu.renewal")


class Renewal:
    """Speaks to the `ovs-vswitchd` that runs in `folder`; rules reach it `delay_ns` after leaving.

    Its control socket lies beside the management network, so this takes no time of its own.
    """

    def __init__(self, folder: Path, delay_ns: int) -> None:
        self._folder = folder
        self._delay_ns = delay_ns + SETTLING_NS
        self._due_ns: deque[int] = deque()
        self._added = threading.Condition()

    def rules_sent(self, now_ns: int) -> None:
        """Note that rules left the controller at this moment of the monotonic clock."""
        with self._added:
            self._due_ns.append(now_ns + self._delay_ns)
            self._added.notify()

    def run(self) -> None:
        """Have decisions forgotten whenever rules have arrived, for ever."""
        while True:
            with self._added:
                left_s = (self._due_ns[0] - time.monotonic_ns()) / 1e9 if self._due_ns else None
                if left_s is None or left_s > 0:
                    self._added.wait(left_s)
                    continue
                now_ns = time.monotonic_ns()
                while self._due_ns and self._due_ns[0] <= now_ns:
                    self._due_ns.popleft()
            self._forget()

    def _forget(self) -> None:
        """Ask for it as `ovs-appctl revalidator/purge` does (JSON-RPC 1.0)."""
        request = json.dumps({"method": "revalidator/purge", "params": [], "id": 0})
        try:
            pid = (self._folder / "ovs-vswitchd.pid").read_text().strip()
            with socket.socket(socket.AF_UNIX) as control:
                control.connect(f"{self._folder}/ovs-vswitchd.{pid}.ctl")
                control.sendall(request.encode())
                control.recv(ANSWER_BYTES)
        except OSError as error:  # it does so itself, within its 5 ms
            _log.warning("Open vSwitch was not asked to forget its flows: %s", error)
