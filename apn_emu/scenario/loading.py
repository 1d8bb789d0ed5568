"""Scenarios from files. The package's only I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from apn_emu.documents import parse_text
from apn_emu.errors import InputError, Problem
from apn_emu.network.building import build_network
from apn_emu.network.loading import load_network, read_text
from apn_emu.network.model import Network
from apn_emu.network.native import draft_from_native, place
from apn_emu.scenario.base import field_by_key
from apn_emu.scenario.checks import check_scenario
from apn_emu.scenario.overriding import append, override
from apn_emu.scenario.parameters import substitute
from apn_emu.scenario.problems import problems_of
from apn_emu.scenario.schema import Scenario
from apn_emu.scenario.source import Source


def load_scenario(
    path: str | Path, overrides: Iterable[str] = (), captures: Iterable[str] = ()
) -> Scenario:
    """Return the checked scenario of a YAML or JSON file, changed by `--set` overrides.

    `captures` are places of `--capture`, in addition to those of the file.

    Raises `InputError` with every problem of the first stage that finds any: reading, syntax,
    overrides, keys and values, and what the scenario says about its network.
    """
    file = str(path)
    data, lines = parse_text(read_text(Path(path), "scenario"), file)
    return _overridden(data, Source(file, lines), overrides, captures)


def vary(scenario: Scenario, overrides: Iterable[str]) -> Scenario:
    """Return the scenario with further `--set` overrides, its `sweep` left out.

    Raises `InputError` as `load_scenario` does.
    """
    template = {key: value for key, value in scenario.source.template.items() if key != "sweep"}
    return _overridden(template, scenario.source, overrides)


def _overridden(
    data: Any, source: Source, overrides: Iterable[str], captures: Iterable[str] = ()
) -> Scenario:
    data, written = override(data, overrides)
    if isinstance(data, dict):
        written |= append(data, "captures", captures, "--capture")
    source = replace(source, overrides={**source.overrides, **written})
    scenario = make_scenario(data, source)
    check_scenario(scenario, network_of(scenario))
    return scenario


def make_scenario(data: Any, source: Source | None = None) -> Scenario:
    """Return the scenario of plain data (as YAML holds it); its network is not looked at.

    Raises `InputError` with every unknown key and wrong value, at the lines that `source` knows.
    """
    source = source or Source()
    if not isinstance(data, Mapping):
        remedy = "write keys and values, at least name, network and sites"
        raise InputError(source.where().problem("this is not a scenario", remedy))
    filled, source = substitute(data, replace(source, template=data), field_by_key(Scenario))
    try:
        scenario = Scenario.model_validate(filled)
    except ValidationError as error:
        raise InputError(problems_of(error, filled, source)) from error
    scenario._source = source
    return scenario


def network_of(scenario: Scenario) -> Network:
    """Return the network of a scenario; raise `InputError` at the scenario's `network` line."""
    network = scenario.network
    try:
        if isinstance(network, str):
            return load_network(network, scenario.source.folder)
        return build_network(draft_from_native(network, "", scenario.name))
    except InputError as error:
        problems = [_at_the_network(scenario, problem) for problem in error.problems]
        raise InputError(problems) from error


def _at_the_network(scenario: Scenario, problem: Problem) -> Problem:
    """Return the problem at the scenario's line; a fault inside another file keeps its place."""
    if isinstance(scenario.network, str):
        key = None if problem.key == "network" else problem.key
        inside = Problem(problem.file, problem.line, key, problem.message)
        return scenario.where("network").problem(str(inside), problem.remedy)
    where = scenario.where("network", *place(problem.key or ""))
    return where.problem(problem.message, problem.remedy)
