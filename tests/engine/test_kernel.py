from pathlib import Path

import pytest

from apn_emu.engine.embedded.kernel import Kernel
from apn_emu.errors import MachineError


def kernel(folder: Path, modules: list[str], builtin: list[str]) -> Kernel:
    (folder / "modules.builtin").write_text("".join(f"kernel/net/ipv4/{m}.ko\n" for m in builtin))
    return Kernel(Path("linux.uml"), "6.1", folder, tuple(f"net/ipv4/{m}.ko.xz" for m in modules))


def test_congestion_controls_are_modules_or_built_in(tmp_path: Path) -> None:
    kernel(tmp_path, ["tcp_bbr"], ["tcp_dctcp"]).check_congestion(["bbr", "dctcp", "cubic", "reno"])


def test_what_the_kernel_lacks_is_named(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match=r"no congestion control bbr, dctcp \(module tcp_bbr"):
        kernel(tmp_path, [], ["tcp_cubic"]).check_congestion(["dctcp", "cubic", "bbr"])
