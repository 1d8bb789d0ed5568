"""All-reduce on two binary trees at once, each for half of the message."""

from __future__ import annotations

from collections.abc import Callable

from apn_emu.traffic.schedules import Schedule, Transfer

Parents = list[int | None]
"""Parent of each rank, None for the root."""


def double_tree_all_reduce(ranks: int, pieces: int) -> Schedule:
    """Return: sums go up to the root and the result comes down, in `pieces` pieces for each tree.

    A rank that is a leaf of one tree passes on in the other, so that all links are used both ways.
    Sources: Sanders, Speck and Traff, Two-tree algorithms for full bandwidth broadcast, reduction
    and scan, Parallel Computing 35 (2009); NCCL 2.4 uses the same two trees.
    """
    transfers: list[Transfer] = []
    trees = [_from_the_leaves(parents) for parents in double_tree(ranks)]
    for piece in range(pieces):
        for lane, edges in enumerate(trees):
            chunk = piece * 2 + lane
            transfers += [Transfer(child, up, chunk, True, lane) for child, up in edges]
            transfers += [Transfer(up, child, chunk, False, lane) for child, up in edges[::-1]]
    return Schedule(ranks, 2 * pieces, tuple(transfers))


def double_tree(ranks: int) -> tuple[Parents, Parents]:
    """Return two trees over the ranks in which no rank passes on in both, if their number is even.

    The second is the first mirrored, or shifted by one where the number is odd.
    """
    first = binary_tree(ranks)
    if ranks % 2 == 0:
        return first, _renamed(first, lambda rank: ranks - 1 - rank)
    return first, _renamed(first, lambda rank: (rank + 1) % ranks)


def binary_tree(ranks: int) -> Parents:
    """Return the in-order binary tree: root 0 with one child, odd ranks are leaves.

    The lowest bit that is set in a rank says its height: its parent has that bit cleared and the
    next one set, or just cleared where there is no such rank.
    """
    parents: Parents = [None]
    for rank in range(1, ranks):
        lowest = rank & -rank
        parent = (rank ^ lowest) | (lowest << 1)
        parents.append(parent if parent < ranks else rank ^ lowest)
    return parents


def _renamed(parents: Parents, name: Callable[[int], int]) -> Parents:
    renamed: Parents = [None] * len(parents)
    for rank, parent in enumerate(parents):
        renamed[name(rank)] = None if parent is None else name(parent)
    return renamed


def _from_the_leaves(parents: Parents) -> list[tuple[int, int]]:
    """Return the edges (child, parent) such that a rank's children come before it."""

    def depth(rank: int) -> int:
        parent = parents[rank]
        return 0 if parent is None else 1 + depth(parent)

    edges = [(rank, parent) for rank, parent in enumerate(parents) if parent is not None]
    return sorted(edges, key=lambda edge: -depth(edge[0]))
