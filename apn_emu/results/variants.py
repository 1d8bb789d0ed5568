"""Workloads that measure the same in several variants, such as message sizes, one beside the other.

A variant is what follows the first dot of a kind: `all-reduce-ring.1MB`, `commit.4KiB.depth16`.
"""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from dataclasses import dataclass

from apn_emu.results.result import Result
from apn_emu.units import SIZE, QuantityError, parse

EXTRAPOLATED = "extrapolated"
"""The variant of what was not sent in full."""

_NUMBERED = re.compile(r"(\D*)(\d+)")


@dataclass(frozen=True)
class Variants:
    """Median (SI units) of each metric by variant, over all pairs; variants in natural order."""

    workload: str
    pairs: int
    metrics: tuple[str, ...]
    rows: dict[str, dict[str, float]]


def variants(result: Result) -> list[Variants]:
    """Return the workloads of a result that have variants, by name."""
    values: dict[str, dict[str, dict[str, list[float]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    metrics: dict[str, dict[str, None]] = defaultdict(dict)
    pairs: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for m in result.measurements:
        workload, dot, variant = m.kind.partition(".")
        if dot:
            values[workload][variant][m.metric].append(m.value_si)
            metrics[workload][m.metric] = None
            pairs[workload].add((m.source, m.destination))
    return [
        Variants(
            workload,
            len(pairs[workload]),
            tuple(metrics[workload]),
            {
                variant: {metric: statistics.median(of) for metric, of in found[variant].items()}
                for variant in sorted(found, key=_natural)
            },
        )
        for workload, found in sorted(values.items())
        if len(found) > 1 or _is_variant(next(iter(found)))
    ]


def _is_variant(text: str) -> bool:
    """Return whether a size or a mark follows the dot, not the end of a name like `v1.0`."""
    first = text.split(".")[0]
    return first == EXTRAPOLATED or _size_byte(first) is not None


def _size_byte(text: str) -> float | None:
    try:
        return parse(SIZE, text)
    except QuantityError:
        return None


def _natural(variant: str) -> list[tuple[float, str]]:
    """Return a key that sorts 2 before 10 and 1KB before 1MB."""
    return [_natural_part(part) for part in variant.split(".")]


def _natural_part(part: str) -> tuple[float, str]:
    size_byte = _size_byte(part)
    if size_byte is not None:
        return size_byte, ""
    match = _NUMBERED.fullmatch(part)
    return (float(match[2]), match[1]) if match else (-1.0, part)
