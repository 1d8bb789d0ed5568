"""Everything Python that runs inside the embedded machine, compiled, in one folder of the cache.

The guest must execute the same bytes wherever the package is installed: compiled files carry their
path, and a search through a machine's own site-packages differs from machine to machine. So the
modules that the guest imports are found once, compiled under a fixed path and kept together. It is
also what makes Python start fast in there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from apn_emu import __version__
from apn_emu.engine.embedded.cache import cache_folder, digest, publish, write_file
from apn_emu.engine.embedded.pruning import CODE, INDEX, prune
from apn_emu.errors import MachineError
from apn_emu.measuring.kinds import kinds, module_of

GUEST_PATH = "/mnt/code"

_ROOTS = (
    "apn_emu.engine.embedded.guest",
    "apn_emu.engine.host.guest",
    "apn_emu.engine.host.entering",
    "apn_emu.engine.host.lateness",
    "apn_emu.emulation.session",
    "apn_emu.emulation.cross_traffic",
    "apn_emu.measuring.shell",
    "apn_emu.controllers.launch",
    "apn_emu.controllers.lightpaths",
    "apn_emu.controllers.agents",
    "apn_emu.controllers.north",
    "apn_emu.controllers.parent",
    "apn_emu.controllers.renewal",
    "apn_emu.control.resources",
    "apn_emu.planning.degradation",
    "apn_emu.rest_client",
)
"""Beside the workloads. Some are imported when they are needed first, so each stands here."""
_TRACE = """
import importlib, importlib.metadata as metadata, json, pathlib, sys
standard = set(sys.stdlib_module_names)
before = set(sys.modules)  # what this machine's own site configuration imports
for name in sys.argv[1:]:
    importlib.import_module(name)
# Names may be aliases (ryu.x is os_ken.x): the module's own name says where it belongs.
found = {}
for known_as, module in list(sys.modules.items()):
    spec = getattr(module, "__spec__", None)
    if known_as in before or not spec or not spec.has_location or not spec.origin:
        continue
    if spec.name.split(".")[0] not in standard:
        found[spec.name] = [spec.origin, spec.submodule_search_locations is not None]
# eventlet, on which ryu runs, imports its modules by turns and drops them again: take all.
for origin, _ in [found["eventlet"]] if "eventlet" in found else []:
    for path in pathlib.Path(origin).parent.rglob("*.py"):
        package = path.name == "__init__.py"
        parts = path.relative_to(pathlib.Path(origin).parent.parent).with_suffix("").parts
        found[".".join(parts[:-1] if package else parts)] = [str(path), package]
providers = metadata.packages_distributions()
packages = {provider for name in found for provider in providers.get(name.split(".")[0], ())}
# Beside the modules: our own data, and the shared libraries that wheels bring along.
data = {}
for name, (origin, package) in found.items():
    if package:
        folder, top = pathlib.Path(origin).parent, "." not in name
        files = folder.glob("*.json") if name.startswith("apn_emu") else ()
        data |= {str(file): f"{name.replace('.', '/')}/{file.name}" for file in files}
        files = folder.with_name(f"{name}.libs").glob("*") if top else ()
        data |= {str(file): f"{name}.libs/{file.name}" for file in files}
versions = {p: metadata.version(p) for p in packages}
print(json.dumps({"modules": found, "data": data, "versions": versions}))
"""

_COMPILE = """
import importlib._bootstrap_external as importing, json, sys
from pathlib import Path
for source, target, name in json.load(sys.stdin):
    code = compile(Path(source).read_bytes(), name, "exec", dont_inherit=True, optimize=0)
    Path(target).write_bytes(importing._code_to_hash_pyc(code, bytes(8), False))
"""
"""Without path, time or size of the source: the guest never looks for it. A process of its own with
a fixed hash seed, for the order of a set in the code is the order of its hashes."""


def bundle() -> Path:
    """Return the folder of the bundle, made anew when a module has changed.

    A bundle in use is never replaced: another state of the sources is another folder. Use it as
    long as it is `pruning.held`.
    """
    maker = _stamp(Path(__file__))
    roots = [*_ROOTS, *map(module_of, kinds())]
    environment = json.dumps([__version__, sys.version, sys.path, sys.prefix, maker, roots])
    index = cache_folder() / f"{INDEX}{digest(environment)}.json"
    try:
        sources: list[str] = json.loads(index.read_text())
        folder = _folder(environment, sources)
    except (OSError, ValueError):
        sources = []
    if not sources or not folder.exists():
        trace = _trace(roots)
        sources = sorted([*(origin for origin, _ in trace["modules"].values()), *trace["data"]])
        folder = _folder(environment, sources)
        if not folder.exists():
            with publish(folder) as staging:
                _make(staging, trace)
            prune(CODE)
        write_file(index, json.dumps(sources))
        prune(INDEX)
    index.touch()
    return folder


def _folder(environment: str, sources: list[str]) -> Path:
    stamps = [_stamp(Path(source)) for source in sources]
    return cache_folder() / f"{CODE}{digest(environment + json.dumps([sources, stamps]))}"


def _stamp(source: Path) -> list[int]:
    try:
        status = source.stat()
    except OSError:
        return []
    return [status.st_mtime_ns, status.st_size]


def _make(folder: Path, trace: dict[str, Any]) -> None:
    for package, version in sorted(trace["versions"].items()):  # some packages ask for their own
        name = package.replace("-", "_")
        metadata = folder / f"{name}-{version}.dist-info" / "METADATA"
        metadata.parent.mkdir()
        metadata.write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    for origin, name in trace["data"].items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(origin, folder / name)
    work = []
    for name, (origin, is_package) in sorted(trace["modules"].items()):
        source = Path(origin)
        target = folder / name.replace(".", "/")
        if is_package:
            target /= "__init__"
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix == ".py":
            target = target.with_name(target.name + ".pyc")
            guest_name = f"{GUEST_PATH}/{target.relative_to(folder)}"
            work.append((str(source), str(target), guest_name))
        else:
            shutil.copyfile(source, target.with_name(source.name))
    _python("-S", "-P", "-c", _COMPILE, text=json.dumps(work))


def _trace(roots: list[str]) -> dict[str, Any]:
    """Return all that the guest imports beyond Python itself.

    `modules`: name -> (file, is a package); `data`: file -> its name in the bundle; `versions`:
    distribution package -> version.
    """
    trace: dict[str, Any] = json.loads(_python("-c", _TRACE, *roots))
    return trace


def _python(*arguments: str, text: str = "") -> str:
    """Run this Python with its path and a fixed hash seed; return its output."""
    path = os.pathsep.join(filter(None, sys.path))
    done = subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | {"PYTHONPATH": path, "PYTHONHASHSEED": "0"},
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        reason = done.stderr.strip().splitlines()[-1] if done.stderr else "unknown"
        raise MachineError(
            f"a Python package is missing or broken ({reason}); install apn-emu with all it needs:"
            f" {sys.executable} -m pip install apn-emu"
        )
    return done.stdout
