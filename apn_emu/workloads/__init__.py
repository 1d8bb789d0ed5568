"""What runs on the emulated servers: one module a workload, each with a runner.

A runner gets the context and the workload's parameters from the plan (plain SI numbers, see
`apn_emu.scenario.workloads`), is an activity of the timeline and returns rows of measurements.
Add one by a module here, an entry in `RUNNERS`, and its parameters in the scenario's schema.
"""

from apn_emu.workloads import (
    asynchronous_replication,
    collective,
    command,
    flows,
    iperf3,
    latency,
    lightpath,
    migration,
    ping,
    postgresql,
    probe,
    rpc,
    shell,
    stream,
    synchronous_replication,
    throughput,
    training,
)
from apn_emu.workloads.context import Context, Row

RUNNERS = {
    "ping": ping.run,
    "iperf3": iperf3.run,
    "command": command.run,
    "latency": latency.run,
    "throughput": throughput.run,
    "flows": flows.run,
    "rpc": rpc.run,
    "collective": collective.run,
    "training": training.run,
    "synchronous-replication": synchronous_replication.run,
    "asynchronous-replication": asynchronous_replication.run,
    "migration": migration.run,
    "postgresql": postgresql.run,
    "probe": probe.run,
    "stream": stream.run,
    "lightpath": lightpath.run,
    "shell": shell.run,
}

__all__ = ["RUNNERS", "Context", "Row"]
