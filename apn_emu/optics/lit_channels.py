"""The lit channels of one fibre as arrays, so that what they do to a newcomer is one expression."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apn_emu.optics.fibre import Floats

Integers = NDArray[np.int64]


class LitChannels:
    """The channels of one kind on one fibre: arrays of which the first `count` rows are in use.

    A row holds the channel's position, its weight and gamma2 (see `section.Profile`; gamma2 in the
    unit of the caller's sums) and the slot of its lightpath in those sums. Rows have no order.
    """

    def __init__(self) -> None:
        self.count = 0
        self.position: Integers = np.zeros(16, dtype=np.int64)
        self.weight: Floats = np.zeros(16)
        self.gamma2: Floats = np.zeros(16)
        self.slot: Integers = np.zeros(16, dtype=np.int64)

    def add(self, position: int, weight: float, gamma2: float, slot: int) -> None:
        """Append a row."""
        row = self.count
        if row == len(self.slot):
            self.position, self.slot = np.tile(self.position, 2), np.tile(self.slot, 2)
            self.weight, self.gamma2 = np.tile(self.weight, 2), np.tile(self.gamma2, 2)
        self.position[row], self.weight[row] = position, weight
        self.gamma2[row], self.slot[row] = gamma2, slot
        self.count += 1

    def remove(self, slot: int) -> None:
        """Drop the row of a lightpath; the last one takes its place."""
        row = int(np.flatnonzero(self.slot[: self.count] == slot)[0])
        self.count -= 1
        for values in (self.position, self.weight, self.gamma2, self.slot):
            values[row] = values[self.count]
