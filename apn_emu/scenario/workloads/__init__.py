"""Workloads as a user writes them. What they do stands in `apn_emu.workloads`, one module a kind.

A new kind is a class in a module here, an entry in `WORKLOADS`, and its runner. The runners read
`to_plan()`: plain SI numbers, because pydantic is too slow to import inside the emulated machine.
"""

from typing import Annotated

from apn_emu.scenario.base import Choice
from apn_emu.scenario.workloads.base import Workload
from apn_emu.scenario.workloads.bulk import Throughput
from apn_emu.scenario.workloads.delay import Latency
from apn_emu.scenario.workloads.demand import OnDemand
from apn_emu.scenario.workloads.distributed import Collective, Training
from apn_emu.scenario.workloads.probing import Probe, Stream
from apn_emu.scenario.workloads.programs import Command, Iperf3, Ping
from apn_emu.scenario.workloads.requests import Flows, Rpc
from apn_emu.scenario.workloads.storage import (
    AsynchronousReplication,
    Migration,
    Postgresql,
    SynchronousReplication,
)

_MODELS: tuple[type[Workload], ...] = (
    Ping,
    Iperf3,
    Command,
    Latency,
    Throughput,
    Flows,
    Rpc,
    Collective,
    Training,
    SynchronousReplication,
    AsynchronousReplication,
    Migration,
    Postgresql,
    Probe,
    Stream,
    OnDemand,
)
WORKLOADS: dict[str, type[Workload]] = {model.kind: model for model in _MODELS}

WorkloadEntry = Annotated[Workload, Choice("workload", WORKLOADS)]

__all__ = ["WORKLOADS", "Workload", "WorkloadEntry"]
