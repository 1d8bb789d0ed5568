"""Functions as processes of their own on servers, without a start of Python.

Starting an interpreter takes 0.3 s in the embedded kernel, forking this one a few milliseconds. The
child steps into its server's namespaces, runs one function and leaves what it returned in memory
that it shares with its parent.
"""

from __future__ import annotations

import marshal
import os
import signal
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from apn_emu.errors import EmulationError
from apn_emu.traffic.timers import no_slack


class Child:
    """A function that runs in a forked process; ends when the function does.

    Waited for like a `subprocess.Popen`: `yield Exit(child)` on the timeline, then `result()`.
    """

    def __init__(
        self,
        name: str,
        enter: Callable[[], None],
        function: Callable[..., Any],
        args: tuple[Any, ...],
    ) -> None:
        """Fork; the child calls `enter()`, then `function(*args)`. `name` stands in errors."""
        self.name = name
        self.returncode: int | None = None
        self._answer_fd = os.memfd_create(name)
        self.pid = os.fork()
        if self.pid == 0:
            _run(self._answer_fd, enter, function, args)

    def wait(self) -> int:
        """Wait for the end; return the exit code, or minus the signal that ended it."""
        if self.returncode is None:
            _, status = os.waitpid(self.pid, 0)
            self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the child was already waited for."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def end(self) -> None:
        """End the child now, e.g. a server that is no longer needed; it has no result."""
        self.send_signal(signal.SIGKILL)
        self.wait()
        os.close(self._answer_fd)

    def result(self) -> Any:
        """Return what the function returned, once; waits for it if need be.

        Raises `EmulationError` with the message of whatever the function raised.
        """
        code = self.wait()
        with os.fdopen(self._answer_fd, "rb") as file:
            file.seek(0)
            answer = file.read()
        if code != 0:
            raise EmulationError(f"{self.name}: {answer.decode() or f'ended with {code}'}")
        return marshal.loads(answer)


def _run(
    answer_fd: int, enter: Callable[[], None], function: Callable[..., Any], args: tuple[Any, ...]
) -> NoReturn:
    """Be the child: never return, never run what the parent would do at its own end."""
    code = 1
    try:
        try:
            no_slack()
            enter()
            # Marshal is built in, fast and exact for plain data; both ends are this interpreter.
            answer, code = marshal.dumps(function(*args)), 0
        except (OSError, EmulationError) as error:
            answer = str(error).encode()
        except BaseException as error:
            traceback.print_exc()
            answer = f"{type(error).__name__}: {error}".encode()
        with os.fdopen(answer_fd, "wb", closefd=False) as file:
            file.write(answer)
    finally:
        os._exit(code)
