"""Run one scenario many times under changing conditions: are the results the same bytes?

    python benchmarks/exactness.py [RUNS [SCENARIO]]

The load of the host, the user (as root), the copy of the package and all folders change from run to
run, the load first; each user and copy begins with an empty cache. Prints how many different
results came out; returns 1 when there is more than one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
SCENARIO = REPOSITORY / "experiments" / "smoke.yaml"
FOLDERS = ("a", "with two blanks", "deep/er/and/deeper", "z" * 60)
NOBODY = 65534


@contextmanager
def busy() -> Iterator[None]:
    """Keep every processor busy."""
    loops = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"])
        for _ in range(os.cpu_count() or 1)
    ]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def copy_package(folder: Path) -> Path:
    """Copy the package into a folder, which then stands before the installed one on PYTHONPATH."""
    shutil.copytree(
        REPOSITORY / "apn_emu",
        folder / "apn_emu",
        ignore=shutil.ignore_patterns("__pycache__", "controllers", "experiments", "topologies"),
    )
    for part in ("controllers", "experiments", "topologies"):
        shutil.copytree(REPOSITORY / part, folder / "apn_emu" / part)
    return folder


def can_start(user: int) -> bool:
    """Whether another user can start this Python with our packages."""
    command = [sys.executable, "-c", "import apn_emu"]
    try:
        return subprocess.run(command, user=user, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def result(
    source: Path, folder: Path, package: Path, cache: Path, user: int | None
) -> tuple[str, bool]:
    """Run the scenario in a folder of its own; return its bytes' digest and whether it is exact."""
    out = folder / "result"
    (folder / "tmp").mkdir(parents=True)
    scenario = Path(shutil.copy(source, folder))
    cache.mkdir(exist_ok=True)
    if user is not None:
        for place in (folder, folder / "tmp", cache):
            os.chown(place, user, user)
    places = {"TMPDIR": folder / "tmp", "XDG_CACHE_HOME": cache, "PYTHONPATH": package}
    subprocess.run(
        [sys.executable, "-m", "apn_emu", "run", str(scenario), "--out", str(out), "--quiet"],
        env=os.environ | {name: str(place) for name, place in places.items()},
        cwd=folder,
        user=user,
        check=True,
    )
    files = [out / "measurements.csv", *sorted((out / "records").iterdir())]
    exact = '"exact": true' in (out / "result.json").read_text()
    return hashlib.sha256(b"\0".join(f.read_bytes() for f in files)).hexdigest(), exact


def main(runs: int = 20, scenario: Path = SCENARIO) -> int:
    """Print how many different results came out of the runs, and in how many time was pushed."""
    found: dict[str, list[int]] = {}
    forced = 0
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        root.chmod(0o755)
        users = (None, NOBODY) if os.getuid() == 0 and can_start(NOBODY) else (None,)
        packages = [copy_package(root / place) for place in ("first", "second copy")]
        for number in range(runs):
            user, package = users[number // 4 % len(users)], packages[number // 2 % 2]
            folder = root / str(number) / FOLDERS[number % len(FOLDERS)]
            with busy() if number % 2 else nullcontext():
                cache = root / f"cache {user} {package.name}"
                digest, exact = result(scenario, folder, package, cache, user)
            found.setdefault(digest, []).append(number)
            forced += not exact
    print(f"{scenario.stem}: {runs} runs; host idle and busy, {len(FOLDERS)} folders,", end=" ")
    print(f"{len(packages)} copies of the package and {len(users)} users in turn")
    print(f"different results (measurements.csv and records): {len(found)}")
    if len(found) > 1:
        print("runs by result:", *found.values())
    print(f"runs in which the clock had to be pushed: {forced}")
    return 0 if len(found) == 1 else 1


if __name__ == "__main__":
    sys.exit(main(*(kind(text) for kind, text in zip((int, Path), sys.argv[1:], strict=False))))
