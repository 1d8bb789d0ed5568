"""JUnit XML, which CI servers show: each expectation is a test case. Pure.

Elements and attributes are those that the readers of Jenkins and GitLab know: testsuites,
testsuite, properties, testcase, failure, error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree

from apn_emu.results.expectations import Verdict
from apn_emu.results.result import Result
from apn_emu.results.wording import measured_words

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold (clause 2.2)."""


@dataclass(frozen=True)
class Suite:
    """One run: its verdicts, or the error that left none."""

    name: str
    verdicts: Sequence[Verdict] = ()
    error: str = ""
    wall_seconds: float = 0.0
    properties: Mapping[str, str] = field(default_factory=dict)


def suite_of(result: Result, name: str = "") -> Suite:
    """Return the suite of a finished run; `name` counts where the scenario's is not enough."""
    properties = {
        "seed": str(result.seed),
        "engine": result.engine.name,
        "kernel": result.engine.kernel,
        "exact": str(result.engine.exact).lower(),
    }
    verdicts = result.expectations
    return Suite(name or result.name, verdicts, "", result.wall_seconds, properties)


def junit_xml(name: str, suites: Sequence[Suite]) -> str:
    """Return the document of all suites. A run without expectations is one case that passed."""
    root = ElementTree.Element("testsuites", {"name": name, **_counts(suites)})
    for suite in suites:
        root.append(_suite(suite))
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _suite(suite: Suite) -> ElementTree.Element:
    element = ElementTree.Element("testsuite", {"name": suite.name, **_counts([suite])})
    if suite.properties:
        properties = ElementTree.SubElement(element, "properties")
        for name, value in suite.properties.items():
            ElementTree.SubElement(properties, "property", name=name, value=value)
    for verdict in suite.verdicts:
        case = _case(element, suite, verdict.text)
        if not verdict.met:
            message = f"measured: {measured_words(verdict)}"
            ElementTree.SubElement(case, "failure", type="expectation", message=_clean(message))
    if not suite.verdicts:
        case = _case(element, suite, "run")
        if suite.error:
            message = _clean(suite.error)
            last = message.splitlines()[-1]
            ElementTree.SubElement(case, "error", type="run", message=last).text = message
    return element


def _case(parent: ElementTree.Element, suite: Suite, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(
        parent, "testcase", classname=_clean(suite.name), name=_clean(name), time="0"
    )


def _counts(suites: Sequence[Suite]) -> dict[str, str]:
    failures = sum(not verdict.met for suite in suites for verdict in suite.verdicts)
    return {
        "tests": str(sum(len(suite.verdicts) or 1 for suite in suites)),
        "failures": str(failures),
        "errors": str(sum(bool(suite.error) for suite in suites)),
        "time": f"{sum(suite.wall_seconds for suite in suites):.3f}",
    }


def _clean(text: str) -> str:
    return _NOT_XML.sub("?", text)
