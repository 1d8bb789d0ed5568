"""An allocation or refusal in words: what was tried, in order, and why it was or was not taken."""

from __future__ import annotations

from apn_emu.allocation.demands import Allocation, Attempt, Refusal
from apn_emu.optics.grid import Channel


def explain(answer: Allocation | Refusal) -> list[str]:
    """Return one line for the answer and one for each attempt, for `apn-emu plan --explain`."""
    demand = answer.demand
    asked = f"{demand.id}: {demand.rate_bps / 1e9:g}G from {demand.source} to {demand.destination}"
    if isinstance(answer, Refusal):
        head = f"{asked}: {answer.reason}: {answer.text}"
    else:
        paths = [path.id for path in answer.lightpaths] + list(answer.groomed)
        head = f"{asked}: served by {', '.join(paths)}"
    return [head, *(f"  {_line(attempt)}" for attempt in answer.attempts)]


def _line(attempt: Attempt) -> str:
    where = [str(attempt.route)] if attempt.route else []
    where += [f"{attempt.route.length_km:g} km"] if attempt.route else []
    where += [attempt.mode] if attempt.mode else []
    where += [_channel(attempt.channel)] if attempt.channel else []
    verdict = attempt.text if attempt.reason is None else f"{attempt.reason}: {attempt.text}"
    return ": ".join(filter(None, (", ".join(where), verdict)))


def _channel(channel: Channel) -> str:
    return f"{channel.centre_thz:.9g} THz / {channel.width_ghz:g} GHz"
