"""Traffic between many servers: on each one process that receives and one that sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

from apn_emu.emulation.timeline import Activity
from apn_emu.measuring.connections import ended, listen
from apn_emu.measuring.context import Context

Arguments = Mapping[str, tuple[Any, ...]]
"""What a function gets on each server (`site/number`)."""


def run_mesh(
    context: Context,
    port: int,
    receive: Callable[..., dict[int, Any]],
    receiving: Arguments,
    send: Callable[..., dict[int, Any]],
    sending: Arguments,
) -> Activity:
    """Run `receive(listening socket, ...)` and `send(...)` on their servers, all at once.

    Both return something by the sender's port. Returns (all received, all sent) when all have
    ended.
    """
    children = []
    with ExitStack() as sockets:
        for place, arguments in receiving.items():
            own = sockets.enter_context(listen(context, place, port))
            children.append(context.node(place).fork(receive, own, *arguments))
    for place, arguments in sending.items():
        children.append(context.node(place).fork(send, *arguments))
    received: dict[int, Any] = {}
    sent: dict[int, Any] = {}
    # All at once: when one fails, its error ends the run.
    tasks = [context.timeline.add(ended(child)) for child in children]
    for number, task in enumerate(tasks):
        result = yield task
        (received if number < len(receiving) else sent).update(result)
    return received, sent
