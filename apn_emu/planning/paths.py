"""From an allocated lightpath to a path of the plan: delays added up, quality in numbers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from apn_emu.optics.ber import frame_loss
from apn_emu.optics.latency import LatencyBudget, fibre_delay_ns, transceiver_delay_ns
from apn_emu.planning.lightpaths import End, Lightpath, Path
from apn_emu.planning.parameters import EquipmentParameters
from apn_emu.planning.places import Fibre, Terminal

if TYPE_CHECKING:  # the controller imports this module without numpy
    from apn_emu.allocation.demands import Lightpath as Allocated
    from apn_emu.optics.qot import Qot

QUEUE_S = 1e-3
"""Depth of a line port's queue at its rate where the scenario gives none."""


def queue_bytes(equipment: EquipmentParameters, rate_bps: int) -> int:
    """Return the depth of a line port's queue."""
    if equipment.line_queue_bytes is not None:
        return equipment.line_queue_bytes
    return round(rate_bps * QUEUE_S / 8)


def beside(end: End, working: End) -> End:
    """Return the end of a protecting path: it joins the client port of the working one."""
    return replace(end, client_port=working.client_port)


def lightpath_of(paths: Sequence[Path], **more: Any) -> Lightpath:
    """Return the lightpath of a working path and perhaps a protecting one."""
    working = {f.name: getattr(paths[0], f.name) for f in fields(Path)}
    protecting = paths[1] if len(paths) > 1 else None
    return Lightpath(**working, **more, protecting=protecting)


class PathBuilder:
    """Makes paths on the fibres, sites and equipment of a plan."""

    def __init__(
        self,
        fibres: Mapping[str, Fibre],
        sites: Mapping[str, Terminal],
        equipment: EquipmentParameters,
    ) -> None:
        self._fibres = fibres
        self._sites = sites
        self._equipment = equipment

    def path(self, name: str, a: End, b: End, lit: Allocated, qot: Qot, rate_bps: int) -> Path:
        """Return the path of an allocated lightpath between two ends at a client rate.

        Frames are lost as the larger MTU of both sites makes likely.
        """
        equipment, mode = self._equipment, lit.mode
        crossed = [self._fibres[link] for link in lit.route.links]
        transceivers_ns = equipment.transceivers_ns
        if transceivers_ns is None:
            transceivers_ns = transceiver_delay_ns(mode)
        latency = LatencyBudget(
            fibre_ns=sum(fibre_delay_ns(fibre.length_km) for fibre in crossed),
            amplifiers_ns=sum(fibre.amplifiers for fibre in crossed) * equipment.amplifier_ns,
            roadms_ns=len(lit.route.nodes) * equipment.roadm_ns,
            transceivers_ns=transceivers_ns,
        )
        return Path(
            id=name,
            a=a,
            b=b,
            route=lit.route.nodes,
            fibres=lit.route.links,
            length_km=round(sum(fibre.length_km for fibre in crossed), 3),
            channel_lower=lit.channel.lower,
            channel_width=lit.channel.width,
            centre_thz=lit.channel.centre_thz,
            vid=lit.channel.vid,
            mode=mode.name,
            rate_bps=rate_bps,
            latency=latency,
            drop_delay_ns=latency.total_ns - sum(fibre.delay_ns for fibre in crossed),
            frame_loss=frame_loss(qot.margin_db, max(self._sites[end.site].mtu for end in (a, b))),
            qot={
                "gsnr_01nm_db": round(qot.gsnr_01nm_db, 2),
                "osnr_01nm_db": round(qot.osnr_01nm_db, 2),
                "margin_db": round(qot.margin_db, 2),
                "pre_fec_ber": float(f"{mode.pre_fec_ber(qot.gsnr_bw_db):.3g}"),
            },
        )
