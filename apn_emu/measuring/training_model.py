"""The time of one training step, from the times of its parts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise


def bucket_sizes(gradient_byte: int, bucket_byte: int) -> list[int]:
    """Return the bytes of each bucket: as few as hold the gradient, all of the same size to a byte.

    Source: Li et al., PyTorch Distributed, VLDB 2020: gradients are reduced in buckets while the
    backward pass goes on.
    """
    count = math.ceil(gradient_byte / bucket_byte)
    ends = [gradient_byte * number // count for number in range(count + 1)]
    return [end - begin for begin, end in pairwise(ends)]


def all_bucket_times(sent_s: Sequence[float], count: int) -> list[float]:
    """Return the time of each of `count` buckets: those that were sent, then as the last of them.

    The first ones are slower, for TCP starts slowly after the pause of computing (RFC 5681 4.1).
    """
    return [*sent_s[:count], *[sent_s[-1]] * (count - len(sent_s))]


def step_time(compute_s: float, overlap: float, bucket_s: Sequence[float]) -> float:
    """Return how long a step takes: computing, and what of communication does not fit beside it.

    In the last `overlap` (0 to 1) of computing, gradients become ready at an even pace, the last
    bucket's with its end. Buckets are reduced one after the other, each when it is ready and the
    one before is done.
    """
    now_s = 0.0
    for number, needed_s in enumerate(bucket_s, start=1):
        ready_s = compute_s * (1 - overlap * (len(bucket_s) - number) / len(bucket_s))
        now_s = max(now_s, ready_s) + needed_s
    return now_s
