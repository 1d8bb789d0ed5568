"""The session at a prompt: the user's lines instead of workloads, one after the other.

Lines and answers are files, numbered from 1, in the folder `FOLDER` of the run: the host writes
`N.in` and lets the machine go on, which writes `N.out` and, when all is said, `N.done`; `0.done`
says that the network is lit. While it waits for a line the whole machine stands still (await.c).
"""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import IO, Any

from apn_emu.emulation.faults import REPAIR
from apn_emu.emulation.nodes import ServerNode
from apn_emu.emulation.timeline import Activity, Exit
from apn_emu.engine.embedded.guest import AWAIT_FILE
from apn_emu.planning.plan import REST_PORT
from apn_emu.units import DURATION, QuantityError, format_duration, format_rate, parse
from apn_emu.workloads.context import Context, Row

FOLDER = "shell"
EXIT = ("exit", "quit")
LOOK_S = 1.0
"""How often a running command looks whether the user wants to end it."""

HELP = """\
SERVER COMMAND   run a command on a server, such as: tokyo1 ping -c 1 chiba1
nodes            list servers, switches, transponders and ROADMs
lightpaths       list the lightpaths, as the controller knows them
cut LINK         cut a fibre pair in its middle
repair LINK      repair it
wait DURATION    let time pass, such as 50 ms; it passes while commands run, too
time             say how much time has passed
exit             end
"""


def run(context: Context, params: dict[str, Any]) -> Activity:
    """Answer lines until there are no more; no rows."""
    rows: list[Row] = []
    shell = _Shell(context)
    folder = context.records.parent / FOLDER
    number = 0
    while True:
        (folder / f"{number}.done").touch()
        number += 1
        (folder / AWAIT_FILE).open().close()
        line = folder / f"{number}.in"
        if not line.exists():  # the host has closed its end
            return rows
        words = line.read_text().split(maxsplit=1)
        with (folder / f"{number}.out").open("wb") as out:
            yield from shell.answer(words, out, folder / f"{number}.interrupt")


class _Shell:
    def __init__(self, context: Context) -> None:
        self._context, self._timeline = context, context.timeline
        self._cut: set[str] = set()
        self._commands = {
            "help": lambda rest: HELP,
            "nodes": self._nodes,
            "lightpaths": self._lightpaths,
            "cut": self._cut_fibre,
            "repair": self._repair_fibre,
            "time": lambda rest: f"{format_duration(self._timeline.now_s)}\n",
        }

    def answer(self, words: list[str], out: IO[bytes], interrupt: Path) -> Activity:
        """Carry out a line: its first word, and the rest."""
        if not words:
            return
        first, rest = words[0], words[1] if len(words) > 1 else ""
        try:
            if first in self._commands:
                out.write(self._commands[first](rest.strip()).encode())
            elif first == "wait":
                yield self._timeline.sleep(parse(DURATION, rest))
            elif first in self._context.net:
                yield from self._program(first, rest, out, interrupt)
            else:
                out.write(f"there is no command or node {first}; try help\n".encode())
        except (QuantityError, ValueError) as error:
            out.write(f"{error}\n".encode())

    def _program(self, name: str, command: str, out: IO[bytes], interrupt: Path) -> Activity:
        """Run a command by sh(1), as a session of its own that can be interrupted as a whole."""
        node = self._context.net[name]
        argv = ["setsid", "sh", "-c", command]
        if isinstance(node, ServerNode):
            process = node.spawn(argv, stdout=out, stderr=out)
        else:
            process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        self._timeline.add(self._interruptible(process, interrupt), background=True)
        yield Exit(process)

    def _interruptible(self, process: subprocess.Popen[bytes], interrupt: Path) -> Activity:
        while process.returncode is None:
            if interrupt.exists():
                os.killpg(process.pid, signal.SIGINT)
                return
            yield self._timeline.sleep(LOOK_S)

    def _nodes(self, rest: str) -> str:
        return "".join(f"{name}\n" for name in self._context.net)

    def _lightpaths(self, rest: str) -> str:
        from apn_emu.rest_client import ControllerClient

        client = ControllerClient(f"http://127.0.0.1:{REST_PORT}", None)
        listed = client.ask("GET", "/v1/lightpaths")
        return "".join(
            _line(lightpath, path) for lightpath in listed for path in lightpath["paths"]
        )

    def _cut_fibre(self, link: str) -> str:
        self._check(link)
        if link in self._cut:
            raise ValueError(f"{link} is cut already")
        self._cut.add(link)
        return self._change_fibre(link, "cut")

    def _repair_fibre(self, link: str) -> str:
        self._check(link)
        if link not in self._cut:
            raise ValueError(f"{link} is not cut")
        self._cut.remove(link)
        return self._change_fibre(link, REPAIR)

    def _check(self, link: str) -> None:
        known = self._context.plan.fibre_by_id
        if link not in known:
            raise ValueError(f"there is no link {link!r}; there are {', '.join(known)}")

    def _change_fibre(self, link: str, kind: str) -> str:
        fibre = self._context.plan.fibre_by_id[link]
        middle_m = fibre.length_km * 1e3 / 2
        stops = [[link, source, middle_m] for source in (fibre.a, fibre.b)]
        at_s = self._timeline.now_s
        event = {"at_s": at_s, "kind": kind, "fibres": stops, "nodes": [], "quality": {}}
        self._context.play(event)
        return f"{kind} {link} at {format_duration(at_s)}\n"


def _line(lightpath: dict[str, Any], path: dict[str, Any]) -> str:
    columns = (
        f"{lightpath['id']:<24} {path['role']:<10}",
        f"{format_rate(lightpath['rate_bps']):>12} {path['centre_thz']:>10.5f} THz ",
        f"{lightpath['lifecycle_state']} {lightpath['operational_state']} ",
        "-".join(path["route"]),
    )
    return " ".join(columns) + "\n"
