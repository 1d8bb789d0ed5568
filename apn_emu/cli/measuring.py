"""What `run` and `smoke` share: run a scenario under a progress line, and end well on signals."""

from __future__ import annotations

import signal
import sys
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apn_emu.engine.running import Run
    from apn_emu.results.result import Result


def measure(
    path: Path,
    overrides: tuple[str, ...],
    seed: int | None,
    quiet: bool,
    out: Path | None = None,
    captures: tuple[str, ...] = (),
    engine: str = "embedded",
) -> Run:
    """Load, check, plan and run a scenario file; write the files of the run into `out`."""
    from apn_emu import api
    from apn_emu.scenario.loading import load_scenario

    end_like_interrupted()
    scenario = load_scenario(path, overrides, captures)
    with ProgressLine(quiet) as line:
        return api.run(scenario, seed, out, line.show, engine)


def measure_smoke(overrides: tuple[str, ...] = ()) -> Result:
    """Run the shipped smoke test without progress."""
    with as_file(files("apn_emu.experiments") / "smoke.yaml") as path:
        return measure(path, overrides, None, quiet=True).result


def end_like_interrupted() -> None:
    """Take SIGTERM like Ctrl-C: everything that was started is ended on the way out."""

    def interrupt(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


class ProgressLine:
    """Shows what is being done on standard error: one line that changes, or plain lines."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._changes = sys.stderr.isatty()
        self._phase = ""

    def __enter__(self) -> ProgressLine:
        return self

    def show(self, phase: str, text: str) -> None:
        """Show a phase (`booting`, `building`, ...) and what is being done in it."""
        if self._quiet:
            return
        if self._changes:
            sys.stderr.write(f"\r\x1b[K{phase}: {text}"[:90])
        elif phase != self._phase:
            sys.stderr.write(f"{phase}: {text}\n")
        self._phase = phase
        sys.stderr.flush()

    def __exit__(self, *exception: object) -> None:
        if self._changes and not self._quiet:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
        self._quiet = True  # a session tells on, from its own thread
