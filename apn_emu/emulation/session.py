"""A whole run on one machine, real or embedded: build, light, measure."""

from __future__ import annotations

import gc
import json
import math
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from apn_emu.emulation import cross_traffic
from apn_emu.emulation.captures import Captures
from apn_emu.emulation.control_plane import ControlPlane, Equipment
from apn_emu.emulation.network import ApnNet
from apn_emu.emulation.tcp import memory_pressures
from apn_emu.emulation.timeline import Activity, Task, Timeline
from apn_emu.errors import EmulationError
from apn_emu.measuring.context import QUIET_S, Context, Row
from apn_emu.measuring.kinds import from_plan
from apn_emu.planning.plan import Plan

Progress = Callable[[str, str], None]
"""Takes a phase (`building`, `lighting`, `measuring`) and what is being done in it."""

START_MULTIPLE_S = 20
"""An exact run's workloads start at a whole multiple of this uptime: always the same nanosecond."""


def run(
    plan_file: Path,
    folder: Path,
    private: Path,
    progress: Progress,
    exact: bool,
    beside: AbstractContextManager[None],
) -> None:
    """Run the plan; leave `measured.json` and `records/` in `folder`.

    `private` holds what only the session needs. An `exact` session waits, as is free in virtual
    time, until its daemons are idle and until a round moment. `beside` is entered while it is
    measured. Raises `EmulationError` or `OSError`.
    """
    plan = Plan.from_json(plan_file.read_text())
    nodes = f"{len(plan.roadms)} ROADMs" if plan.roadms else f"{len(plan.routers)} routers"
    progress("building", f"{nodes}, {len(plan.sites)} data centres")
    net = ApnNet(plan, private)
    net.build()
    progress("lighting", f"0 of {len(plan.lightpaths)} lightpaths")
    control = ControlPlane(plan, plan_file, net.openvswitch.folder, private, folder)
    net.start()
    try:
        control.wait_until_lit(lambda n, of: progress("lighting", f"{n} of {of} lightpaths"))
    except EmulationError:
        net.openvswitch.keep_log(folder)
        raise
    lit_s = time.monotonic()
    if exact:
        net.openvswitch.settle(plan.control.keep_alive_ns)
    with cross_traffic.running(plan, net, plan_file), beside:
        found = _measure(plan, net, control, folder, progress, exact)
    measured = {"lit_s": round(lit_s, 9), **found}
    (folder / "measured.json").write_text(json.dumps(measured) + "\n")
    control.stop()
    net.stop()


def _measure(
    plan: Plan,
    net: ApnNet,
    control: ControlPlane,
    folder: Path,
    progress: Progress,
    exact: bool,
) -> dict[str, Any]:
    timeline = Timeline()
    equipment = [Equipment(operator, net, timeline) for operator in control.operators]
    control.follow(timeline)

    def play(event: dict[str, Any]) -> None:
        for each in equipment:
            each.faults.play(event)

    context = Context(
        plan,
        net,
        timeline,
        folder / "records",
        lambda text: progress("measuring", text),
        play,
    )
    captures = Captures(plan, net, timeline, folder / "captures")
    gc.freeze()  # forked children (`ServerNode.fork`) then share what was made until here
    if exact:
        _wait_for_whole_multiple()
    timeline.start()
    for event in plan.events:
        play(event)
    tasks: list[Task] = []
    for number, params in enumerate(plan.workloads):
        tasks.append(timeline.add(_workload(context, params, tasks[number - 1 : number])))
    timeline.run()
    ended_s = timeline.now_s
    context.failures += _short_of_memory(plan, net)
    captures.close()
    for each in equipment:
        each.close()
    for process in context.background:
        process.send_signal(signal.SIGTERM)
        process.wait()
    rows: list[Row] = [row for task in tasks for row in task.result]
    told = control.events_since(timeline.origin_ns)
    if told:
        with context.record("controller.jsonl") as file:
            file.writelines(json.dumps(event).encode() + b"\n" for event in told)
    return {
        "rows": rows,
        "failures": context.failures,
        "gaps": context.gaps,
        "series": context.series,
        "control": told,
        "began_ns": timeline.origin_ns,
        "ended_s": ended_s,
    }


def _short_of_memory(plan: Plan, net: ApnNet) -> list[str]:
    """Name the servers whose TCP lacked the machine's memory: real servers do not share theirs."""
    short = []
    for name in plan.servers:
        with net[name].namespace.entered():
            if memory_pressures():
                short.append(f"TCP on {name} ran out of the emulated machine's memory")
    return short


def _workload(context: Context, params: dict[str, Any], before: list[Task]) -> Activity:
    """Start a workload at its time, or when the one before has ended."""
    if params["start_s"] is not None:
        yield context.timeline.sleep(params["start_s"] - context.timeline.now_s)
    elif before:
        yield before[0]
        yield context.timeline.sleep(QUIET_S)
    rows = yield context.timeline.add(from_plan(params).run(context))
    return rows


def _wait_for_whole_multiple() -> None:
    uptime_s = time.clock_gettime(time.CLOCK_MONOTONIC)
    start_s = math.ceil((uptime_s + 1) / START_MULTIPLE_S) * START_MULTIPLE_S
    time.sleep(start_s - uptime_s)
