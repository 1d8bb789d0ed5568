"""Planned against measured outages on published networks, with default control times.

    python benchmarks/outages.py

Two lightpaths between far sites, a failure of a node or a fibre on the way of the first, probes
every 20 us. A line for each case: how many outages have a plan, and by how much the measured ones
differ from it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import apn_emu as apn
from apn_emu.scenario.loading import make_scenario

SITES = {
    "jpn25": ("tokyo", "osaka", "sendai"),
    "cost239": ("london", "vienna", "paris"),
    "german17": ("hamburg", "muenchen", "koeln"),
}
PROTECTIONS = ("none", "1:1", "1+1", "restoration")
WORST_US = 100.0


def scenario(network: str, protection: str, event: dict[str, str]) -> apn.Scenario:
    """Return a scenario in which an event happens 0.2 s after the probes began.

    What nothing protects is repaired 0.2 s later.
    """
    sites = SITES[network]
    repair = {"at": "0.4 s", "repair": next(iter(event.values()))}
    pairs = [[sites[0], other] for other in sites[1:]]
    return make_scenario(
        {
            "name": f"{network}-{protection}".replace("+", "and").replace(":", "to"),
            "network": network,
            "sites": dict.fromkeys(sites),
            "lightpaths": [
                {"from": a, "to": b, "rate": "100G", "protection": protection} for a, b in pairs
            ],
            "workloads": [
                {"probe": pairs, "interval": "20 us", "start": "0 s", "duration": "0.6 s"}
            ],
            "events": [{"at": "0.2 s", **event}, *([repair] if protection == "none" else [])],
        }
    )


def events(network: str, protection: str) -> Iterator[dict[str, str]]:
    """Yield a cut of the first lightpath's first fibre, and the failure of a node on its way."""
    first = apn.plan(scenario(network, protection, {"cut": _any_link(network)})).lightpaths[0]
    yield {"cut": first.fibres[0]}
    ends = {*SITES[network]}
    if inner := [node for node in first.route if node not in ends]:
        yield {"node-failure": inner[0]}


def _any_link(network: str) -> str:
    return apn.load_network(network).links[0].id


def main() -> int:
    """Print all cases; return 1 when a difference is beyond 100 us."""
    late = 0
    print(f"{'network':10}{'protection':13}{'event':34}{'planned':>8}{'difference, us':>18}")
    for network in SITES:
        for protection in PROTECTIONS:
            for event in events(network, protection):
                result = apn.run(scenario(network, protection, event)).result
                found = [o for e in result.events for o in e.outages if o.planned_s is not None]
                differences = [(o.measured_s - o.planned_s) * 1e6 for o in found if o.measured_s]
                spread = f"{min(differences):+.0f} {max(differences):+.0f}" if differences else "-"
                late += any(abs(difference) > WORST_US for difference in differences)
                name = " ".join(*event.items())
                print(
                    f"{network:10}{protection:13}{name:34}{len(found):>8}{spread:>18}", flush=True
                )
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
