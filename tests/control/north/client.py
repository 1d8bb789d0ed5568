"""A client of the interface without sockets, in the world of model switches."""

from __future__ import annotations

from typing import Any

from apn_emu.control.north.api import Api
from apn_emu.control.north.exchange import Problem, Request, Response
from tests.control.world import World, plan_of

PLAIN = {"mesh": ["a", "b", "c", "d"], "rate": "100G"}
X = {"id": "x", "source": "a", "destination": "e", "rate_bps": 10**11}


class Client:
    """Asks, and lets the world carry out what follows."""

    def __init__(self, **more: Any) -> None:
        self.world = World(plan_of(PLAIN, **more))
        self.api = Api(self.world.plan, self.world.service)

    def begin(self, method: str, path: str, body: Any = None, **query: str) -> Response:
        try:
            return self.api.handle(Request(method, path, query, {}, body), self.world.now_ns)
        except Problem as problem:
            return problem.response(path)

    def ask(self, method: str, path: str, body: Any = None) -> Response:
        seen = len(self.world.events)
        response = self.begin(method, path, body)
        self.world._collect()
        self.world.settle()
        self.api.note(self.world.events[seen:])
        if response.pending is None:
            return response
        assert self.api.is_settled(response.pending)
        try:
            return self.api.outcome(response)
        except Problem as problem:
            return problem.response(path)
