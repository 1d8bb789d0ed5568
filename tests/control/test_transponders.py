"""Orders and notifications as lines and back."""

from __future__ import annotations

import pytest

from apn_emu.control.transponders import (
    AlarmKind,
    Disable,
    Done,
    Enable,
    FibreAlarm,
    PathAlarm,
    Protect,
    Switched,
    Tune,
    decode,
    encode,
)
from apn_emu.optics.latency import LatencyBudget
from apn_emu.planning.lightpaths import End, Path

PATH = Path(
    id="a-b",
    a=End("a", 1, 1001, 101),
    b=End("b", 2, 1002, 102),
    route=("a", "c", "b"),
    fibres=("a-c", "c-b"),
    length_km=30.0,
    channel_lower=8,
    channel_width=8,
    centre_thz=191.4,
    vid=9,
    mode="400zr",
    rate_bps=400_000_000_000,
    latency=LatencyBudget(1, 2, 3, 4),
    drop_delay_ns=7,
    frame_loss=1e-9,
    qot={"margin_db": 2.5},
)


@pytest.mark.parametrize(
    "message",
    [
        Tune(1, PATH, 50_000_000),
        Enable(2, "a-b"),
        Disable(3, "a-b/protection"),
        Protect(4, "a-b", "a-b", "a-b/protection"),
        Done(1),
        Done(2, "no such port"),
        PathAlarm(AlarmKind.LOS, "a-b", "b", True),
        FibreAlarm("a-c", "c", False),
        Switched("a-b", "a", "a-b/protection"),
    ],
    ids=lambda message: type(message).__name__,
)
def test_a_message_comes_back_from_its_line(message: object) -> None:
    line = encode(message)  # type: ignore[arg-type]
    assert line.count("\n") == 1
    assert decode(line) == message


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "[]",
        "7",
        '{"type": "Nothing"}',
        '{"type": "Done"}',
        '{"type": "Enable", "path": 1}',
        '{"type": "PathAlarm", "kind": "NO", "path": "", "site": "", "raised": true, "text": ""}',
    ],
)
def test_what_is_no_message_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="not a message"):
        decode(line)
