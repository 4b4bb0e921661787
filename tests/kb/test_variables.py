"""Variables in approved texts: filled once, from a closed list, and never silently left out."""

from __future__ import annotations

import pytest

from kb.variables import KNOWN, MAX_VALUE_CHARS, fill, names_in, restored, unknown_variables


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Hello {{ customer.name }}!", "Hello Anna!", id="value"),
        pytest.param("Hello {{customer.name}}!", "Hello Anna!", id="without spaces"),
        pytest.param("Hello {{ customer.name | there }}!", "Hello Anna!", id="value before fallback"),
        pytest.param("By {{ agent.name | our team }}.", "By our team.", id="fallback"),
        pytest.param("{{ customer.name }}, {{ customer.name }}", "Anna, Anna", id="twice"),
        pytest.param("{ customer.name } and }}", "{ customer.name } and }}", id="single braces are text"),
        pytest.param("No variables.", "No variables.", id="none"),
    ],
)
def test_text_is_filled(text: str, expected: str) -> None:
    """A known variable becomes its value, else its fallback; all other text stays as it is."""
    filled = fill(text, {"customer.name": "Anna"})

    assert expected == filled.text
    assert filled.unfilled == ()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("Order {{ order.number }}", ("order.number",), id="no value"),
        pytest.param("Order {{ order.number | }}", ("order.number",), id="empty fallback"),
        pytest.param("{{ order.number }} {{ order.number }}", ("order.number",), id="named once"),
        pytest.param("{{ refund.amount }} {{ order.date }}", ("refund.amount", "order.date"), id="in their order"),
        pytest.param("{{ order.nubmer | soon }}", ("order.nubmer",), id="unknown name, fallback or not"),
        pytest.param("{{ 7*7 }}", ("{{ 7*7 }}",), id="no name at all"),
        pytest.param("{{ Customer.Name }}", ("{{ Customer.Name }}",), id="names are in small letters"),
        pytest.param("{{ }}", ("{{ }}",), id="nothing"),
    ],
)
def test_what_cannot_be_filled_stands_and_is_named(text: str, names: tuple[str, ...]) -> None:
    """A gap stays visible in the text and is reported, so that nobody sends it."""
    filled = fill(text, {"customer.name": "Anna"})

    assert text == filled.text
    assert names == filled.unfilled


@pytest.mark.parametrize("value", ["", "   ", "\n\t"])
def test_blank_value_counts_as_none(value: str) -> None:
    """White space is no name: the fallback stands in."""
    assert fill("Hello {{ customer.name | there }}", {"customer.name": value}).text == "Hello there"


def test_value_is_put_in_once_and_not_read_again() -> None:
    """Braces in a customer's name stay braces."""
    filled = fill(
        "{{ customer.name }} / {{ order.number }}", {"customer.name": "{{ order.number }}", "order.number": "A-1"}
    )

    assert filled.text == "{{ order.number }} / A-1"
    assert filled.unfilled == ()


def test_value_with_backslashes_and_groups_is_text() -> None:
    """No part of a value is a pattern."""
    assert fill("{{ customer.name }}", {"customer.name": r"\1 \g<name> $0"}).text == r"\1 \g<name> $0"


def test_value_is_one_line_of_bounded_length() -> None:
    """A value cannot add paragraphs to a reply, nor flood it."""
    assert fill("{{ customer.name }}", {"customer.name": "Anna\n\nKovács"}).text == "Anna Kovács"
    assert len(fill("{{ customer.name }}", {"customer.name": "x" * 5000}).text) == MAX_VALUE_CHARS


def test_value_of_an_unknown_name_is_not_used() -> None:
    """Only listed names are variables, whatever the caller gives."""
    filled = fill("{{ agent.password }}", {"agent.password": "hunter2"})

    assert filled.text == "{{ agent.password }}"
    assert filled.unfilled == ("agent.password",)


def test_unknown_variables_are_told_to_the_editor() -> None:
    """What stands in double braces and is no variable is listed in order; known ones are not."""
    text = "{{ customer.name | there }} {{ order.nubmer }} {{ 1+1 }} {{ order.number }}"

    assert unknown_variables(text) == ["order.nubmer", "{{ 1+1 }}"]


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_known_variable_can_be_filled(name: str) -> None:
    """Each name on the list is one that the pattern reads."""
    filled = fill(f"{{{{ {name} }}}}", {name: "value"})

    assert filled.text == "value"
    assert unknown_variables(f"{{{{ {name} }}}}") == []


def test_place_that_the_store_has_not_filled_in_keeps_a_text_from_being_sent() -> None:
    """A customer must not be promised `[[3 to 5]]` days; brackets in a customer's own name are no such place."""
    filled = fill("{{ customer.name }}: [[3 to 5]] days, see [[1]](https://example.org)", {"customer.name": "[[x]]"})

    assert filled.text == "[[x]]: [[3 to 5]] days, see [[1]](https://example.org)"
    assert filled.unfilled == ("[[3 to 5]]",)


HELLO = "Hello {{ customer.name | there }},\n\nThank you for writing to {{ store.name | us }}."
ORDER = "Your order {{ order.number }} is on its way, {{ customer.name | dear customer }}."


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({}, id="nothing known"),
        pytest.param({"customer.name": "Anna", "order.number": "A-123"}, id="all known"),
        pytest.param({"customer.name": "a+b (c) [d] $1 \\1"}, id="value that looks like a pattern"),
    ],
)
def test_filled_text_is_restored(values: dict[str, str]) -> None:
    """An agent's page fills it anew while a name is typed, and knows what was filled in."""
    text = f"{fill(HELLO, values).text}\n\nWords between.\n\n{fill(ORDER, values).text}"
    found = restored(text, [ORDER, "No variable here.", HELLO])

    assert found.text == f"{HELLO}\n\nWords between.\n\n{ORDER}"
    assert found.values == values


def test_text_that_is_not_approved_stays() -> None:
    """What only resembles an approved text is left as it is."""
    text = "Hello Anna, and welcome.\n\nYour order is late."

    assert restored(text, [HELLO, ORDER]).text == text


def test_customers_braces_are_not_taken_for_variables() -> None:
    """A name with braces comes back as a value, not as a variable to fill."""
    found = restored(fill(HELLO, {"customer.name": "{{ order.number }}"}).text, [HELLO])

    assert found.text == HELLO
    assert found.values == {"customer.name": "{{ order.number }}"}


def test_known_variables_of_a_text_are_named_once() -> None:
    """In their order; what is no variable of ours is none."""
    assert names_in(f"{HELLO} {ORDER} {{{{ nonsense }}}}") == ["customer.name", "store.name", "order.number"]
