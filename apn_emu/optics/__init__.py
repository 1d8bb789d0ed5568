"""Optical layer: spectrum grid, transceiver modes, quality of transmission, latency. Pure."""
