"""The lightpaths that a scenario asks for, allocated one after the other. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from apn_emu.allocation.allocator import Allocator
from apn_emu.allocation.demands import Allocation, Demand, Reason, Refusal
from apn_emu.allocation.disjoint import Disjoint
from apn_emu.control.requests import Refused
from apn_emu.errors import InputError, Problem
from apn_emu.network.division import Division, divide
from apn_emu.network.model import Network
from apn_emu.optics.grid import Grid
from apn_emu.optics.lit import LitSpectrum
from apn_emu.optics.qot import LineSystem
from apn_emu.planning.lightpaths import TWO_PATHS
from apn_emu.planning.segments import Segments
from apn_emu.scenario.lightpaths import LightpathRequest, Mesh, SingleLightpath
from apn_emu.scenario.schema import Scenario


@dataclass(frozen=True)
class Lighting:
    """What the allocator made of a scenario: answers in the order written, and what is wrong."""

    allocator: Allocator
    quality: LitSpectrum
    answers: tuple[Allocation | Refusal, ...]
    requests: Mapping[str, LightpathRequest]
    """The entry of the scenario behind each demand, by the demand's id."""
    problems: tuple[Problem, ...]
    division: Division
    """The network that is lit: the scenario's, parted among its domains."""
    segments: Segments

    @property
    def remote(self) -> Mapping[str, str]:
        """Segment of an end-to-end lightpath -> the other domain's site that it leads to."""
        return {s: e.remote(s) for e in self.segments.end_to_end for s in e.segments}


def light(scenario: Scenario, network: Network, seed: int) -> Lighting:
    """Allocate every lightpath of the scenario; channels that are prescribed come first.

    A slot is as wide as the entry's `spacing` says, else as `spectrum` says, else as the mode
    needs (50 GHz for 100G). The first refusal of parallel lightpaths stands for the rest of them.
    """
    division = divide(network, scenario.domains)
    segments = Segments(division, scenario.domains, scenario.borders)
    quality = LitSpectrum(LineSystem(division.network))
    built = {name: site.transponders for name, site in scenario.sites.items()}
    allocator = Allocator(
        division.network,
        grid=Grid(),
        quality=quality,
        transponders={name: number for name, number in built.items() if number is not None},
        seed=seed,
    )
    answers: list[Allocation | Refusal] = []
    problems: list[Problem] = []
    refusals: dict[tuple[int, Reason], list[Refusal]] = {}
    refused: set[tuple[int, str, str]] = set()
    demands = []
    asked: set[int] = set()
    for index, demand in _demands(scenario, network):
        asked.add(index)
        try:
            demands += [(index, part) for part in segments.parts(demand)]
        except Refused as no_border:
            place = scenario.where("lightpaths", index)
            problems.append(place.problem(f"{demand.id}: {no_border}"))
    written = {demand.id: number for number, (_, demand) in enumerate(demands)}
    for index in {*range(len(scenario.lightpaths))} - asked:
        problems.append(_nothing_asked(scenario, index))
    for index, demand in sorted(demands, key=lambda one: one[1].channel is None):
        entry = (index, demand.source, demand.destination)
        if entry in refused:
            continue
        try:
            answer = allocator.allocate(demand)
        except InputError as error:
            refused.add(entry)
            problems += (
                scenario.where("lightpaths", index, problem.key or "").problem(
                    problem.message, problem.remedy
                )
                for problem in error.problems
            )
            continue
        answers.append(answer)
        if isinstance(answer, Refusal):
            refused.add(entry)
            refusals.setdefault((index, answer.reason), []).append(answer)
    problems += (
        scenario.where("lightpaths", index).problem(_in_words(same))
        for (index, _), same in refusals.items()
    )
    answers.sort(key=lambda answer: written[answer.demand.id])
    requests = {demand.id: scenario.lightpaths[index] for index, demand in demands}
    found = tuple(dict.fromkeys(problems))
    return Lighting(allocator, quality, tuple(answers), requests, found, division, segments)


def _in_words(refusals: Sequence[Refusal]) -> str:
    """Return what one entry was refused for one reason: a mesh may be refused a thousand times."""
    first = refusals[0]
    more = f" and {len(refusals) - 1} more" if len(refusals) > 1 else ""
    return f"{first.demand.id}{more}: {first.reason}: {first.text}"


def _nothing_asked(scenario: Scenario, index: int) -> Problem:
    message = "no fibre joins two of the sites, so neighbours asks for no lightpath"
    return scenario.where("lightpaths", index, "mesh").problem(message, "write full")


def _demands(scenario: Scenario, network: Network) -> Iterator[tuple[int, Demand]]:
    """Yield each single lightpath with the index of its entry; parallel ones are `a-b#2`, ..."""
    used: Counter[str] = Counter()
    for index, request in enumerate(scenario.lightpaths):
        for source, destination in _pairs(request, scenario, network):
            for _ in range(request.count):
                name = f"{source}-{destination}"
                used[name] += 1
                demand_id = name if used[name] == 1 else f"{name}#{used[name]}"
                yield index, _demand(demand_id, source, destination, request, scenario)


def _pairs(
    request: LightpathRequest, scenario: Scenario, network: Network
) -> list[tuple[str, str]]:
    if isinstance(request, SingleLightpath):
        return [(request.source, request.destination)]
    assert isinstance(request, Mesh)
    sites = scenario.sites if isinstance(request.mesh, str) else request.mesh
    pairs = list(combinations(sites, 2))
    if request.mesh == "neighbours":
        return [(a, b) for a, b in pairs if network.graph.has_edge(a, b)]
    return pairs


def _demand(
    demand_id: str, source: str, destination: str, request: LightpathRequest, scenario: Scenario
) -> Demand:
    stated_hz = request.spacing_hz or scenario.spectrum.spacing_hz
    single = request if isinstance(request, SingleLightpath) else None
    return Demand(
        id=demand_id,
        source=source,
        destination=destination,
        rate_bps=request.rate_bps,
        protected=request.protection in TWO_PATHS,
        disjoint=Disjoint(request.disjoint),
        mode=request.mode,
        channel=single.slot(scenario.spectrum) if single else None,
        route=single.route if single else None,
        spacing_ghz=None if stated_hz is None else stated_hz / 1e9,
    )
