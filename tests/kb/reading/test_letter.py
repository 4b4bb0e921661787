"""A pasted mail → what its writer wrote: mail programs of four languages, signatures, threads, broken lines."""

from __future__ import annotations

import pytest

from kb.language import rules
from kb.reading.letter import Letter, own_lines, taken_apart

QUESTION = "Where is it?"


def _letter(text: str, lang: str) -> Letter:
    return taken_apart(own_lines(text), rules(lang))


@pytest.mark.parametrize(
    "intro",
    [
        pytest.param("On Mon, 2 Nov 2026 at 09:14, Shop <news@example.org> wrote:", id="Gmail, English"),
        pytest.param("пн, 2 нояб. 2026 г. в 09:14, Shop <news@example.org>:", id="Gmail, Russian"),
        pytest.param("Il giorno lun 2 nov 2026 alle ore 09:14 Shop <n@example.org> ha scritto:", id="Gmail, Italian"),
        pytest.param("Shop <news@example.org> ezt írta (időpont: 2026. nov. 2., H, 9:14):", id="Gmail, Hungarian"),
        pytest.param("2 ноября 2026 г., 09:14, Shop написал(а):", id="Apple, Russian"),
        pytest.param("-----Original Message-----", id="Outlook, English"),
        pytest.param("-------- Пересылаемое сообщение --------", id="Yandex, forwarded"),
        pytest.param("-----Messaggio originale-----", id="Outlook, Italian"),
        pytest.param("-----Eredeti üzenet-----", id="Outlook, Hungarian"),
        pytest.param("From: Shop\nSent: Friday\nSubject: Your order", id="Outlook, headers"),
        pytest.param("От: Shop\nТема: Ваш заказ", id="headers, Russian"),
        pytest.param("Da: Shop\nOggetto: ordine", id="headers, Italian"),
        pytest.param("Feladó: Shop\nTárgy: rendelés", id="headers, Hungarian"),
        pytest.param("On Mon, 2 Nov 2026 at 09:14, Shop\n<news@example.org> wrote:", id="broken over two lines"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_thread_is_cut_off(intro: str, lang: str) -> None:
    """Whatever the customer's language: the mail program need not speak it."""
    assert _letter(f"{QUESTION}\n\n{intro}\nCan we help with order 99999999?", lang).body == (QUESTION,)


def test_answer_below_the_quote_is_read() -> None:
    """Quoted lines may stand above: what introduces them is quoted too."""
    text = f"On 2 Nov 2026 at 09:14, Shop wrote:\n> Which colour?\n> Blue?\n\n{QUESTION}"

    assert _letter(text, "en").body == (QUESTION,)


def test_message_that_is_all_quoted_is_read_as_what_it_quotes() -> None:
    """An agent who pastes only the quoted part means it."""
    assert _letter("> Hello,\n> Where is it?\n>\n> Regards\n> John", "en").body == (QUESTION,)


@pytest.mark.parametrize("line", ["I wrote: where is it?", "The box says: fragile", "From: Rome to Milan, how long?"])
def test_sentence_with_a_colon_is_no_thread(line: str) -> None:
    """Only what mail programs write is taken for it."""
    assert _letter(f"Good goods.\n{line}\nThanks a lot for help", "en").body[1] == line


@pytest.mark.parametrize(
    ("lang", "ending", "signature"),
    [
        ("en", "Kind regards,\nJohn Smith", ("", "John Smith")),
        ("en", "Regards, Mike", ("Mike",)),
        ("en", "John Smith\n+44 20 7946 0018", ("John Smith", "+44 20 7946 0018")),
        ("ru", "С уважением, Игорь", ("Игорь",)),
        ("ru", "Елена\n+7 916 000-11-22", ("Елена", "+7 916 000-11-22")),
        ("it", "Distinti saluti,\nGiulia Bianchi\nTel. 347 0000001", ("", "Giulia Bianchi", "Tel. 347 0000001")),
        ("hu", "Üdvözlettel:\nKovács Péter", ("", "Kovács Péter")),
        ("en", "Sent from my iPhone", ("iPhone",)),
        ("en", "I wait. Cheers, Dave", ("Dave",)),
        ("ru", "Жду. Ольга К.", ("Ольга К.",)),
    ],
)
def test_signature_is_cut_off(lang: str, ending: str, signature: tuple[str, ...]) -> None:
    """With a farewell or without."""
    letter = _letter(f"{QUESTION}\n{ending}", lang)

    assert (letter.body[0], letter.signature) == (QUESTION, signature)


@pytest.mark.parametrize("line", ["Thanks for nothing", "Best price in town they said", "Where do I sign, John"])
def test_line_that_only_begins_like_a_farewell_is_text(line: str) -> None:
    """A complaint is not lost below a word of courtesy."""
    assert line in _letter(f"It came late.\n{line}", "en").body


def test_lines_broken_by_a_mail_program_are_joined() -> None:
    """A question is not cut in two where a program breaks it at its width; items of a list stay lines."""
    text = "I would like to know when the money for my headphones\nwill be on my card?\n- the blue ones\n- the red ones"

    assert _letter(text, "en").body == (
        "I would like to know when the money for my headphones will be on my card?",
        "- the blue ones",
        "- the red ones",
    )


def test_letter_in_a_language_without_rules_stays_whole() -> None:
    """Nothing is taken off that is not understood."""
    assert _letter("Guten Tag\nWo ist es?\nGrüße", "de").body == ("Guten Tag", "Wo ist es?", "Grüße")
