from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.traffic.disk import Disk

exhaustive = settings(deadline=None, derandomize=True)


def test_an_idle_disk_takes_its_latency_and_a_busy_one_its_rate():
    disk = Disk(latency_ns=20_000, interval_ns=4_000, rate_byte_s=4e9)
    assert disk.write(1_000, 4096) == 21_000
    assert disk.write(1_000, 4096) == 25_000, "one begins each 4 us"
    assert disk.write(100_000, 4_000_000) == 1_100_000, "4 MB at 4 GB/s"
    assert disk.write(100_000, 4096) == 1_120_000, "after the large one"


@exhaustive
@given(
    st.lists(st.integers(0, 10**6), min_size=2, max_size=40).map(sorted),
    st.integers(0, 10**5),
    st.integers(1, 10**5),
)
def test_equal_writes_become_durable_in_order_no_faster_than_the_disk(moments, latency, interval):
    disk = Disk(latency, interval, 1e12)
    ends = [disk.write(now, 512) for now in moments]
    assert all(end - now >= latency for now, end in zip(moments, ends, strict=True))
    assert ends == sorted(ends)
    assert ends[-1] - ends[0] >= (len(ends) - 1) * interval or moments[-1] > moments[0]
