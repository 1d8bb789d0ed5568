"""What `import apn_emu` offers: load a scenario or make one, plan it, run it, sweep it.

Values and sizes in results are in SI units. Errors are `apn_emu.ApnError`: `InputError` for what
is wrong in a scenario, `MachineError` for what is not installed, `EmulationError` for a run that
broke off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apn_emu.engine import running
from apn_emu.engine.comparing import run_with_baselines
from apn_emu.engine.engines import EMBEDDED, Progress
from apn_emu.engine.running import Run
from apn_emu.engine.saving import save_run
from apn_emu.network import loading as networks
from apn_emu.network.building import build_network
from apn_emu.network.model import Network
from apn_emu.network.native import data_of_network, draft_from_native
from apn_emu.planning.plan import Plan
from apn_emu.results.writing import check_folder
from apn_emu.scenario.checks import check_scenario
from apn_emu.scenario.loading import load_scenario, make_scenario, network_of, vary
from apn_emu.scenario.overriding import override_text
from apn_emu.scenario.schema import Scenario
from apn_emu.sweeps.axes import Axis
from apn_emu.sweeps.record import SweepResult
from apn_emu.sweeps.sweeping import Listener, backend, run_sweep
from apn_emu.sweeps.writing import write_sweep

if TYPE_CHECKING:
    import networkx

File = str | PathLike[str]
Values = Mapping[str, Any]
"""Values by parameter or by dotted key, as `--set` takes them."""


def load(source: File | Mapping[str, Any], values: Values | None = None) -> Scenario:
    """Return the scenario of a YAML or JSON file, or of plain data made in Python.

    Data has the keys of a scenario file (docs/scenario.md); its `network` may be a `Network` too.
    Raises `InputError` with everything that is wrong.
    """
    overrides = _texts(values)
    if not isinstance(source, Mapping):
        return load_scenario(Path(source), overrides)
    data = dict(source)
    if isinstance(data.get("network"), Network):
        data["network"] = data_of_network(data["network"])
    scenario = make_scenario(data)
    if overrides:
        return vary(scenario, overrides)
    check_scenario(scenario, network_of(scenario))
    return scenario


def load_network(source: File | Mapping[str, Any] | networkx.Graph[Any]) -> Network:
    """Return a network: a shipped one by name, one from a file, from plain data or a graph.

    Plain data is `{"nodes": [{"id": "a"}, ...], "links": [{"a": "a", "b": "b", "km": 40}, ...]}`.
    The edges of a `networkx.Graph` have an attribute `km`. Raises `InputError`.
    """
    if isinstance(source, Mapping):
        return build_network(draft_from_native(source, "", "network"))
    if isinstance(source, str | PathLike):
        return networks.load_network(str(source))
    nodes = [{"id": str(name), **fields} for name, fields in source.nodes(data=True)]
    links = [{"a": str(a), "b": str(b), **fields} for a, b, fields in source.edges(data=True)]
    name = source.name or "graph"
    return build_network(draft_from_native({"nodes": nodes, "links": links}, "", name))


def plan(scenario: Scenario, seed: int | None = None) -> Plan:
    """Return how the scenario's lightpaths are allocated, without running it.

    Raises `InputError` with every lightpath that finds no route, spectrum or mode.
    """
    return running.prepare(scenario, network_of(scenario), seed)


def run(
    scenario: Scenario,
    seed: int | None = None,
    out: File | None = None,
    progress: Progress = lambda phase, text: None,
    engine: str = EMBEDDED,
) -> Run:
    """Measure the scenario on an engine, `embedded` or `host`, and return what was found.

    Its baselines are measured beside it, each in a machine of its own (on the host one after the
    other); one that breaks off is named
    in the result and raises nothing. `out`: folder for the files that `apn-emu run` writes.
    `progress` is called with the phase and what is done in it. Raises `InputError`, `MachineError`
    or `EmulationError`.
    """
    if out is not None:
        check_folder(Path(out))
    source = scenario.source
    folder = source.folder.resolve() if source.file else None
    done = run_with_baselines(
        scenario, network_of(scenario), plan(scenario, seed), folder, progress, engine
    )
    if out is not None:
        save_run(Path(out), done, scenario)
    return done


def sweep(
    scenario: Scenario,
    values: Mapping[str, Iterable[Any]] | None = None,
    *,
    seeds: int | None = None,
    jobs: int | None = None,
    scheduler: str | None = None,
    fresh: bool = False,
    out: File | None = None,
    listener: Listener | None = None,
) -> SweepResult:
    """Run every combination of values, `jobs` at a time (else one a core), and return all results.

    `values`: by parameter or dotted key, before them those of the scenario's `sweep`. `seeds`:
    runs of each combination. `scheduler`: address of a Dask scheduler, to run on its workers.
    Results are kept in the user's cache; `fresh` runs all again. `out`: folder for the files that
    `apn-emu sweep` writes. A point that fails stands in `failures`; it raises nothing.
    """
    axes = [Axis(key, tuple(of_axis)) for key, of_axis in (values or {}).items()]
    folder = None if out is None else Path(out)
    if folder:
        check_folder(folder)
    told = listener or Listener()
    with backend(scheduler, jobs) as where:
        done = run_sweep(scenario, axes, where, told, seeds=seeds, fresh=fresh, folder=folder)
    if folder:
        write_sweep(folder, done)
    return done


def _texts(values: Values | None) -> list[str]:
    return [override_text(key, value) for key, value in (values or {}).items()]
