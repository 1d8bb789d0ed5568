"""Segmentation offloads of a network device, by the ioctl that ethtool uses (SIOCETHTOOL)."""

from __future__ import annotations

import ctypes
import fcntl
import socket
import struct

SIOCETHTOOL = 0x8946
TSO, GSO, GRO = 0x1F, 0x24, 0x2C
"""ETHTOOL_STSO, ETHTOOL_SGSO and ETHTOOL_SGRO of linux/ethtool.h."""


def set_offloads(interface: str, **values: bool) -> None:
    """Set `tso`, `gso` or `gro` of a device of the current network namespace."""
    commands = {"tso": TSO, "gso": GSO, "gro": GRO}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        for name, value in values.items():
            command = ctypes.create_string_buffer(struct.pack("II", commands[name], value))
            request = struct.pack("16sP8x", interface.encode(), ctypes.addressof(command))
            fcntl.ioctl(control, SIOCETHTOOL, request)
