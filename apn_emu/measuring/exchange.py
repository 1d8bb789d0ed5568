"""Collective operations on servers: a forked rank on each, joined by persistent connections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from apn_emu.emulation.timeline import Activity, Task
from apn_emu.measuring.connections import ended, listen
from apn_emu.measuring.context import Context
from apn_emu.traffic.programs import Program
from apn_emu.traffic.ranks import Barrier, be_rank


class Step(NamedTuple):
    """One thing that all ranks do: `pause_ns` of computing, then their programs.

    `together`: all ranks begin at the same moment, as after a barrier that costs nothing.
    """

    programs: Sequence[Program]
    pause_ns: int = 0
    together: bool = True


class Span(NamedTuple):
    """When a step began and ended, in ns: the first rank's begin, the last rank's end."""

    began_ns: int
    ended_ns: int

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.ended_ns - self.began_ns) / 1e9


def run(
    context: Context, places: Sequence[str], steps: Sequence[Step], congestion: str | None
) -> Activity:
    """Run the steps on the servers `places` (rank = place in the list); return a span for each."""
    lines = [
        sorted({line for step in steps for line in step.programs[rank].lines})
        for rank in range(len(places))
    ]
    lanes = sorted({lane for of_rank in lines for _, lane in of_rank})
    addresses = [context.server(place).ipv4 for place in places]
    ports = {lane: context.take_ports() for lane in lanes}
    # An own port for each line, the same on all servers.
    own_ports = {lane: context.take_ports(len(places)) for lane in lanes}
    listeners = [
        {lane: listen(context, place, ports[lane], congestion) for lane in lanes}
        for place in places
    ]
    barrier = Barrier(len(places))
    children = []
    for rank, place in enumerate(places):
        calls = [
            (
                (peer, lane),
                (addresses[peer], ports[lane]),
                (addresses[rank], own_ports[lane] + peer),
            )
            for peer, lane in lines[rank]
            if peer > rank
        ]
        answers = [line for line in lines[rank] if line[0] < rank]
        mine = [(step.programs[rank], step.pause_ns, step.together) for step in steps]
        children.append(
            context.node(place).fork(
                be_rank, rank, calls, answers, listeners[rank], addresses, congestion, barrier, mine
            )
        )
    for of_rank in listeners:
        for listener in of_rank.values():
            listener.close()
    barrier.close()
    tasks: list[Task] = [context.timeline.add(ended(child)) for child in children]
    times = []
    for task in tasks:
        times.append((yield task))
    return [
        Span(min(began for began, _ in of_step), max(ended for _, ended in of_step))
        for of_step in zip(*times, strict=True)
    ]
