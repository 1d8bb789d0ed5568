"""How long control takes: setting lightpaths up, protecting and restoring them.

Sources: ITU-T G.873.1 (linear protection of OTN), G.841 clause 7 (SDH protection), and for whole
set-ups Nishizawa et al. 2022 (137 s, cold transponders over unknown links) and ARROW, SIGCOMM 2021
(8 s with noise-loaded amplifiers). Where a source gives only the sum, its split is an assumption.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from apn_emu.planning.parameters import ControlParameters
from apn_emu.scenario.base import Model, problem
from apn_emu.scenario.quantities import Duration, Period, at_most

Setup = Literal["instant", "hot", "noise-loaded", "cold"]


class Steps(NamedTuple):
    """How long each step of setting a lightpath up takes, in seconds."""

    tuning_s: float
    wss_s: float
    amplifier_s: float


SETUPS: Mapping[Setup, Steps] = {
    "instant": Steps(0.0, 0.0, 0.0),
    "hot": Steps(0.03, 0.01, 0.01),
    "noise-loaded": Steps(5.0, 3.0, 0.0),
    "cold": Steps(80.0, 7.0, 50.0),
}
"""Sums: hot 50 ms (what G.873.1 allows a switch to take; a MEMS switch takes about 10 ms of it),
noise-loaded 8 s (ARROW: amplifiers never see power change), cold 137 s (Nishizawa et al.). The
splits are assumptions."""

KEEP_ALIVE_WAYS = 4
"""A question and its answer take two ways; a silent switch is asked twice within `keep_alive`."""


class Control(Model):
    """Times of the control plane. Each step of a set-up may be given on its own."""

    setup: Setup = Field(
        default="instant",
        description="How a new lightpath comes up: `instant`; `hot`, all equipment warm and lit: "
        "50 ms; `noise-loaded`, amplifiers that never see a change of power: 8 s; `cold`, "
        "transponders started from cold: 137 s.",
    )
    tuning_s: Duration | None = Field(
        default=None, alias="tuning", description="Tuning both transponders; else the preset's."
    )
    wss_s: Duration | None = Field(
        default=None,
        alias="wss",
        description="Switching the ROADMs' wavelength-selective switches; else the preset's.",
    )
    amplifier_s: Duration | None = Field(
        default=None,
        alias="amplifier",
        description="Settling of the amplifiers with the new light; else the preset's.",
    )
    management_delay_s: Annotated[Duration, at_most(1.0, "1 s")] = Field(
        default=1e-3,
        alias="management_delay",
        description="One-way delay of the management network between the controller and all it "
        "speaks to, 1 s at most. Default: an assumption, 200 km of fibre.",
    )
    keep_alive_s: Period = Field(
        default=3600.0,
        alias="keep_alive",
        description="Within this time the controller notices that a switch has fallen silent. "
        "Default: an assumption, long because each question costs an idle emulation wall time.",
    )
    computing_s: Duration = Field(
        default=0.1,
        alias="computing",
        description="Time in which the controller computes the restorations after a failure. "
        "Default: an assumption; computing is free in the emulated machine.",
    )
    detection_s: Duration = Field(
        default=10e-3,
        alias="detection",
        description="From the loss of light at a receiver until it counts as a signal failure. "
        "Default: the bound of G.841.",
    )
    hold_off_s: Annotated[Duration, at_most(10.0, "10 s (G.873.1)")] = Field(
        default=0.0,
        alias="hold_off",
        description="How long a signal failure must last before anything is switched (G.873.1: 0 "
        "to 10 s).",
    )
    switching_s: Duration = Field(
        default=10e-3,
        alias="switching",
        description="The selector of a 1+1 receiver. Default: a MEMS switch.",
    )
    revertive: bool = Field(
        default=False,
        description="Whether traffic goes back to its first path when that works again.",
    )
    wait_to_restore_s: Duration = Field(
        default=300.0,
        alias="wait_to_restore",
        description="How long the first path must work before that (G.873.1: 5 to 12 minutes).",
    )
    preemption: bool = Field(
        default=False,
        description="Whether a restoration may take the place of lightpaths of lower priority.",
    )

    @model_validator(mode="after")
    def _answers_arrive_in_time(self) -> Self:
        if self.keep_alive_s < KEEP_ALIVE_WAYS * self.management_delay_s:
            raise problem(
                "keep_alive is too short for the management_delay",
                f"it is at least {KEEP_ALIVE_WAYS} times as long",
            )
        return self


def control_parameters(control: Control) -> ControlParameters:
    """Return the parameters of the plan: the preset's steps where none is given, all in ns."""
    steps = SETUPS[control.setup]
    return ControlParameters(
        management_delay_ns=_ns(control.management_delay_s),
        keep_alive_ns=_ns(control.keep_alive_s),
        computing_ns=_ns(control.computing_s),
        detection_ns=_ns(control.detection_s),
        hold_off_ns=_ns(control.hold_off_s),
        switching_ns=_ns(control.switching_s),
        revertive=control.revertive,
        wait_to_restore_ns=_ns(control.wait_to_restore_s),
        tuning_ns=_ns(steps.tuning_s if control.tuning_s is None else control.tuning_s),
        wss_ns=_ns(steps.wss_s if control.wss_s is None else control.wss_s),
        amplifier_ns=_ns(steps.amplifier_s if control.amplifier_s is None else control.amplifier_s),
        preemption=control.preemption,
    )


def _ns(duration_s: float) -> int:
    return round(duration_s * 1e9)
