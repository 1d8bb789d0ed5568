"""First Python program in the session's own namespaces, where it is process 1."""

from __future__ import annotations

from pathlib import Path

from apn_emu.engine.host import LATENESS
from apn_emu.engine.inside import OUT, leaving_error, run_session


def main() -> None:
    """Run the session; all that it started ends with this process."""
    from apn_emu.engine.host.lateness import watching

    with leaving_error():
        ipv6 = Path("/proc/sys/net/ipv6/conf")
        for scope in ("all", "default"):  # of this namespace: nothing sends packets of its own
            (ipv6 / scope / "disable_ipv6").write_text("1")
        run_session(exact=False, beside=watching(OUT / LATENESS))


if __name__ == "__main__":
    main()
