"""Any program on emulated servers: its output is kept, its exit code and run time measured."""

from __future__ import annotations

from typing import Any

from apn_emu.emulation.timeline import Activity, Exit, Task
from apn_emu.errors import EmulationError
from apn_emu.workloads.context import Context, Row, label

SCENARIO_FOLDER = "/mnt/scenario"


def run(context: Context, params: dict[str, Any]) -> Activity:
    """Run the program on all servers of `on` at once; rows `exit` and `run_time` (s) for each.

    A background program is ended when all other workloads are done, and has no rows.
    """

    def one(place: str) -> Activity:
        name = f"{params['name']}-{place}".replace("/", ".")
        started_s = context.timeline.now_s
        with context.record(f"{name}.out") as out, context.record(f"{name}.err") as err:
            try:
                process = context.node(place).spawn(params["argv"], stdout=out, stderr=err)
            except OSError as error:
                message = f"{params['name']} on {place}: cannot run {params['argv'][0]}"
                raise EmulationError(f"{message}: {error.strerror}") from error
            if params["background"]:
                context.background.append(process)
                return []
            code = yield Exit(process)
        spent_s = round(context.timeline.now_s - started_s, 9)
        if code != params["expect_exit"]:
            context.failures.append(
                f"{params['name']} on {place} ended with exit code {code}, not"
                f" {params['expect_exit']} (its output: records/{name}.out and .err)"
            )
        here = label(place)
        kind = params["name"]
        return [
            Row(kind, here, here, "exit", code, "1"),
            Row(kind, here, here, "run_time", spent_s, "s"),
        ]

    tasks: list[Task] = [context.timeline.add(one(place)) for place in params["on"]]
    rows: list[Row] = []
    for task in tasks:
        rows += yield task
    return rows
