"""Formats that state each direction of a link by itself: two of them make a fibre pair. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from apn_emu.network.building import Draft, Record

_TOLERANCE_KM = 0.001


@dataclass(frozen=True)
class Directed:
    """One direction of a link; `key` is its place in the file."""

    key: str
    a: str
    b: str
    km: float


def identifier(label: str) -> str:
    """Return a label as a node id: lower case, blanks and underscores become hyphens."""
    return re.sub(r"[\s_]+", "-", label.strip()).lower()


def add_pairs(draft: Draft, directed: Sequence[Directed]) -> None:
    """Add a link for each direction and its counterpart of the same length, in file order.

    A direction without one is a problem: which fibre leads back is never guessed.
    """
    waiting: dict[tuple[str, str], list[Directed]] = {}
    for one in directed:
        opposite = waiting.get((one.b, one.a), [])
        match = next((o for o in opposite if abs(o.km - one.km) <= _TOLERANCE_KM), None)
        if match is None:
            waiting.setdefault((one.a, one.b), []).append(one)
        else:
            opposite.remove(match)
            draft.links.append(Record(match.key, {"a": match.a, "b": match.b, "km": match.km}))
    for alone in (one for group in waiting.values() for one in group):
        message = f"no link of {alone.km:g} km leads back from {alone.b} to {alone.a}"
        draft.wrong(alone.key, message, "state both directions with the same length")
