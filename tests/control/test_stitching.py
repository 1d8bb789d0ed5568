"""End-to-end lightpaths over several domains: all segments or none, whatever the domains answer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.control.domains import Segment, chain, operators
from apn_emu.control.requests import Code, Lifecycle, Operational, Refused
from apn_emu.control.stitching import RETRY_NS, Parent
from apn_emu.planning.domains import Border
from tests.control.world import plan_of

SITES = {
    "east": ["a", "a2", "a~c", "a~f"],
    "middle": ["c~a", "c", "c~e"],
    "west": ["e~c", "e", "f~a"],
}
BORDERS = [
    Border("a-c", "a~c", "c~a"),
    Border("c-e", "c~e", "e~c", ports=2),
    Border("a-f", "a~f", "f~a"),
]
DOMAIN_OF = {site: domain for domain, sites in SITES.items() for site in sites}
DOMAINS = {"east": ["a", "b"], "west": ["c", "d", "e"]}


def wanted(name: str, source: str = "a", destination: str = "e") -> dict[str, Any]:
    return {"id": name, "source": source, "destination": destination, "rate_bps": 10**11}


def test_the_way_with_the_fewest_borders_and_then_the_least_fibre() -> None:
    direct = chain(DOMAIN_OF, BORDERS, "a", "e")
    assert direct == ([Segment("east", "a", "a~f"), Segment("west", "f~a", "e")], [BORDERS[2]])
    segments, borders = chain(DOMAIN_OF, BORDERS[:2], "a", "e") or ([], [])
    assert borders == BORDERS[:2]
    assert [segment.source for segment in segments] == ["a", "c~a", "e~c"]
    assert chain(DOMAIN_OF, BORDERS[1:2], "a", "e") is None
    assert chain(DOMAIN_OF, BORDERS, "e", "e~c") == ([Segment("west", "e", "e~c")], [])
    domain_of = {"a": "east", "b": "west", "p": "east", "q": "west", "r": "east", "s": "west"}
    two = [Border("long", "p", "q"), Border("short", "r", "s")]
    km = {("a", "p"): 1.0, ("q", "b"): 9.0, ("a", "r"): 4.0, ("s", "b"): 5.0}
    _, (short,) = chain(domain_of, two, "a", "b", lambda here, there: km[here, there]) or ([], [])
    assert short.id == "short"


def test_a_domain_sees_nothing_of_the_others() -> None:
    plan = plan_of(
        {"from": "a", "to": "b", "rate": "100G"},
        {"from": "a", "to": "d", "rate": "100G"},
        {"from": "b", "to": "d", "rate": "100G"},
        domains=DOMAINS,
        borders={"d-a": 2},
    )
    east, west = (operator.view for operator in operators(plan))
    gateways = ["b~c", "a~d", "a~c"]
    assert [roadm.id for roadm in east.roadms] == ["a", "b", *gateways]
    assert sorted(fibre.id for fibre in east.fibres) == ["a-a~c", "a-a~d", "a-b", "b-b~c"]
    assert [lightpath.id for lightpath in east.lightpaths] == ["a-b", "a-d.1", "b-d.1"]
    assert east.next_hops["a"] == {"b": ("a-b",), "d": ("a-d.1",)}
    assert west.next_hops["d"] == {"a": ("a-d.2",), "b": ("b-d.2",)}
    assert east.remote_sites == {site.id: site.index for site in plan.sites[2:]}
    assert east.dpids.isdisjoint(west.dpids)
    assert east.dpids | west.dpids == plan.dpids


def test_all_domains_agree() -> None:
    parent = Parent(SITES, BORDERS)
    stitched = parent.create(wanted("x"), 0)
    first, last = parent.take_calls()
    assert (first.domain, first.segment, last.domain, last.segment) == (
        "east",
        "x.1",
        "west",
        "x.2",
    )
    rate = {"rate_bps": 10**11}
    assert first.body == {"source": "a", "destination": "a~f", "destination_port": 1} | rate | {
        "remote": "e"
    }
    assert last.body == {"source": "f~a", "source_port": 1, "destination": "e"} | rate | {
        "remote": "a"
    }
    parent.answered(first, None, 0)
    assert stitched.lifecycle is Lifecycle.PLANNED
    parent.answered(last, None, 0)
    assert stitched.lifecycle is Lifecycle.INSTALLED
    assert parent.create(wanted("x"), 0) is stitched
    with pytest.raises(Refused, match="another lightpath"):
        parent.create(wanted("x") | {"priority": 1}, 0)
    assert parent.create(wanted("y"), 0).borders == BORDERS[:2]  # the direct border has one port
    with pytest.raises(Refused, match="NO_PATH"):
        parent.create(wanted("z"), 0)
    assert list(parent.create(wanted("own", "a", "a2"), 0).segments) == ["own"]
    with pytest.raises(Refused, match=r"x\.1 is a segment of another"):
        parent.create(wanted("x.1", "a", "a2"), 0)
    parent.delete("x", 0)
    for call in parent.take_calls()[4:]:
        parent.answered(call, None, 0)
    assert list(parent.lightpaths) == ["y", "own"]


def test_what_cannot_be_asked() -> None:
    parent = Parent(SITES, BORDERS[:1])
    for request, code in (
        (wanted("x", "a", "z"), "BAD_REQUEST"),
        (wanted("x", "a~c"), "BAD_REQUEST"),
        (wanted("x") | {"route": ["a", "e"]}, "BAD_REQUEST"),
        (wanted("x") | {"protection": "1+1"}, "BAD_REQUEST"),
        (wanted("x"), "NO_PATH"),
    ):
        with pytest.raises(Refused) as refused:
            parent.create(request, 0)
        assert refused.value.code == code
    with pytest.raises(Refused):
        parent.delete("x", 0)
    assert parent.take_calls() == []


def event(kind: str, subject: str, **data: Any) -> dict[str, Any]:
    return {"at_s": 0.0, "kind": kind, "subject": subject, "data": data}


def test_a_segment_that_fails_disables_the_whole_and_says_why() -> None:
    parent = Parent(SITES, BORDERS)
    stitched = parent.create(wanted("x"), 0)
    for call in parent.take_calls():
        parent.answered(call, None, 0)
    assert stitched.operational is Operational.ENABLED
    parent.take_events()
    alarm = {"alarm": "LOS", "lightpaths": ("x.2",), "text": ""}
    lit = {"lifecycle": "INSTALLED", "operational": "ENABLED"}
    parent.told("west", event("alarm", "x.2 at e", raised=True, **alarm), 1)
    parent.told("east", event("lightpath", "x.2", **lit | {"operational": "DISABLED"}), 1)
    assert stitched.operational is Operational.ENABLED  # another domain's lightpath of that name
    parent.told("west", event("lightpath", "x.2", **lit | {"operational": "DISABLED"}), 2)
    (told,) = parent.take_events()
    assert (told.at_ns, told.data["operational"]) == (2, "DISABLED")
    assert told.data["reason"] == stitched.reason == "west: LOS x.2 at e"
    parent.told("west", event("alarm", "x.2 at e", raised=False, **alarm), 3)
    parent.told("west", event("lightpath", "x.2", **lit), 4)
    assert (stitched.operational, stitched.reason) == (Operational.ENABLED, "")
    parent.told("east", event("removed", "x.1"), 5)
    assert (stitched.operational, stitched.reason) == ("DISABLED", "east: x.1 is removed")


@settings(deadline=None, derandomize=True, max_examples=300)
@given(st.data())
def test_every_segment_or_none(data: st.DataObject) -> None:
    """Domains refuse, fall silent with or without having obeyed, and answer in any order."""
    parent = Parent(SITES, BORDERS)
    held: set[str] = set()
    names = ["x", "y"][: data.draw(st.integers(1, 2))]
    for name in names:
        parent.create(wanted(name), 0)
    pending = parent.take_calls()
    now_ns, patience = 0, 40
    doomed = {name for name in names if data.draw(st.booleans())}
    deleted: set[str] = set()
    while pending or parent.next_timer() is not None or doomed - deleted:
        if doomed - deleted and (not pending or data.draw(st.booleans())):
            name = min(doomed - deleted)
            deleted.add(name)
            if name in parent.lightpaths:
                parent.delete(name, now_ns)
        elif pending:
            call = pending.pop(data.draw(st.integers(0, len(pending) - 1)))
            patience -= 1
            answer = data.draw(st.sampled_from(["done", "refuses", "lost", "silent"]))
            if patience < 0:
                answer = "done"
            refusal: tuple[Code, str] | None = None
            if answer in ("done", "silent"):
                (held.add if call.method == "PUT" else held.discard)(call.segment)
            if answer in ("lost", "silent"):
                refusal = (Code.SWITCH_UNREACHABLE, "no answer")
            elif answer == "refuses":
                refusal = (Code.NO_SPECTRUM, "full")
            parent.answered(call, refusal, now_ns)
        else:
            now_ns += RETRY_NS
            parent.handle_timer(now_ns)
        pending += parent.take_calls()
    alive = {own for stitched in parent.lightpaths.values() for own in stitched.segments}
    assert held == alive
    assert all(s.lifecycle is Lifecycle.INSTALLED for s in parent.lightpaths.values())
    assert not doomed & parent.lightpaths.keys()
