"""A lightpath of the plan and its one or two paths. No dependency but the latency budget."""

from __future__ import annotations

from dataclasses import dataclass, field

from apn_emu.optics.latency import LatencyBudget
from apn_emu.planning.places import ADD_DROP_PORT, CLIENT_PORT

UNPROTECTED = "none"
TWO_PATHS = ("1+1", "1:1", "1+1+restoration")
"""Kinds of protection for which a second path is allocated beforehand."""

ONE_PLUS_ONE = ("1+1", "1+1+restoration")
"""Kinds for which both paths are lit and the receiving transponder selects."""

RESTORED = ("restoration", "1+1+restoration")
"""Kinds for which the controller looks for a new route when light is lost."""


@dataclass(frozen=True)
class End:
    """One end of a path: its site and ports. The switch's uplink has the client's number."""

    site: str
    line_port: int
    client_port: int
    add_drop_port: int


def end_at(site: str, transponder: int) -> End:
    """Return the end at a site's n-th transponder, counted from 1."""
    return End(site, transponder, CLIENT_PORT + transponder - 1, ADD_DROP_PORT + transponder - 1)


@dataclass(frozen=True, kw_only=True)
class Path:
    """A way of light, both directions: route, channel, mode and what its packets get.

    `channel_lower` and `channel_width` count units of 6.25 GHz (`optics.grid`); `vid` stands for
    the channel on emulated fibres. `drop_delay_ns` is what the receiving end adds: transceivers
    and the first ROADM; with the fibres' delays it gives `latency.total_ns`.
    """

    id: str
    a: End
    b: End
    route: tuple[str, ...]
    fibres: tuple[str, ...]
    length_km: float
    channel_lower: int
    channel_width: int
    centre_thz: float
    vid: int
    mode: str
    rate_bps: int
    latency: LatencyBudget
    drop_delay_ns: int
    frame_loss: float = 0.0
    qot: dict[str, float] = field(default_factory=dict)

    @property
    def ends(self) -> tuple[End, End]:
        """Both ends."""
        return self.a, self.b

    def end(self, site: str) -> End:
        """Return the end at `site`; raise `KeyError` when the path does not end there."""
        for end in self.ends:
            if end.site == site:
                return end
        raise KeyError(site)

    def far_end(self, site: str) -> End:
        """Return the end that is not at `site`."""
        return self.b if self.a.site == site else self.a


@dataclass(frozen=True, kw_only=True)
class Lightpath(Path):
    """A lightpath: its working path, and the protecting one where it has two.

    `protecting` joins the same client ports over line and add/drop ports of its own. A higher
    `priority` is restored first.
    """

    queue_bytes: int
    protection: str = UNPROTECTED
    disjoint: str = "node"
    protecting: Path | None = None
    priority: int = 0
    remote: str = ""
    """Of a segment of an end-to-end lightpath: the other domain's site to which it leads from the
    site at its own end."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """The working path, then the protecting one if there is one."""
        return (self,) if self.protecting is None else (self, self.protecting)
