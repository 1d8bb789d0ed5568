"""Byte counters of TCP connections, from the kernel's socket diagnostics (sock_diag(7))."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

from apn_emu.emulation.namespaces import Namespace

NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY, NLMSG_DONE, NLMSG_ERROR = 20, 3, 2
NLM_F_REQUEST_DUMP = 0x301
INET_DIAG_INFO = 2
ESTABLISHED_AND_AFTER = (1 << 1) | (1 << 4) | (1 << 5) | (1 << 8)
"""ESTABLISHED, FIN-WAIT-1, FIN-WAIT-2, CLOSE-WAIT: connections that carry or carried data."""

_HEADER = struct.Struct("=IHHII")
_REQUEST = struct.Struct("=BBBxI48x")
_MESSAGE_BYTES = 72
_SOURCE_PORT_OFFSET = 4
_BYTES_RECEIVED_OFFSET = 128
"""Of tcpi_bytes_received in struct tcp_info (linux/tcp.h)."""


def received_bytes(namespace: Namespace, port: int) -> int:
    """Return the payload that all TCP connections to a local port have received so far."""
    return sum(_received(namespace, port))


def _received(namespace: Namespace, port: int) -> Iterator[int]:
    with namespace.entered():
        control = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG)
    with control:
        for family in (socket.AF_INET, socket.AF_INET6):
            body = _REQUEST.pack(
                family, socket.IPPROTO_TCP, 1 << (INET_DIAG_INFO - 1), ESTABLISHED_AND_AFTER
            )
            size = _HEADER.size + len(body)
            control.send(_HEADER.pack(size, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST_DUMP, 1, 0) + body)
            yield from _answers(control, port)


def _answers(control: socket.socket, port: int) -> Iterator[int]:
    while True:
        data = control.recv(1 << 16)
        at = 0
        while at < len(data):
            size, kind, *_ = _HEADER.unpack_from(data, at)
            if kind in (NLMSG_DONE, NLMSG_ERROR):
                return
            message = data[at + _HEADER.size : at + size]
            if struct.unpack_from(">H", message, _SOURCE_PORT_OFFSET)[0] == port:
                yield _bytes_received(message[_MESSAGE_BYTES:])
            at += (size + 3) & ~3


def _bytes_received(attributes: bytes) -> int:
    at = 0
    while at < len(attributes):
        size, kind = struct.unpack_from("=HH", attributes, at)
        if kind == INET_DIAG_INFO:
            value: int = struct.unpack_from("=Q", attributes, at + 4 + _BYTES_RECEIVED_OFFSET)[0]
            return value
        at += (size + 3) & ~3
    return 0
