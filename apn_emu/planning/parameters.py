"""Numbers of the equipment and its control that hold for a whole plan. No dependency."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EquipmentParameters:
    """What the equipment does where a lightpath passes; None stands for the mode's or rate's own.

    `amplifier_ns` and `roadm_ns` are the one-way latency of one amplifier and one ROADM,
    `transceivers_ns` that of a transmitter and a receiver together.
    """

    amplifier_ns: int
    roadm_ns: int
    transceivers_ns: int | None = None
    line_queue_bytes: int | None = None


@dataclass(frozen=True)
class ControlParameters:
    """Times and choices of control, protection and restoration, all in nanoseconds.

    Defaults are those of the scenario's `control` section, where their sources stand.
    """

    management_delay_ns: int = 1_000_000
    """One way between the controller and whatever it speaks to."""
    keep_alive_ns: int = 3_600_000_000_000
    """Within this a switch that has fallen silent is noticed."""
    computing_ns: int = 100_000_000
    """The controller's computing for the restorations of one failure: in the guest it is free."""
    detection_ns: int = 10_000_000
    """From light lost at a receiver until its transponder says so."""
    hold_off_ns: int = 0
    """How long a failure must last before anything is switched."""
    switching_ns: int = 10_000_000
    """The 1+1 receiver's selector."""
    revertive: bool = False
    wait_to_restore_ns: int = 300_000_000_000
    tuning_ns: int = 0
    """A transponder, from the order until it holds channel and mode."""
    wss_ns: int = 0
    """The wavelength-selective switches of all ROADMs of a path, at once."""
    amplifier_ns: int = 0
    """Settling of the amplifiers after light has been added."""
    preemption: bool = False
    """Whether a restoration may take the spectrum of lightpaths of lower priority."""
