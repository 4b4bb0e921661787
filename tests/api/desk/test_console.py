"""What the console takes from its form."""

from __future__ import annotations

from api.desk.console import message_mark, variables


def test_values_of_the_customer_before_are_left_behind() -> None:
    """Without a script: what stood in the fields goes with its message; what was typed since, and the agent, stay."""
    filled = {"customer.name": "Anna", "order.number": "A-1", "agent.name": "Eva"}
    sent = {f"was.{name}": value for name, value in filled.items()} | {f"var.{name}": v for name, v in filled.items()}
    form = {**sent, "asked": message_mark("Where is my money?"), "var.order.number": "B-2"}

    assert variables({**form, "message": "Where is my parcel?"}) == {"order.number": "B-2", "agent.name": "Eva"}
    assert variables({**form, "message": "Where is my money?\r\n"}) == {**filled, "order.number": "B-2"}


def test_unknown_and_long_values_are_not_taken() -> None:
    assert variables({"var.nonsense": "x", "var.customer.name": "A" * 300}) == {"customer.name": "A" * 200}
