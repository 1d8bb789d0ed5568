"""What the first Python programs of both engines share: run the session, and tell the host of it.

Nothing but the standard library and our own bundle is there.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

OUT = Path("/mnt/out")
"""The one folder of the host that can be written: the run's staging folder."""


ENVIRONMENT = {
    "PATH": "/mnt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/run",
    "LANG": "C.UTF-8",
    "PYTHONHOME": "/mnt/python",
    "PYTHONPATH": "/mnt/code",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUNBUFFERED": "1",
}
"""Of a session; `init.c` has the same."""


def run_session(exact: bool, beside: AbstractContextManager[None] | None = None) -> None:
    """Run the plan in `OUT`; `beside` is entered while it is measured."""
    from apn_emu.emulation import session

    plan_file, private = OUT / "plan.json", Path("/run")
    session.run(plan_file, OUT, private, progress, exact, beside or nullcontext())


def progress(phase: str, text: str) -> None:
    """Tell the host what is being done: a line in a file, for a pipe would disturb virtual time."""
    with (OUT / "progress").open("a") as file:
        file.write(f"{phase}\t{text}\n")


@contextmanager
def leaving_error() -> Iterator[None]:
    """Leave `error.json` for the host if an exception comes, and end it here."""
    from apn_emu.errors import ApnError

    try:
        yield
    except Exception as error:
        left: dict[str, str | bool] = {"message": str(error)}
        if not isinstance(error, ApnError):
            traceback.print_exc()
            left = {"message": f"{type(error).__name__}: {error}", "unexpected": True}
        (OUT / "error.json").write_text(json.dumps(left) + "\n")
