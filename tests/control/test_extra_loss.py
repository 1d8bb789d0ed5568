"""Extra loss on paths that the plan does not know, beside what the plan says of those it does."""

from dataclasses import replace

import pytest

from apn_emu.control.extra_loss import ExtraLoss
from apn_emu.engine import running
from apn_emu.planning.plan import Plan
from apn_emu.scenario.loading import make_scenario, network_of


def plan_of(loss_db: float) -> Plan:
    links = [{"a": "a", "b": "b", "km": 160}, {"a": "b", "b": "c", "km": 60}]
    degrade = {"at": "1 s", "degrade": "a-b", "loss": f"{loss_db} dB", "only_from": "a"}
    scenario = make_scenario(
        {
            "name": "line",
            "network": {"nodes": [{"id": name} for name in "abc"], "links": links},
            "sites": {"a": {}, "c": {}},
            "lightpaths": [{"from": "a", "to": "c", "rate": "400G"}],
            "events": [degrade, {**degrade, "at": "2 s"}, {"at": "3 s", "repair": "a-b"}],
        }
    )
    return running.prepare(scenario, network_of(scenario))


@pytest.mark.parametrize("loss_db", [0.5, 3.0, 9.0, 20.0])
def test_a_path_set_up_later_gets_what_a_planned_one_gets(loss_db: float) -> None:
    plan = plan_of(loss_db)
    (planned,) = plan.paths
    other, losses = replace(planned, id="later"), ExtraLoss(plan)
    for event in plan.events:
        changed = losses.change(event)
        foreseen = {site: f for site, _, f in losses.affected(planned, event, changed)}
        found = {site: f for site, _, f in losses.affected(other, event, changed)}
        assert list(found) == ["c"]  # only light from a is weaker
        expected = foreseen["c"]
        assert found["c"]["margin_db"] == pytest.approx(expected["margin_db"], abs=0.03)
        assert found["c"]["frame_loss"] == pytest.approx(expected["frame_loss"], abs=0.1)
        assert found["c"]["lit"] is expected["lit"]
    assert found["c"] == {**planned.qot, "frame_loss": planned.frame_loss, "lit": True}


def test_a_planned_path_that_was_moved_is_not_what_the_plan_foresaw() -> None:
    plan = plan_of(9.0)
    (planned,) = plan.paths
    moved = replace(planned, channel_lower=planned.channel_lower + 800)
    losses = ExtraLoss(plan)
    changed = losses.change(plan.events[0])
    (foreseen,) = losses.affected(planned, plan.events[0], changed)
    (found,) = losses.affected(moved, plan.events[0], changed)
    assert found[:2] == foreseen[:2] == ("c", ("a-b", "a"))
    assert found[2]["margin_db"] != foreseen[2]["margin_db"]
