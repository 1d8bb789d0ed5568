"""What is measured: each metric with its dimension and definition.

Those that several workloads measure stand here, each other one with its workload.
"""

from __future__ import annotations

from collections.abc import Mapping

from apn_emu.errors import InputError
from apn_emu.measuring.kinds import kinds, load
from apn_emu.results.metric import COUNT, Metric
from apn_emu.units import (
    DURATION,
    FRACTION,
    RATE,
    SIZE,
    Dimension,
    format_bytes,
    format_duration,
    format_rate,
)

COMMON = {
    "rtt": Metric(
        DURATION,
        "round-trip time of one packet (RFC 2681)",
        symmetric=True,
        japanese="1 パケットの往復時間 (RFC 2681)",
    ),
    "delay": Metric(
        DURATION,
        "one-way delay of one packet (RFC 7679)",
        japanese="1 パケットの片道遅延 (RFC 7679)",
    ),
    "throughput": Metric(
        RATE,
        "received payload per second, the warm-up left out",
        japanese="1 秒あたりの受信ペイロード(ウォームアップを除く)",
    ),
    "loss": Metric(
        FRACTION,
        "packets that were sent and never arrived, of all (RFC 7680)",
        japanese="送信したが届かなかったパケットの割合 (RFC 7680)",
    ),
    "retransmits": Metric(COUNT, "TCP segments sent again", japanese="再送された TCP セグメント"),
    "bus_bandwidth": Metric(
        RATE,
        "what a ring sends through each card in the operation time (nccl-tests busbw)",
        japanese="所要時間内にリングが各カードから送る量 (nccl-tests busbw)",
    ),
    "commit_latency": Metric(
        DURATION,
        "from handing over a write or transaction until it is committed",
        japanese="書き込みまたはトランザクションを渡してから確定するまで",
    ),
}


def _all() -> Mapping[str, Metric]:
    metrics = dict(COMMON)
    for kind in kinds():
        own = load(kind).metrics
        if twice := own.keys() & metrics.keys():
            raise InputError(f"the workload {kind} defines {min(twice)}, a metric that there is")
        metrics |= own
    return metrics


METRICS = _all()


def show(dimension: Dimension, value: float) -> str:
    """Return a value in SI units as people read it, e.g. `0.981 ms` or `97.9 Gbit/s`."""
    if dimension is DURATION:
        return format_duration(value)
    if dimension is RATE:
        return format_rate(value)
    if dimension is FRACTION:
        return f"{value * 100:.4g} %"
    if dimension is SIZE:
        return format_bytes(value)
    whole = value == int(value) or abs(value) >= 1e4
    return f"{value:,.0f}" if whole else f"{value:,.4g}"
