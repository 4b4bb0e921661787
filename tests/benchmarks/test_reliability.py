"""The picture of confidence against truth."""

from __future__ import annotations

from xml.etree import ElementTree

from tests.benchmarks.metrics import Bin
from tests.benchmarks.reliability import diagram


def test_each_set_is_a_line_with_its_name() -> None:
    """The picture is well-formed, and says which line is which."""
    picture = ElementTree.fromstring(diagram({"a & b": [Bin(2, 0.0, 0.0), Bin(2, 1.0, 1.0)], "c": [Bin(1, 0.5, 0.5)]}))  # noqa: S314
    texts = [each.text for each in picture.iter("{http://www.w3.org/2000/svg}text")]

    assert [each.get("points") for each in picture.iter("{http://www.w3.org/2000/svg}polyline")] == [
        "50.0,420.0 450.0,20.0",
        "250.0,220.0",
    ]
    assert {"a & b", "c"} <= set(texts)
