"""An environment with the real ryu 4.34, beside the one that the tests run in."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

RYU = "ryu==4.34"
CONSTRAINTS = "setuptools<68\n"
"""ryu's build wants hooks that later versions have dropped."""


@pytest.fixture(scope="session")
def ryu_python(pytestconfig: pytest.Config) -> Path:
    """Return a Python that has ryu and, behind it, all that this environment has."""
    folder = pytestconfig.cache.mkdir("ryu-4.34")  # type: ignore[union-attr]
    environment, ready = folder / "environment", folder / "ready"
    python = environment / "bin" / "python"
    ours = sysconfig.get_path("purelib")
    if not (ready.exists() and ready.read_text() == ours):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(environment)], check=True)
        (folder / "constraints.txt").write_text(CONSTRAINTS)
        install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        constrained = {"PIP_CONSTRAINT": (folder / "constraints.txt").as_uri()}  # blanks part files
        subprocess.run([*install, RYU], check=True, env=os.environ | constrained)
        theirs = next(environment.glob("lib/python*/site-packages"))
        (theirs / "behind.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
        ready.write_text(ours)
    return python
