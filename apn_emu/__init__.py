"""Packet-level emulator of the all-photonic network that joins distributed data centres."""

__version__ = "0.1.0"
