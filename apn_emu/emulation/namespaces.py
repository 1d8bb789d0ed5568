"""Network and mount namespaces without a process of their own.

Mininet keeps a shell in every namespace; starting one takes 0.1 s in the embedded kernel. Here a
namespace is two open files. The program, which has one thread, steps into them, starts a process or
changes a setting there, and steps back.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
NAMED = Path("/run/netns")

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def mount(source: str, target: str | Path, kind: str | None, flags: int = 0) -> None:
    """Mount a file system; raise `OSError`."""
    path = str(target).encode()
    fstype = kind.encode() if kind else None
    _check(_libc.mount(source.encode(), path, fstype, flags, None), f"mount {target}")


def unshare(flags: int) -> None:
    """Leave namespaces for new ones (unshare(2)); raise `OSError`."""
    _check(_libc.unshare(flags), "unshare")


def _setns(fd: int, kind: int) -> None:
    _check(_libc.setns(fd, kind), "setns")


class Namespace:
    """A network namespace, named for `ip netns`, with a mount namespace of its own.

    `private` folders are seen, empty and writable, only by what runs inside.
    """

    def __init__(self, name: str, private: tuple[str, ...] = ()) -> None:
        root = _open_own()
        NAMED.mkdir(exist_ok=True)
        try:
            unshare(CLONE_NEWNET)
            self.net_fd = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
            handle = NAMED / name
            handle.touch()
            mount("/proc/self/ns/net", handle, None, MS_BIND)
            unshare(CLONE_NEWNS)
            mount("none", "/", None, MS_REC | MS_PRIVATE)
            mount("sysfs", "/sys", "sysfs")
            for folder in private:
                own = Path(f"/run/servers/{name}") / folder.strip("/").replace("/", "-")
                own.mkdir(parents=True, exist_ok=True)
                own.chmod(0o1777)
                mount(str(own), folder, None, MS_BIND)
            self.mount_fd = os.open("/proc/self/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
        finally:
            _enter(*root)

    def enter(self) -> None:
        """Step inside for good."""
        _setns(self.net_fd, CLONE_NEWNET)
        _setns(self.mount_fd, CLONE_NEWNS)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Be inside: new processes, sockets and opened settings belong to this namespace."""
        root = _open_own()
        folder = Path.cwd()
        try:
            self.enter()
            yield
        finally:
            _enter(*root)
            os.chdir(folder)

    def close(self) -> None:
        """Let go of the namespace; it ends with its last process."""
        os.close(self.net_fd)
        os.close(self.mount_fd)


def _open_own() -> tuple[int, int]:
    flags = os.O_RDONLY | os.O_CLOEXEC
    return os.open("/proc/self/ns/net", flags), os.open("/proc/self/ns/mnt", flags)


def _enter(net_fd: int, mount_fd: int) -> None:
    _setns(mount_fd, CLONE_NEWNS)
    _setns(net_fd, CLONE_NEWNET)
    os.close(net_fd)
    os.close(mount_fd)
