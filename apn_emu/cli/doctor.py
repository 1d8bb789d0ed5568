"""`apn-emu doctor`: what this machine can do, tried for real."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import PackageNotFoundError, version

import click

from apn_emu.errors import ApnError, ExitCode


@click.command(name="doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def command(as_json: bool) -> int:
    """Check kernel, programs and packages, then boot and light one path.

    \b
    Examples:
      apn-emu doctor
      APN_EMU_KERNEL=/opt/uml/linux.uml apn-emu doctor
    """
    findings = list(_findings())
    ok = all(finding["ok"] for finding in findings)
    if as_json:
        click.echo(json.dumps({"ok": ok, "findings": findings}, indent=1))
    else:
        for finding in findings:
            mark = "ok     " if finding["ok"] else "MISSING"
            click.echo(f"{mark} {finding['what']}: {finding['found']}")
    return ExitCode.OK if ok else ExitCode.MACHINE_LACKS


def _findings() -> Iterator[dict[str, object]]:
    """Yield what was looked for, whether it is there, and what was found or the remedy."""
    from apn_emu.engine.embedded.cache import cache_folder
    from apn_emu.engine.embedded.compiling import compiled
    from apn_emu.engine.embedded.kernel import find_kernel
    from apn_emu.engine.embedded.programs import PROGRAMS, find_program

    lacks = False
    checks: list[tuple[str, Callable[[], str]]] = [
        ("kernel", lambda: _kernel(find_kernel())),
        ("cache folder", lambda: str(cache_folder())),
        ("C compiler", lambda: f"virtual time library in {compiled()}"),
        *((program, partial(find_program, program)) for program in PROGRAMS),
        *((name, partial(_package, name)) for name in ("mininet", "os-ken")),
    ]
    for what, check in checks:
        try:
            yield {"what": what, "ok": True, "found": check()}
        except ApnError as error:
            lacks = True
            yield {"what": what, "ok": False, "found": str(error)}
    if lacks:
        yield {"what": "one lightpath", "ok": False, "found": "not tried: see above"}
        return
    try:
        yield {"what": "one lightpath", "ok": True, "found": _light_one_path()}
    except ApnError as error:
        yield {"what": "one lightpath", "ok": False, "found": str(error)}


def _kernel(kernel: object) -> str:
    return f"Linux {kernel.version}, {kernel.mode} mode, {kernel.path}"


def _package(name: str) -> str:
    from apn_emu.errors import MachineError

    try:
        return version(name)
    except PackageNotFoundError as error:
        raise MachineError(f"install it with `pip install {name}`") from error


def _light_one_path() -> str:
    from apn_emu.cli.measuring import measure_smoke

    result = measure_smoke(("workloads.1.duration=1 ms",))
    exact = "exact" if result.engine.exact else f"not exact: {result.engine.why}"
    return f"lit and measured in {result.wall_seconds:.1f} s, {exact}"
