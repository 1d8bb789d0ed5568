from xml.etree import ElementTree

from apn_emu.results.expectations import Verdict
from apn_emu.results.junit import Suite, junit_xml

MET = Verdict("rtt.max < 1 ms", 0.5e-3, "s", True)
MISSED = Verdict("loss.max == 0 %", 0.02, "1", False)


def test_each_expectation_is_a_case():
    suites = [
        Suite("seed=1", [MET, MISSED], "", 1.25, {"seed": "1"}),
        Suite("seed=2", error="first line\nthe kernel panicked \x1b[0m"),
        Suite("seed=3"),
    ]
    root = ElementTree.fromstring(junit_xml("lab", suites))
    assert root.attrib == {
        "name": "lab",
        "tests": "4",
        "failures": "1",
        "errors": "1",
        "time": "1.250",
    }
    cases = [
        (case.get("classname"), case.get("name"), [c.tag for c in case])
        for case in root.iter("testcase")
    ]
    assert cases == [
        ("seed=1", "rtt.max < 1 ms", []),
        ("seed=1", "loss.max == 0 %", ["failure"]),
        ("seed=2", "run", ["error"]),
        ("seed=3", "run", []),
    ]
    assert root.find(".//failure").get("message") == "measured: 2 %"
    assert root.find(".//error").get("message") == "the kernel panicked ?[0m"
    assert root.find(".//property").attrib == {"name": "seed", "value": "1"}
