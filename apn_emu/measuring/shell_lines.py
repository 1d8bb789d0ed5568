"""What a line at the prompt does: a command of the shell, or a program on a node."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from typing import IO, Any

from apn_emu.control.domains import operators
from apn_emu.emulation.faults import REPAIR
from apn_emu.emulation.nodes import ServerNode
from apn_emu.emulation.timeline import Activity, Exit
from apn_emu.engine.turns import Turn
from apn_emu.measuring.context import Context
from apn_emu.planning.plan import Plan
from apn_emu.units import DURATION, QuantityError, format_duration, format_rate, parse

COMMANDS = ("help", "nodes", "links", "lightpaths", "cut", "repair", "wait", "time")
HELP = """\
NODE COMMAND     run a command on a server, such as: tokyo1 ping -c 1 chiba1
nodes            list servers, switches, transponders and ROADMs
links            list the fibre pairs, and which are cut
lightpaths       list the lightpaths, as the controller knows them
cut LINK         cut a fibre pair in its middle
repair LINK      repair it
wait DURATION    let time pass, such as 50 ms; it passes while commands run, too
time             say how much time has passed
exit             end

Commands have no input and no terminal. Ctrl-C ends one, a second Ctrl-C kills it, Ctrl-D ends all.
"""
MININET = {
    "sh": "commands of this machine run in another terminal",
    "xterm": "nodes have no display; write NODE COMMAND",
    "link": "write cut LINK or repair LINK",
    "net": "write links, lightpaths or nodes",
    "dump": "write nodes, or NODE ip address",
    "pingall": "write NODE ping -c 1 NODE, or measure a scenario with ping: all-pairs",
    "iperf": "write NODE iperf3 -s -D, then NODE iperf3 -c NODE",
    "dpctl": "write NODE ovs-ofctl -O OpenFlow13 dump-flows BRIDGE; rules are the controller's",
    "py": "see the Python interface, docs/python.md",
    "source": "write apn-emu shell FILE < LINES",
}
"""Commands of Mininet's prompt that this one has not, and what serves instead."""
MININET |= dict.fromkeys(("gterm", "x"), MININET["xterm"])
MININET |= dict.fromkeys(("px",), MININET["py"])
MININET |= dict.fromkeys(("pingallfull", "pingpair", "pingpairfull"), MININET["pingall"])
MININET |= dict.fromkeys(("iperfudp",), MININET["iperf"])
MININET |= dict.fromkeys(("intfs", "ports"), MININET["dump"])
MININET |= dict.fromkeys(("switch", "noecho"), "there is nothing that serves instead")


class Lines:
    """Carries out lines, one at a time."""

    EXIT = "exit"

    def __init__(self, context: Context, look_s: float) -> None:
        self._context, self._timeline, self._look_s = context, context.timeline, look_s
        self._cut: set[str] = set()
        self._commands: dict[str, Callable[[str], str]] = {
            "help": lambda rest: HELP,
            "nodes": lambda rest: "".join(f"{name}\n" for name in self._context.net),
            "links": lambda rest: self._links(),
            "lightpaths": lambda rest: _lightpaths(context.plan),
            "cut": self._cut_fibre,
            "repair": self._repair_fibre,
            "time": lambda rest: f"{format_duration(self._timeline.now_s)}\n",
        }

    def answer(self, words: list[str], turn: Turn) -> Activity:
        """Carry out a line: its first word, and the rest if there is one."""
        first, rest = words[0], words[1].strip() if len(words) > 1 else ""
        with turn.out.open("wb") as out:
            try:
                if first in self._commands:
                    out.write(self._commands[first](rest).encode())
                elif first == "wait":
                    yield from self._wait(parse(DURATION, rest), turn)
                elif first in self._context.net:
                    yield from self._program(first, rest, out, turn)
                elif first in MININET:
                    raise ValueError(f"{first} is not there: {MININET[first]}")
                else:
                    raise ValueError(f"there is no command or node {first}; try help")
            except (QuantityError, ValueError) as error:
                out.write(f"{error}\n".encode())

    def _wait(self, duration_s: float, turn: Turn) -> Activity:
        until_s = self._timeline.now_s + duration_s
        while (left_s := until_s - self._timeline.now_s) > 0 and not turn.is_stopped():
            yield self._timeline.sleep(min(left_s, self._look_s))

    def _program(self, name: str, command: str, out: IO[bytes], turn: Turn) -> Activity:
        """Run a command by sh(1), as a session of its own that can be interrupted as a whole."""
        if not command:
            raise ValueError(f"write a command behind it, such as: {name} ip address")
        node = self._context.net[name]
        argv = ["setsid", "sh", "-c", command]
        if isinstance(node, ServerNode):
            process = node.spawn(argv, stdout=out, stderr=out)
        else:
            process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        self._timeline.add(self._interruptible(process, turn), background=True)
        yield Exit(process)

    def _interruptible(self, process: subprocess.Popen[bytes], turn: Turn) -> Activity:
        number = signal.SIGINT
        while process.returncode is None:
            if turn.is_stopped():
                os.killpg(process.pid, number)
                number = signal.SIGKILL
            yield self._timeline.sleep(self._look_s)

    def _links(self) -> str:
        fibres = self._context.plan.fibre_by_id.items()
        return "".join(
            f"{name:<24} {fibre.length_km:8.1f} km{'  cut' * (name in self._cut)}\n"
            for name, fibre in fibres
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
        event = {"at_s": at_s, "kind": kind, "fibres": stops, "nodes": [], "degraded": []}
        self._context.play(event)
        return f"{kind} {link} at {format_duration(at_s)}\n"


def _lightpaths(plan: Plan) -> str:
    """Return what the controllers of all domains list."""
    from apn_emu.rest_client import ControllerClient

    clients = (
        ControllerClient(f"http://127.0.0.1:{operator.rest_port}", None)
        for operator in operators(plan)
    )
    listed = [lightpath for client in clients for lightpath in client.ask("GET", "/v1/lightpaths")]
    return "".join(_line(lightpath, path) for lightpath in listed for path in lightpath["paths"])


def _line(lightpath: dict[str, Any], path: dict[str, Any]) -> str:
    columns = (
        f"{lightpath['id']:<24} {path['role']:<10}",
        f"{format_rate(lightpath['rate_bps']):>12} {path['centre_thz']:>10.5f} THz ",
        f"{lightpath['lifecycle_state']} {lightpath['operational_state']} ",
        "-".join(path["route"]),
    )
    return " ".join(columns) + "\n"
