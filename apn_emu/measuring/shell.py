"""The session at a prompt: the user's lines instead of workloads, one after the other.

Beside the lines come requests to the controller from programs on the host. On virtual time the
whole machine stands still while there is neither (await.c): it would run through days meanwhile.
"""

from __future__ import annotations

import socket
from pathlib import Path

from apn_emu.emulation.children import Child
from apn_emu.emulation.timeline import Activity, Exit, Task
from apn_emu.engine.embedded.guest import AWAIT_FILE
from apn_emu.engine.turns import FOLDER, LINE, REQUEST, Turn
from apn_emu.measuring.context import Context, Row
from apn_emu.measuring.shell_lines import Lines
from apn_emu.measuring.workload import Workload, planned
from apn_emu.planning.plan import REST_PORT

VIRTUAL_LOOK_S, REAL_LOOK_S = 1.0, 0.05
"""How often the session looks what the host wants while time goes on, in its own time."""


class Shell(Workload):
    """The session in place of a scenario's workloads."""

    asks_controller = True

    real_time: bool = planned()
    """Whether time goes on at the prompt."""

    def run(self, context: Context) -> Activity:
        """Answer lines until there are no more; no rows."""
        rows: list[Row] = []
        folder = context.records.parent / FOLDER
        look_s = REAL_LOOK_S if self.real_time else VIRTUAL_LOOK_S
        lines = Lines(context, look_s)
        requests = _Requests(context, folder)
        context.timeline.add(requests.look(look_s), background=True)
        number = 0
        turn = Turn(folder, LINE, number)
        while True:
            turn.finish()
            number += 1
            turn = Turn(folder, LINE, number)
            while not turn.is_asked():
                requests.take()
                if self.real_time:
                    yield context.timeline.sleep(look_s)
                elif requests.running:
                    yield requests.running[0]
                else:
                    (folder / AWAIT_FILE).open().close()
            words = turn.asked().decode(errors="replace").split(maxsplit=1)
            if not words:
                continue
            if words[0] == lines.EXIT:
                return rows
            yield from lines.answer(words, turn)


class _Requests:
    """Hands requests of the host to the controller as they come."""

    def __init__(self, context: Context, folder: Path) -> None:
        self.running: list[Task] = []
        self._timeline, self._folder = context.timeline, folder
        self._next = Turn(folder, REQUEST, 1)
        self._number = 1

    def look(self, look_s: float) -> Activity:
        """Take requests while lines are carried out: run it in the background."""
        while True:
            yield self._timeline.sleep(look_s)
            self.take()

    def take(self) -> None:
        """Begin to answer what has come since."""
        self.running = [task for task in self.running if not task.done]
        while self._next.is_asked():
            task = self._timeline.add(_answer(self._next), background=True)
            self.running.append(task)
            self._number += 1
            self._next = Turn(self._folder, REQUEST, self._number)


def _answer(turn: Turn) -> Activity:
    """Let a process of its own wait for the controller, which may need our answers meanwhile."""
    child = Child("request of the host", lambda: None, _forward, (turn,))
    yield Exit(child)
    child.result()
    turn.finish()


def _forward(turn: Turn) -> None:
    address = ("127.0.0.1", REST_PORT)
    with socket.create_connection(address) as connection, turn.out.open("wb") as out:
        connection.sendall(turn.asked())
        while data := connection.recv(1 << 16):
            out.write(data)
