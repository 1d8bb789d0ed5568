"""Addresses of emulated servers: the site stands in each, so one rule matches a whole site."""

from __future__ import annotations

MULTICAST_MAC = ("01:00:00:00:00:00", "01:00:00:00:00:00")
"""Address and mask of all multicast and broadcast frames: the group bit of IEEE 802."""

MAX_SITES = 255


def server_mac(site_index: int, server: int) -> str:
    """Return a locally administered MAC address `02:a9:SS:SS:HH:HH`."""
    return (
        f"02:a9:{site_index >> 8:02x}:{site_index & 255:02x}:{server >> 8:02x}:{server & 255:02x}"
    )


def site_mac(site_index: int) -> tuple[str, str]:
    """Return the address and mask that match every server of a site."""
    return server_mac(site_index, 0), "ff:ff:ff:ff:00:00"


def server_ipv4(site_index: int, server: int) -> str:
    """Return an address of 10.0.0.0/8: `10.SITE.x.x`."""
    return f"10.{site_index}.{server >> 8}.{server & 255}"


def server_ipv6(site_index: int, server: int) -> str:
    """Return a unique local address of fd00:a9::/64."""
    return f"fd00:a9::{site_index:x}:{server:x}"
