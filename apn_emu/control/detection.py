"""When a receiver calls missing light a signal failure, and when that is over. Pure."""

from __future__ import annotations


class Detector:
    """Loss-of-signal detection of one receiver: what lasts for `detection_ns` counts.

    A gap or a flash that is shorter is not noticed (ITU-T G.783, G.798: a defect is declared and
    cleared after a persistence time; that both are equal is an assumption).
    """

    def __init__(self, detection_ns: int) -> None:
        self._detection_ns = detection_ns
        self._dark_since_ns: int | None = None
        self._changed_ns = 0
        self.failed = False

    @property
    def dark_since_ns(self) -> int | None:
        """Moment at which the last light arrived, None while there is light."""
        return self._dark_since_ns

    def light(self, present: bool, now_ns: int) -> None:
        """Note that light went or came back at this moment."""
        if present is (self._dark_since_ns is None):
            return
        self._dark_since_ns = None if present else now_ns
        self._changed_ns = now_ns

    def next_timer(self) -> int | None:
        """Return when `handle_timer` is due, None when nothing is to be noticed."""
        if self.failed is (self._dark_since_ns is not None):
            return None
        return self._changed_ns + self._detection_ns

    def handle_timer(self, now_ns: int) -> bool:
        """Return whether the failure was declared or cleared now."""
        due_ns = self.next_timer()
        if due_ns is None or now_ns < due_ns:
            return False
        self.failed = not self.failed
        return True
