"""TCP connections between forked functions on servers, with ports that are given and not drawn:
a flow's ports decide which of several parallel lightpaths it takes, in every run the same."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from apn_emu.emulation.children import Child
from apn_emu.emulation.timeline import Activity, Exit, Task
from apn_emu.measuring.context import Context
from apn_emu.traffic.streams import Address, Stream, call, set_congestion

BACKLOG = 1024


def listen(context: Context, place: str, port: int, congestion: str | None = None) -> socket.socket:
    """Return a listening socket of a server, made here and handed to what is forked there."""
    with context.node(place).namespace.entered():
        made = socket.create_server((context.server(place).ipv4, port), backlog=BACKLOG)
    set_congestion(made, congestion)
    return made


def ended(child: Child) -> Activity:
    """Wait for a forked function; return its result, raise `EmulationError` if it failed."""
    yield Exit(child)
    return child.result()


def between(
    context: Context,
    source: str,
    destination: str,
    client: Callable[..., Any],
    server: Callable[..., Any],
    *args: Any,
    congestion: str | None = None,
) -> Activity:
    """Run `client(stream, *args)` and `server(stream, *args)` at both ends of a connection.

    Returns both results.
    """
    port, own_port = context.take_ports(), context.take_ports()
    listener = listen(context, destination, port, congestion)
    address = (context.server(destination).ipv4, port)
    own = (context.server(source).ipv4, own_port)
    ends = [
        context.node(destination).fork(answering_end, listener, server, args),
        context.node(source).fork(calling_end, (address, own, congestion), client, args),
    ]
    listener.close()
    # Both at once: when one fails, its error ends the run and not a wait for the other.
    tasks: list[Task] = [context.timeline.add(ended(child)) for child in ends]
    of_server = yield tasks[0]
    of_client = yield tasks[1]
    return of_client, of_server


def calling_end(
    how: tuple[Address, Address, str | None], client: Callable[..., Any], args: tuple[Any, ...]
) -> Any:
    """Connect, and run what the client does."""
    return client(call(*how), *args)


def answering_end(
    listener: socket.socket, server: Callable[..., Any], args: tuple[Any, ...]
) -> Any:
    """Be connected to, and run what the server does."""
    return server(Stream(listener.accept()[0]), *args)
