"""Messages to the kernel's routing socket (rtnetlink(7)), many in one system call.

A server has hundreds of permanent neighbours, and a process of `ip` or `tc` for each server costs
more than all of them.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import islice

from apn_emu.errors import EmulationError

RTM_NEWADDR, RTM_NEWNEIGH, RTM_NEWQDISC = 20, 28, 36
NLMSG_ERROR = 2
NLM_F_REQUEST, NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL = 0x1, 0x4, 0x400, 0x200
IFA_ADDRESS, IFA_LOCAL, IFA_F_NODAD = 1, 2, 0x02
TCA_KIND, TCA_OPTIONS, TC_H_ROOT = 1, 2, 0xFFFFFFFF
NDA_DST, NDA_LLADDR, NUD_PERMANENT = 1, 2, 0x80

TOGETHER = 64
"""Messages in one system call; the kernel queues an answer to each."""

_HEADER = struct.Struct("=IHHII")

Request = tuple[str, bytes]
"""What is asked, in words for an error, and the message."""


def attribute(kind: int, value: bytes) -> bytes:
    """Return an attribute, padded."""
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def request(kind: int, flags: int, body: bytes) -> bytes:
    """Return a message that the kernel acknowledges."""
    flags |= NLM_F_REQUEST | NLM_F_ACK
    return _HEADER.pack(_HEADER.size + len(body), kind, flags, 0, 0) + body


def talk(requests: Iterable[Request]) -> None:
    """Ask in the current network namespace; raise `EmulationError` with the first refusal."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as control:
        for together in _batches(requests):
            control.send(b"".join(message for _, message in together))
            codes: list[int] = []
            while len(codes) < len(together):
                codes += _codes(control.recv(1 << 16))
            for (what, _), code in zip(together, codes, strict=True):
                if code != 0:
                    raise EmulationError(f"{what}: {os.strerror(-code)}")


def _batches(requests: Iterable[Request]) -> Iterator[list[Request]]:
    rest = iter(requests)
    while together := list(islice(rest, TOGETHER)):
        yield together


def _codes(answers: bytes) -> Iterator[int]:
    at = 0
    while at < len(answers):
        size, kind, *_ = _HEADER.unpack_from(answers, at)
        if kind != NLMSG_ERROR:
            raise EmulationError(f"the kernel answered with a message of type {kind}")
        yield struct.unpack_from("=i", answers, at + _HEADER.size)[0]
        at += (size + 3) & ~3


def qdisc(
    device: str, kind: str, options: bytes, flags: int, handle: int, parent: int = TC_H_ROOT
) -> bytes:
    """Return the message that sets a qdisc of a device; tc's `1:2` is 0x10002 here."""
    index = socket.if_nametoindex(device)
    body = struct.pack("=BxxxiIII", socket.AF_UNSPEC, index, handle, parent, 0)
    body += attribute(TCA_KIND, kind.encode() + b"\0") + attribute(TCA_OPTIONS, options)
    return request(RTM_NEWQDISC, flags, body)


def address(device: str, ip: str, prefix: int, peer: str | None = None) -> Request:
    """Return the request that gives a device an address, at once usable; `peer` is at the end of a
    point-to-point link."""
    local = ip_address(ip)
    index = socket.if_nametoindex(device)
    body = struct.pack("=BBBBI", _family(local), prefix, IFA_F_NODAD, 0, index)
    body += attribute(IFA_LOCAL, local.packed)
    body += attribute(IFA_ADDRESS, ip_address(peer or ip).packed)
    return f"address {ip} of {device}", request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, body)


def neighbours(device: str, macs: Iterable[tuple[str, str]]) -> Iterator[Request]:
    """Yield requests that make (address, MAC) pairs permanent neighbours of a device."""
    index = socket.if_nametoindex(device)
    for ip, mac in macs:
        other = ip_address(ip)
        body = struct.pack("=BxxxiHBB", _family(other), index, NUD_PERMANENT, 0, 0)
        body += attribute(NDA_DST, other.packed)
        body += attribute(NDA_LLADDR, bytes.fromhex(mac.replace(":", "")))
        yield f"neighbour {ip} of {device}", request(RTM_NEWNEIGH, NLM_F_CREATE, body)


def _family(ip: IPv4Address | IPv6Address) -> int:
    return socket.AF_INET if ip.version == 4 else socket.AF_INET6
