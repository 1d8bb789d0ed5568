"""What the receivers of all lightpaths get when fibres have extra loss. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apn_emu.allocation.demands import Allocation, Lightpath
from apn_emu.optics.ber import frame_loss
from apn_emu.optics.degradation import Degraded, degraded
from apn_emu.optics.modes import TransceiverMode

if TYPE_CHECKING:  # not in the emulated machine
    from apn_emu.planning.events import ExtraLoss, Figures, Quality
    from apn_emu.planning.lighting import Lighting
    from apn_emu.scenario.schema import Scenario


def quality_of(scenario: Scenario, lighting: Lighting) -> Quality:
    """Return the function that tells what extra losses do to what was lit: `figures`, for each
    path and the site of a receiver."""
    lit = [
        lightpath
        for answer in lighting.answers
        if isinstance(answer, Allocation)
        for lightpath in answer.lightpaths
    ]

    def quality(losses: ExtraLoss) -> Figures:
        return {
            one.id: {
                site: _of_receiver(scenario, lighting, one, site, losses)
                for site in (one.source, one.destination)
            }
            for one in lit
        }

    return quality


def _of_receiver(
    scenario: Scenario, lighting: Lighting, lit: Lightpath, site: str, losses: ExtraLoss
) -> dict[str, Any]:
    links, nodes = list(lit.route.links), list(lit.route.nodes)
    if site == lit.source:
        links.reverse()
        nodes.reverse()
    extra_db = [losses.get(key, 0.0) for key in zip(links, nodes, strict=False)]
    noise = lighting.quality.noise(lit.id)
    largest = max(site.mtu for site in scenario.sites.values())  # what gateways take
    mtus = {name: site.mtu for name, site in scenario.sites.items()}
    mtu = max(mtus.get(end, largest) for end in (lit.source, lit.destination))
    received = degraded(lighting.quality.system, links, extra_db, lit.channel, lit.mode, noise)
    return figures(received, lit.mode, mtu)


def figures(received: Degraded, mode: TransceiverMode, mtu: int) -> dict[str, Any]:
    """Return what a receiver gets, in numbers.

    `gsnr_01nm_db`, `margin_db`, `pre_fec_ber`, `frame_loss` as a fraction of frames of `mtu` bytes,
    and `lit`, whether there is light enough.
    """
    qot = received.qot
    return {
        "gsnr_01nm_db": round(qot.gsnr_01nm_db, 2),
        "margin_db": round(qot.margin_db, 2),
        "pre_fec_ber": float(f"{mode.pre_fec_ber(qot.gsnr_bw_db):.3g}"),
        "frame_loss": frame_loss(qot.margin_db, mtu),
        "lit": received.lit,
    }
