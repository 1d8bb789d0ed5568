"""Who sends which part of a message to whom, and in which order: collective operations as data.

A message is cut into pieces; a transfer moves one chunk (a piece, or with all-to-all a piece of one
rank) and is either combined with what the receiver has (the reduction's sum) or replaces it. A rank
sends a chunk when all earlier transfers of that chunk to it have arrived: nothing else orders them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Transfer(NamedTuple):
    """One chunk from rank to rank. Transfers of one lane between two ranks arrive in order."""

    source: int
    destination: int
    chunk: int
    combine: bool
    lane: int = 0


class Schedule(NamedTuple):
    """A collective operation of `ranks` ranks on a message of `pieces` equal pieces."""

    ranks: int
    pieces: int
    transfers: tuple[Transfer, ...]

    def chunk_bytes(self, chunk: int, size_byte: int) -> int:
        """Return the bytes of a chunk when the whole message has `size_byte`."""
        piece = chunk % self.pieces
        return size_byte * (piece + 1) // self.pieces - size_byte * piece // self.pieces


def ring_reduce_scatter(ranks: int) -> Schedule:
    """Return the ring after which rank r has the sum of piece r (Patarasuk and Yuan 2009)."""
    return Schedule(ranks, ranks, tuple(_reduce_round(range(ranks), range(ranks))))


def ring_all_gather(ranks: int) -> Schedule:
    """Return the ring after which each rank has the piece of every rank."""
    return Schedule(ranks, ranks, tuple(_gather_round(range(ranks), range(ranks))))


def ring_all_reduce(ranks: int) -> Schedule:
    """Return reduce-scatter and then all-gather on a ring: the least bytes that are possible.

    Source: Patarasuk and Yuan, Bandwidth optimal all-reduce algorithms for clusters of
    workstations, J. Parallel Distrib. Comput. 69 (2009).
    """
    return Schedule(ranks, ranks, tuple(_ring(range(ranks), range(ranks))))


def direct_all_to_all(ranks: int) -> Schedule:
    """Return the exchange in which each rank sends a piece of its own to every other at once.

    Chunk s x ranks + d is what rank s has for rank d. Each rank begins with its next neighbour, so
    that not all begin with the same one.
    """
    transfers = tuple(
        Transfer(rank, (rank + step) % ranks, rank * ranks + (rank + step) % ranks, combine=False)
        for step in range(1, ranks)
        for rank in range(ranks)
    )
    return Schedule(ranks, ranks, transfers)


def hierarchical_all_reduce(groups: Sequence[Sequence[int]]) -> Schedule:
    """Return: reduce-scatter inside each group, rings between the groups, all-gather inside.

    `groups` are the ranks of each site. Of each group the first m ranks own a shard, m being the
    size of the smallest group; the owners of one shard form a ring, so m rings share what joins
    the sites. Source: Cho et al., BlueConnect, MLSys 2019; Horovod's hierarchical all-reduce.
    """
    owners = min(len(group) for group in groups)
    pieces = owners * len(groups)
    shards = [range(own * len(groups), (own + 1) * len(groups)) for own in range(owners)]
    transfers: list[Transfer] = []
    for group in groups:
        transfers += _inside(group, shards, to_owner=True)
    for own, shard in enumerate(shards):
        transfers += _ring([group[own] for group in groups], shard)
    for group in groups:
        transfers += _inside(group, shards, to_owner=False)
    return Schedule(sum(map(len, groups)), pieces, tuple(transfers))


def _inside(group: Sequence[int], shards: Sequence[range], *, to_owner: bool) -> list[Transfer]:
    """Return the exchange between every member of a group and the owners of its shards."""
    transfers = []
    for step in range(1, len(group)):
        for member, rank in enumerate(group):
            own = (member + step) % len(group)
            if own < len(shards):
                ends = (rank, group[own]) if to_owner else (group[own], rank)
                transfers += [Transfer(*ends, chunk, to_owner) for chunk in shards[own]]
    return transfers


def _ring(ring: Sequence[int], chunks: Sequence[int]) -> list[Transfer]:
    return _reduce_round(ring, chunks) + _gather_round(ring, chunks)


def _reduce_round(ring: Sequence[int], chunks: Sequence[int]) -> list[Transfer]:
    return _round(ring, chunks, first=-1, combine=True)


def _gather_round(ring: Sequence[int], chunks: Sequence[int]) -> list[Transfer]:
    return _round(ring, chunks, first=0, combine=False)


def _round(
    ring: Sequence[int], chunks: Sequence[int], first: int, *, combine: bool
) -> list[Transfer]:
    """Return one way round: in each step a rank passes on the chunk that it got in the last."""
    size = len(ring)
    return [
        Transfer(ring[at], ring[(at + 1) % size], chunks[(at + first - step) % size], combine)
        for step in range(size - 1)
        for at in range(size)
    ]
