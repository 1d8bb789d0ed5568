"""The HTTP server against well-behaved, broken, greedy and slow clients, in both ways to run it."""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

SERVER = """
import sys
if sys.argv[1] == "eventlet":
    import warnings; warnings.simplefilter("ignore")
    import eventlet; eventlet.monkey_patch()
import threading, time
from apn_emu.control.north.exchange import Problem, Response
from apn_emu.controllers import rest
rest.IDLE_S, rest.REQUEST_S, rest.MAX_CONNECTIONS = 5.0, 0.5, 8
def handle(request):
    if request.path == "/stream":
        return (b"data: %d\\n\\n" % i for i in range(3))
    if request.path == "/wait":
        gate.wait(5)
    if request.path == "/open":
        gate.set()
    if request.path == "/fault":
        raise ZeroDivisionError
    if request.path == "/missing":
        raise Problem(404, "unknown", "there is none")
    return Response(body=[request.method, request.path, dict(request.query), request.body])
gate = threading.Event()
server = rest.RestServer(("127.0.0.1", 0), handle)
print(server.server_address[1], flush=True)
server.serve_forever()
"""


@pytest.fixture(params=["threads", "eventlet"], scope="module")
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, request.param],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"EVENTLET_NO_GREENDNS": "yes"},
    )
    assert process.stdout is not None
    yield int(process.stdout.readline())
    assert process.poll() is None, "the server ended"
    process.kill()
    process.communicate()


def ask(port: int, method: str, path: str, body: str | bytes | None = None, **headers: str):  # type: ignore[no-untyped-def]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer, (json.loads(text) if text.startswith((b"{", b"[")) else text)


def raw(port: int, *pieces: bytes) -> bytes:
    """Send bytes, say that no more follow, and return all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(1 << 16), b""))
        except OSError:
            return b""


JSON_TYPE = "application/json"


def test_a_request_and_its_answer(port: int) -> None:
    answer, body = ask(port, "PUT", "/a%20b?x=1&y=", '{"k": [1, 2]}', Content_Type=JSON_TYPE)
    assert (answer.status, answer.headers["Content-Type"]) == (200, JSON_TYPE)
    assert body == ["PUT", "/a b", {"x": "1", "y": ""}, {"k": [1, 2]}]
    assert ask(port, "TRACE", "/")[0].status == 200  # the interface says what it does not take
    answer, body = ask(port, "HEAD", "/")
    assert (answer.status, body) == (200, b"")
    answer, body = ask(port, "GET", "/stream")
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert body == b"data: 0\n\ndata: 1\n\ndata: 2\n\n"


def test_one_connection_serves_many_requests(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for number in range(50):
        connection.request("GET", f"/{number}")
        assert json.loads(connection.getresponse().read())[1] == f"/{number}"
    connection.close()


def test_problems_have_codes(port: int) -> None:
    answer, body = ask(port, "GET", "/missing")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status, body["status"], body["code"]) == (404, 404, "unknown")
    assert body["detail"] == "there is none"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", JSON_TYPE, 400),
        ("NaN", JSON_TYPE, 400),
        ('{"a": 1, "a": 2}', JSON_TYPE, 400),
        ("[" * 60_000, JSON_TYPE, 400),
        ("9" * 5000, JSON_TYPE, 400),
        (b"\xff\xfe\xfd", JSON_TYPE, 400),
        ("a=1", "application/x-www-form-urlencoded", 415),
        ("1" * 70_000, JSON_TYPE, 413),
    ],
)
def test_bodies_that_are_no_json(port: int, body: str | bytes, kind: str, status: int) -> None:
    answer, told = ask(port, "POST", "/", body, Content_Type=kind)
    assert (answer.status, told["status"]) == (status, status)


@pytest.mark.parametrize(
    ("garbage", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b""),
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET /%ff HTTP/1.1\r\n\r\n", b"400"),
        (b"GET / HTTP/9.9\r\n\r\n", b"505"),
        (b"FLY / HTTP/1.1\r\n\r\n", b"501"),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n", b"431"),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
        (b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n{}", b"400"),
        (b"", b""),
    ],
)
def test_garbage(port: int, garbage: bytes, status: bytes) -> None:
    assert status in raw(port, garbage).split(b"\r\n")[0]
    assert ask(port, "GET", "/")[0].status == 200


def test_a_fault_of_ours_ends_only_its_connection(port: int) -> None:
    assert raw(port, b"GET /fault HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 500")
    assert ask(port, "GET", "/")[0].status == 200


def test_a_slow_client_is_cut_off_and_holds_up_nobody(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nX: ")
        assert ask(port, "GET", "/")[0].status == 200
        for _ in range(200):  # it trickles on, but the whole request has a deadline
            try:
                slow.sendall(b"a")
                slow.settimeout(0.02)
                if slow.recv(100) == b"":
                    return
            except TimeoutError:
                continue
            except ConnectionError:
                return
        pytest.fail("the connection was kept")


def test_a_body_that_never_comes(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
        slow.sendall(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n12")
        assert slow.recv(100).startswith(b"HTTP/1.1 408")


def test_concurrent_requests(port: int) -> None:
    answers: list[int] = []

    def wait() -> None:
        answers.append(ask(port, "GET", "/wait")[0].status)

    waiting = [threading.Thread(target=wait) for _ in range(5)]
    for thread in waiting:
        thread.start()
    assert ask(port, "GET", "/open")[0].status == 200
    for thread in waiting:
        thread.join()
    assert answers == [200] * 5


def test_too_many_connections_are_turned_away(port: int) -> None:
    idle: list[socket.socket] = []
    while len(idle) < 8:  # connections of the tests before may be there for a moment
        connection = socket.create_connection(("127.0.0.1", port), timeout=10)
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        if connection.recv(100).startswith(b"HTTP/1.1 200"):
            idle.append(connection)
    assert raw(port, b"GET / HTTP/1.1\r\n\r\n").split(b"\r\n")[0] in (
        b"HTTP/1.1 503 Service Unavailable",
        b"",  # reset, for it sent what nobody read
    )
    for connection in idle:
        connection.close()
    while raw(port, b"GET / HTTP/1.1\r\n\r\n").split(b" ")[1:2] != [b"200"]:
        pass
