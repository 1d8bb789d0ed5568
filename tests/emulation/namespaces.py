"""Run the emulator in a mount namespace of its own, where a test may mount what it needs."""

import os
import subprocess
import sys
from pathlib import Path

AS_ROOT = os.getuid() == 0
UNPRIVILEGED = ["setpriv", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
if AS_ROOT:  # else only one user is known in the namespace
    UNPRIVILEGED += ["--reuid=65534", "--regid=65534", "--clear-groups"]


def in_namespace(script: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a shell script as root of a mount namespace; `$1` and so on are the arguments.

    In it, `$VENV` is the environment of the tests and `$UNPRIVILEGED` the prefix of a command that
    must run without any privilege.
    """
    command = ["unshare", "--mount", *([] if AS_ROOT else ["--map-root-user"]), "sh", "-euc"]
    return subprocess.run(
        [*command, script, "sh", *map(str, arguments)],
        env=os.environ | {"VENV": sys.prefix, "UNPRIVILEGED": " ".join(UNPRIVILEGED)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
