"""Any program on emulated servers: its output is kept, its exit code and run time measured."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from apn_emu.emulation.timeline import Activity, Exit, Task
from apn_emu.errors import EmulationError
from apn_emu.measuring.context import Context, Row, label
from apn_emu.measuring.workload import Workload, parameter
from apn_emu.results.metric import COUNT, Metric
from apn_emu.units import DURATION

if TYPE_CHECKING:
    from apn_emu.scenario.vocabulary import CommandLine, OneOrMore, Server

SCENARIO_FOLDER = "/mnt/scenario"


class Command(Workload):
    """Any program, run on emulated servers without a shell; its output is kept."""

    argv: CommandLine = parameter(
        "Program and arguments, in one string or a list. No shell reads it: for pipes write `[sh, "
        "-c, ...]`. Servers are called `tokyo1`, `chiba2` and so on.",
        key="command",
    )
    on: OneOrMore[Server] = parameter("Server, or list of servers, where it runs.", min_length=1)
    background: bool = parameter(
        "For servers: the next workload does not wait for it, and it is ended when all others are "
        "done.",
        False,
    )
    expect_exit: int = parameter(
        "Exit code that counts as success (not in the background).", 0, ge=0, le=255
    )

    metrics: ClassVar = {
        "exit": Metric(COUNT, "exit code of a command", japanese="コマンドの終了コード"),
        "run_time": Metric(
            DURATION,
            "time from a command's start to its end",
            japanese="コマンドの開始から終了まで",
        ),
    }

    may_be_dark = True
    asks_controller = True

    def defaults(self) -> dict[str, Any]:
        """Return the program's name."""
        return {"name": PurePath(self.argv[0]).name}

    def run(self, context: Context) -> Activity:
        """Run the program on all servers of `on` at once; rows `exit` and `run_time` (s) for each.

        A background program is ended when all other workloads are done, and has no rows.
        """

        def one(place: str) -> Activity:
            name = f"{self.name}-{place}".replace("/", ".")
            started_s = context.timeline.now_s
            with context.record(f"{name}.out") as out, context.record(f"{name}.err") as err:
                try:
                    process = context.node(place).spawn(self.argv, stdout=out, stderr=err)
                except OSError as error:
                    message = f"{self.name} on {place}: cannot run {self.argv[0]}"
                    raise EmulationError(f"{message}: {error.strerror}") from error
                if self.background:
                    context.background.append(process)
                    return []
                code = yield Exit(process)
            spent_s = round(context.timeline.now_s - started_s, 9)
            if code != self.expect_exit:
                context.failures.append(
                    f"{self.name} on {place} ended with exit code {code}, not"
                    f" {self.expect_exit} (its output: records/{name}.out and .err)"
                )
            here = label(place)
            kind = self.name
            return [
                Row(kind, here, here, "exit", code, "1"),
                Row(kind, here, here, "run_time", spent_s, "s"),
            ]

        tasks: list[Task] = [context.timeline.add(one(place)) for place in self.on]
        rows: list[Row] = []
        for task in tasks:
            rows += yield task
        return rows
