"""End-to-end lightpaths over several domains: all segments or none, whatever the domains answer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.control.domains import Border, Segment, chain, domain_view
from apn_emu.control.requests import Code, Lifecycle, Refused
from apn_emu.control.stitching import RETRY_NS, Parent
from tests.control.world import plan_of

SITES = {"east": ["a", "b"], "middle": ["c", "d"], "west": ["e", "f"]}
BORDERS = [Border("b-c", "b", "c"), Border("d-e", "d", "e", ports=2), Border("b-e", "b", "e")]
DOMAIN_OF = {site: domain for domain, sites in SITES.items() for site in sites}


def wanted(name: str, source: str = "a", destination: str = "f") -> dict[str, Any]:
    return {"id": name, "source": source, "destination": destination, "rate_bps": 10**11}


def test_the_way_with_the_fewest_borders() -> None:
    direct = chain(DOMAIN_OF, BORDERS, "a", "f")
    assert direct == ([Segment("east", "a", "b"), Segment("west", "e", "f")], [BORDERS[2]])
    round_about = chain(DOMAIN_OF, BORDERS[:2], "a", "e")
    assert round_about == ([Segment("east", "a", "b"), Segment("middle", "c", "d")], BORDERS[:2])
    assert chain(DOMAIN_OF, BORDERS[1:2], "a", "f") is None
    assert chain(DOMAIN_OF, BORDERS, "c", "d") == ([Segment("middle", "c", "d")], [])


def test_a_domain_sees_nothing_of_the_others() -> None:
    plan = plan_of({"mesh": "full", "rate": "100G"}, transponders=8)
    view = domain_view(plan, ["a", "b"])
    assert [roadm.id for roadm in view.roadms] == ["a", "b"]
    assert [fibre.id for fibre in view.fibres] == ["a-b"]
    assert [lightpath.id for lightpath in view.lightpaths] == ["a-b"]
    assert view.next_hops == {"a": {"b": ("a-b",)}, "b": {"a": ("a-b",)}}


def test_all_domains_agree() -> None:
    parent = Parent(SITES, BORDERS)
    stitched = parent.create(wanted("x"))
    calls = parent.take_calls()
    assert [(call.domain, call.segment) for call in calls] == [("east", "x.1"), ("west", "x.2")]
    parent.answered(calls[0], None, 0)
    assert stitched.lifecycle is Lifecycle.PLANNED
    parent.answered(calls[1], None, 0)
    assert stitched.lifecycle is Lifecycle.INSTALLED
    assert parent.create(wanted("x")) is stitched
    with pytest.raises(Refused, match="another lightpath"):
        parent.create(wanted("x", "b"))
    assert parent.create(wanted("y")).borders == BORDERS[:2]  # the direct border has one port
    parent.delete("x")
    for call in parent.take_calls()[3:]:
        parent.answered(call, None, 0)
    assert list(parent.lightpaths) == ["y"]


def test_what_cannot_be_asked() -> None:
    parent = Parent(SITES, BORDERS[:1])
    for request, code in ((wanted("x", "a", "z"), "BAD_REQUEST"), (wanted("x"), "NO_PATH")):
        with pytest.raises(Refused) as refused:
            parent.create(request)
        assert refused.value.code == code
    with pytest.raises(Refused):
        parent.delete("x")
    assert parent.take_calls() == []


@settings(deadline=None, derandomize=True, max_examples=300)
@given(st.data())
def test_every_segment_or_none(data: st.DataObject) -> None:
    """Domains refuse, fall silent with or without having obeyed, and answer in any order."""
    parent = Parent(SITES, BORDERS)
    held: set[str] = set()
    names = ["x", "y"][: data.draw(st.integers(1, 2))]
    for name in names:
        parent.create(wanted(name))
    pending = parent.take_calls()
    now_ns, patience = 0, 40
    doomed = {name for name in names if data.draw(st.booleans())}
    deleted: set[str] = set()
    while pending or parent.next_timer() is not None or doomed - deleted:
        if doomed - deleted and (not pending or data.draw(st.booleans())):
            name = min(doomed - deleted)
            deleted.add(name)
            if name in parent.lightpaths:
                parent.delete(name)
        elif pending:
            call = pending.pop(data.draw(st.integers(0, len(pending) - 1)))
            patience -= 1
            answer = data.draw(st.sampled_from(["done", "refuses", "lost", "silent"]))
            if patience < 0:
                answer = "done"
            refusal: tuple[str, str] | None = None
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
