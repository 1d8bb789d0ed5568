"""What a user writes for collectives, training, replication and migration, as runners get it."""

import json

from apn_emu.measuring.kinds import from_plan
from apn_emu.scenario.loading import make_scenario


def plan_of(entry: dict) -> dict:
    data = {"name": "w", "network": "tokyo-metro", "sites": {"tokyo": 2, "chiba": 1}}
    scenario = make_scenario(data | {"workloads": [entry]})
    plan = scenario.workloads[0].to_plan(scenario.sites)
    assert make_scenario(scenario.to_dict()).workloads == scenario.workloads
    assert json.loads(json.dumps(plan)) == json.loads(json.dumps(plan | {}))
    return plan


def test_a_collective_runs_on_all_servers_or_on_a_list():
    plan = plan_of({"collective": "all-reduce", "sizes": ["1 KB", "1 GB"]})
    assert (plan["name"], plan["on"]) == ("all-reduce-ring", None)
    assert list(plan["sizes_byte"]) == [1000, 10**9]
    plan = plan_of({"collective": "all-to-all", "on": ["chiba", "tokyo/2"], "sizes": "4 KiB"})
    assert (plan["name"], plan["on"]) == ("all-to-all", ["chiba/1", "tokyo/2"])
    assert list(plan["sizes_byte"]) == [4096]


def test_training_knows_the_bytes_of_a_gradient():
    plan = plan_of({"training": "all", "parameters": 7e9, "compute": "1.5 s", "precision": "fp32"})
    assert (plan["parameters"], plan["compute_s"]) == (7e9, 1.5)
    assert from_plan(plan).gradient_bytes == 28_000_000_000
    assert (plan["bucket_byte"], plan["on"]) == (26_214_400, None)


def test_disks_have_nanoseconds_and_bytes():
    pairs = [["tokyo", "chiba"]]
    plan = plan_of({"synchronous-replication": pairs, "disk_rate": "8G", "depths": 4})
    assert (from_plan(plan).disk, plan["depths"]) == ((20_000, 3846, 1e9), [4])
    assert plan["pairs"] == [["tokyo/1", "chiba/1"]]
    plan = plan_of({"asynchronous-replication": pairs})
    assert from_plan(plan).disk == (20_000, 3846, 4.3e9)
    plan = plan_of({"migration": pairs, "dirty_rate": "8G", "memory": "1 GiB"})
    assert (plan["dirty_rate_bps"], plan["memory_byte"]) == (8e9, 2**30)
