"""Captures of a session: frames at the places of the plan, written as pcapng."""

from __future__ import annotations

import time
from contextlib import nullcontext
from pathlib import Path

from apn_emu.emulation import pcapng
from apn_emu.emulation.network import ApnNet
from apn_emu.emulation.nodes import ServerNode
from apn_emu.emulation.packet_ring import SNAP_BYTES, PacketRing
from apn_emu.emulation.timeline import Activity, Readable, Timeline
from apn_emu.planning.places import Capture
from apn_emu.planning.plan import Plan

MAX_FILE_BYTES = 32 * 2**20
"""A capture ends when its file has this size."""

COLLECT_S = 0.5e-3
"""After a frame, the ring is emptied this much later: it holds what 400 Gbit/s bring until then,
in frames of 800 bytes."""


class Captures:
    """All captures of a plan, from the moment that this is made."""

    def __init__(self, plan: Plan, net: ApnNet, timeline: Timeline, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._writers = [_Writer(capture, net, timeline, folder) for capture in plan.captures]
        for writer in self._writers:
            timeline.add(writer.follow(), background=True)

    def close(self) -> None:
        """Write what is left, and end all captures."""
        for writer in self._writers:
            writer.close()


class _Writer:
    def __init__(self, capture: Capture, net: ApnNet, timeline: Timeline, folder: Path) -> None:
        node = net[capture.node]
        device = net.device(capture.node, capture.port)
        inside = node.namespace.entered() if isinstance(node, ServerNode) else nullcontext()
        with inside:
            self._ring = PacketRing(device)
        self._timeline = timeline
        self._file = (folder / capture.file).open("wb")
        name = f"{capture.node}-{device}" if isinstance(node, ServerNode) else device
        self._file.write(pcapng.header("apn-emu", name, capture.place, SNAP_BYTES))
        self._received = self._dropped = self._left_out = 0

    def follow(self) -> Activity:
        while True:
            yield Readable(self._ring)
            yield self._timeline.sleep(COLLECT_S)
            self._collect()

    def close(self) -> None:
        self._collect()
        said = f"the file is full: {self._left_out} frames left out" if self._left_out else ""
        self._file.write(pcapng.statistics(time.time_ns(), self._received, self._dropped, said))
        self._file.close()
        self._ring.close()

    def _collect(self) -> None:
        received, dropped = self._ring.counters()
        self._received += received
        self._dropped += dropped
        for frame in self._ring.frames():
            if self._file.tell() < MAX_FILE_BYTES:
                self._file.write(pcapng.packet(*frame))
            else:
                self._left_out += 1
