"""What the controller and the transponders' agents say to each other: JSON, one object a line.

Orders go to the agents, each with a number that its `Done` quotes; notifications come back. A path
is known by its id: a lightpath's own, or `ID/protection` for its protecting path. Before the first
order the agents hold what the plan lights: its paths tuned and enabled, its 1+1 groups set.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from apn_emu.planning.lightpaths import Path
from apn_emu.planning.restoring import restore


class AlarmKind(StrEnum):
    """What is wrong with light, by the terms of ITU-T G.798 and G.7710."""

    LOS = "LOS"
    """Loss of signal: no light at a path's receiver."""
    LOF = "LOF"
    """Loss of frame: light, but no frames in it (degraded beyond what the FEC corrects)."""
    DEG = "DEG"
    """Signal degraded: frames are lost to bit errors that the FEC did not correct."""
    TCA = "TCA"
    """Threshold crossing: the margin is below the threshold, nothing is lost yet."""


@dataclass(frozen=True)
class Tune:
    """Tune both transponders of a path to channel and mode; the lasers are off until `Enable`.

    Line ports of `path.a` and `path.b` get the path's rate, a queue of `queue_bytes`, its
    `drop_delay_ns` and `frame_loss`. Done after the plan's `tuning_ns`. What the ports held before
    ends with the order's arrival.
    """

    order: int
    path: Path
    queue_bytes: int


@dataclass(frozen=True)
class Enable:
    """Switch the lasers of a tuned path on: from now on its receivers watch the light."""

    order: int
    path: str


@dataclass(frozen=True)
class Disable:
    """Switch the lasers of a path off and forget it: no light, no alarms."""

    order: int
    path: str


@dataclass(frozen=True)
class Adjust:
    """Change rate, queue and frame loss of a path that is lit, without interruption."""

    order: int
    path: Path
    queue_bytes: int


@dataclass(frozen=True)
class Protect:
    """Let the receivers of a lightpath select between its two paths by themselves (1+1).

    The selectors begin at the working path.
    """

    order: int
    lightpath: str
    working: str
    protecting: str


@dataclass(frozen=True)
class Unprotect:
    """End the selection of a lightpath: its receivers take what comes on either path."""

    order: int
    lightpath: str


Order = Tune | Enable | Disable | Adjust | Protect | Unprotect


@dataclass(frozen=True)
class Done:
    """An order was carried out, or could not be: then `failure` says why."""

    order: int
    failure: str = ""


@dataclass(frozen=True)
class PathAlarm:
    """The receiver of a path at `site` raised or cleared an alarm."""

    kind: AlarmKind
    path: str
    site: str
    raised: bool
    text: str = ""


@dataclass(frozen=True)
class FibreAlarm:
    """A ROADM lost all light of the fibre that comes from node `source` (OMS LOS), or got it back.

    `fibre` is the id of the fibre pair: each direction can fail alone.
    """

    fibre: str
    source: str
    raised: bool


@dataclass(frozen=True)
class Switched:
    """The receiver of a 1+1 lightpath at `site` now takes the path `path`."""

    lightpath: str
    site: str
    path: str


Notification = Done | PathAlarm | FibreAlarm | Switched

_KINDS: dict[str, type[Order] | type[Notification]] = {
    kind.__name__: kind
    for kind in (
        Tune,
        Enable,
        Disable,
        Adjust,
        Protect,
        Unprotect,
        Done,
        PathAlarm,
        FibreAlarm,
        Switched,
    )
}


def encode(message: Order | Notification) -> str:
    """Return the message as one line of JSON, with its newline."""
    return json.dumps({"type": type(message).__name__, **asdict(message)}) + "\n"


def decode(line: str) -> Order | Notification:
    """Return the message of a line that `encode` wrote; raise `ValueError` if it is none."""
    try:
        data = json.loads(line)
        kind = _KINDS[data.pop("type")]
        message: Order | Notification = restore(kind, data)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a message: {line.strip()[:200]}") from error
    return message
