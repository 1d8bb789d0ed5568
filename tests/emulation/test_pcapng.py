"""The blocks of a pcapng file, as another program reads them."""

from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st
from scapy.utils import RawPcapNgReader

from apn_emu.emulation import pcapng

frames = st.lists(
    st.tuples(st.integers(0, 2**63 - 1), st.binary(min_size=14, max_size=90), st.integers(0, 9000))
)


@settings(deadline=None, derandomize=True)
@given(frames, st.text(max_size=9))
def test_another_reader_finds_the_same_frames_and_times(written, name):
    content = pcapng.header("apn-emu", name, "the place", 446)
    for at_ns, data, more in written:
        content += pcapng.packet(at_ns, data, len(data) + more, outbound=True)
    content += pcapng.statistics(1, len(written), 0, "a comment")
    read = [
        ((meta.tshigh << 32) | meta.tslow, data, meta.wirelen - len(data))
        for data, meta in RawPcapNgReader(BytesIO(content))
    ]
    assert read == written
    assert len(content) % 4 == 0
