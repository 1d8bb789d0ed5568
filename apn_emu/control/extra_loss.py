"""Extra loss of fibres, and what the receivers of any path get because of it. Pure.

What an event does to the paths that the plan lights stands in the plan. A path that was set up or
moved since is worked out here, from its quality without the loss.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from apn_emu.control.light import Direction, directions
from apn_emu.planning.plan import Path, Plan

if TYPE_CHECKING:
    from apn_emu.optics.qot import LineSystem


class ExtraLoss:
    """The extra loss on each direction of a plan's fibres, none at first."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._planned = {path.id: _light(path) for path in plan.paths}
        self._loss_db: dict[Direction, float] = {}
        self._system: LineSystem | None = None

    def change(self, event: Mapping[str, Any]) -> set[Direction]:
        """Take an event of the plan; return the directions whose loss it changes."""
        changed = {(fibre, source) for fibre, source in event["degraded"]}
        for direction in changed:
            before_db = self._loss_db.pop(direction, 0.0)
            if event["loss_db"]:
                self._loss_db[direction] = before_db + event["loss_db"]
        return changed

    def affected(
        self, path: Path, event: Mapping[str, Any], changed: set[Direction]
    ) -> Iterator[tuple[str, Direction, dict[str, Any]]]:
        """Yield the sites of a path whose receivers get something else since an event, with the
        first of the changed directions on the way there, and what they get."""
        foreseen = self._planned.get(path.id) == _light(path)
        for end in path.ends:
            first = next((d for d in directions(path, end.site) if d in changed), None)
            if first is None:
                continue
            if not foreseen:
                yield end.site, first, self.figures(path, end.site)
            elif figures := event["quality"].get(path.id, {}).get(end.site):
                yield end.site, first, figures

    def figures(self, path: Path, site: str) -> dict[str, Any]:
        """Return what a path's receiver at `site` gets now: see `planning.degradation.figures`."""
        way = directions(path, site)
        extra_db = [self._loss_db.get(direction, 0.0) for direction in way]
        if not any(extra_db):
            return {**path.qot, "frame_loss": path.frame_loss, "lit": True}
        # Imported here, for numpy is slow to import in the emulated machine.
        from apn_emu.control.resources import network_of
        from apn_emu.optics.degradation import degraded, line_noise
        from apn_emu.optics.grid import Channel
        from apn_emu.optics.modes import default_modes
        from apn_emu.optics.qot import LineSystem
        from apn_emu.planning.degradation import figures

        self._system = self._system or LineSystem(network_of(self._plan))
        mode = default_modes()[path.mode]
        gsnr_db, osnr_db = path.qot["gsnr_01nm_db"], path.qot["osnr_01nm_db"]
        received = degraded(
            self._system,
            [fibre for fibre, _ in way],
            extra_db,
            Channel(path.channel_lower, path.channel_width),
            mode,
            line_noise(self._system, gsnr_db, osnr_db, mode),
        )
        mtu = max(self._plan.terminal_by_id[end.site].mtu for end in path.ends)
        return figures(received, mode, mtu)


def _light(path: Path) -> tuple[object, ...]:
    """Return all that decides about a path's quality."""
    return path.route, path.fibres, path.channel_lower, path.channel_width, path.mode
