"""Message → questions: what a customer wrote in mails of four languages, and what is asked in it."""

from __future__ import annotations

import pytest

from kb.errors import InvalidQuestion
from kb.messages import MAX_MESSAGE_CHARS, read_message
from kb.query import MAX_QUESTION_CHARS
from kb.reading.requests import MAX_MESSAGE_WORDS, MAX_QUESTIONS

MAILS = {
    "ru": """Добрый день!

Подскажите, пожалуйста, когда вернут деньги за телефон? Заказ № 48213377.

С уважением,
Анна Петрова
Звоните после шести.""",
    "it": """Buongiorno,

quando arriva il rimborso per il telefono? Il mio ordine è il numero 48213377.

Cordiali saluti
Marco Rossi
Chiamate dopo le sei.""",
    "hu": """Tisztelt Ügyfélszolgálat!

Mikor kapom vissza a telefon árát? A rendelési szám: 48213377.

Üdvözlettel,
Kovács Péter
Hívjanak hat után.""",
    "en": """Dear team,

When will I get the money back for my phone? My order is no. 48213377.

Kind regards,
John Smith
Call after six.""",
}
ASKED = {
    "ru": "Подскажите, пожалуйста, когда вернут деньги за телефон?",
    "it": "quando arriva il rimborso per il telefono?",
    "hu": "Mikor kapom vissza a telefon árát?",
    "en": "When will I get the money back for my phone?",
}
THREADS = {
    "ru": "14 июня 2026 г., Techno Market написал:",
    "it": "Il giorno 14 giugno 2026 Techno Market ha scritto:",
    "hu": "Techno Market ezt írta (2026. június 14.):",
    "en": "On 14 June 2026, Techno Market wrote:",
}


def _asked(text: str, lang: str | None = None) -> list[str]:
    return [asked.text for asked in read_message(text, lang, "en").questions]


@pytest.mark.parametrize("lang", MAILS)
def test_greeting_and_signature_ask_nothing(lang: str) -> None:
    """Of a whole mail the question is left; what stands below the farewell is signature, whatever it looks like."""
    message = read_message(MAILS[lang], None, "en")

    assert [ASKED[lang]] == [asked.text for asked in message.questions]
    assert lang == message.lang


@pytest.mark.parametrize("lang", MAILS)
def test_order_number_of_a_mail_is_found(lang: str) -> None:
    """The number behind the language's own mark is the order's."""
    assert read_message(MAILS[lang], None, "en").variables["order.number"] == "48213377"


@pytest.mark.parametrize("lang", MAILS)
def test_quoted_thread_asks_nothing(lang: str) -> None:
    """Quoted lines, and all below the line a mail program writes above them, are not the customer's."""
    question = ASKED[lang]
    text = f"> Is it urgent?\n{question}\n\n{THREADS[lang]}\n> Did it arrive?\nCan we help with order 99999999?"

    message = read_message(text, lang, "en")

    assert [question] == [asked.text for asked in message.questions]
    assert message.variables["order.number"] == ""


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_line_endings_make_no_difference(ending: str) -> None:
    """A mail from Windows is read like any other."""
    assert [ASKED["en"]] == _asked(MAILS["en"].replace("\n", ending))


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        pytest.param(
            "ru",
            "Когда вернут деньги и можно ли вернуть товар без коробки?",
            ["Когда вернут деньги?", "можно ли вернуть товар без коробки?"],
            id="ru",
        ),
        pytest.param(
            "it",
            "Entro quanti giorni posso renderlo e chi paga la spedizione?",
            ["Entro quanti giorni posso renderlo?", "chi paga la spedizione?"],
            id="it",
        ),
        pytest.param(
            "hu",
            "Mikor érkezik meg a csomagom, és lehet kártyával fizetni?",
            ["Mikor érkezik meg a csomagom?", "lehet kártyával fizetni?"],
            id="hu",
        ),
        pytest.param(
            "en",
            "Can I pay by card and how long does delivery take?",
            ["Can I pay by card?", "how long does delivery take?"],
            id="en",
        ),
        pytest.param("en", "Can I return a phone and a charger?", ["Can I return a phone and a charger?"], id="one"),
        pytest.param("en", "I know when and where it was sent.", ["I know when and where it was sent."], id="told"),
    ],
)
def test_two_questions_in_one_sentence_are_two(lang: str, text: str, expected: list[str]) -> None:
    """A conjunction before a question word begins a second question; one between things does not."""
    assert expected == _asked(text, lang)


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        pytest.param("ru", "Купил телефон. Как его вернуть", "Как его вернуть", id="ru"),
        pytest.param("ru", "Купил телефон. Хочу вернуть товар", "Хочу вернуть товар", id="ru, a wish"),
        pytest.param("it", "Ho un telefono. Dove posso restituirlo", "Dove posso restituirlo", id="it"),
        pytest.param("it", "Ho un telefono. Vorrei sapere se è rotto", "Vorrei sapere se è rotto", id="it, a wish"),
        pytest.param("hu", "Vettem egy telefont. Hogyan küldhetem el", "Hogyan küldhetem el", id="hu"),
        pytest.param("hu", "Telefont vettem. Érdekelne a garancia", "Érdekelne a garancia", id="hu, a wish"),
        pytest.param("en", "I have a phone. How do I return it", "How do I return it", id="en"),
        pytest.param("en", "I have a phone. Please tell me the fee", "Please tell me the fee", id="en, a wish"),
    ],
)
def test_question_without_a_mark_is_found(lang: str, text: str, expected: str) -> None:
    """People leave question marks out: the first word, or a phrase that asks, tells."""
    assert [expected] == _asked(text, lang)


def test_message_that_asks_nothing_is_asked_as_a_whole() -> None:
    """Without any question the message itself is what to search for."""
    assert _asked("My phone has a dark spot. It came so.", "en") == ["My phone has a dark spot. It came so."]


def test_message_is_the_context_of_its_questions() -> None:
    """`How long?` alone means little: what was said before it tells, without names, numbers, and what nobody reads."""
    story = " ".join(f"Then came chapter {number} of it." for number in range(40))
    message = read_message(f"My name is Anna. My kettle needs a repair, order 5520134. How long? {story}", "en", "en")

    assert message.context.startswith("My kettle needs a repair, order . How long? Then came")
    assert len(message.context.split()) == MAX_MESSAGE_WORDS


def test_question_without_a_subject_is_searched_by_what_was_told() -> None:
    """`What do I do now?` finds anything: what went wrong is what is asked about, and no second question."""
    message = read_message("The screen arrived cracked. What do I do now?", "en", "en")

    assert [asked.searched for asked in message.questions] == ["The screen arrived cracked. What do I do now?"]
    assert message.told == ()


def test_story_is_no_context() -> None:
    """Of many sentences the last few go with the question: the whole would find the story."""
    story = " ".join(f"On day {number} we drove from one quiet old town to the next." for number in range(20))

    searched = read_message(f"{story} Where is it?", "en", "en").questions[0].searched

    assert len(searched.split()) < 60
    assert "On day 19" in searched
    assert "On day 3 " not in searched


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("ru", "Это безобразие! До сих пор нет посылки.", "anger"),
        ("ru", "Пришёл разбитый экран.", "damage"),
        ("ru", "Посылка задерживается.", "delay"),
        ("ru", "Пишу повторно.", "follow_up"),
        ("ru", "Большое спасибо!", "thanks"),
        ("ru", "Можно ли платить картой?", "neutral"),
        ("it", "È inaccettabile, il pacco è in ritardo.", "anger"),
        ("it", "Lo schermo è danneggiato.", "damage"),
        ("it", "Il pacco è in ritardo.", "delay"),
        ("it", "Vi scrivo per la seconda volta.", "follow_up"),
        ("it", "Grazie mille!", "thanks"),
        ("it", "Si può pagare con la carta?", "neutral"),
        ("hu", "Felháborító, hogy még mindig nem jött.", "anger"),
        ("hu", "Törött a kijelző.", "damage"),
        ("hu", "Késik a csomag.", "delay"),
        ("hu", "Már írtam önöknek.", "follow_up"),
        ("hu", "Nagyon köszönöm!", "thanks"),
        ("hu", "Lehet kártyával fizetni?", "neutral"),
        ("en", "This delay is unacceptable.", "anger"),
        ("en", "The screen is cracked.", "damage"),
        ("en", "It has not arrived.", "delay"),
        ("en", "I am following up on this.", "follow_up"),
        ("en", "Thanks a lot!", "thanks"),
        ("en", "Can I pay by card?", "neutral"),
    ],
)
def test_situation_is_told_by_words(lang: str, text: str, expected: str) -> None:
    """The situation chooses tone and opening; who is angry about a delay is angry first."""
    assert expected == read_message(text, lang, "en").situation


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Where is #48213377?", "48213377", id="hash"),
        pytest.param("Where is order no. 4821?", "4821", id="four digits are enough"),
        pytest.param("Where is order number: AB-48213377?", "AB-48213377", id="letters in front"),
        pytest.param("I paid 48213 for 2 phones in 2026.", "", id="numbers alone are no orders"),
        pytest.param("I live at no. 12.", "", id="too short"),
    ],
)
def test_order_number_is_named_as_one(text: str, expected: str) -> None:
    """A price, a year or a house is no order."""
    assert expected == read_message(text, "en", "en").variables["order.number"]


@pytest.mark.parametrize("text", ["", " \n\t ", "?!…", "\u200b\n\u200b"])
def test_message_without_a_word_is_refused(text: str) -> None:
    """There is nothing to answer in it."""
    with pytest.raises(InvalidQuestion):
        read_message(text, None, "en")


def test_message_beyond_the_limit_is_refused() -> None:
    """The limit itself is read, one character more is not."""
    assert read_message("a" * MAX_MESSAGE_CHARS, "en", "en").questions
    with pytest.raises(InvalidQuestion, match=str(MAX_MESSAGE_CHARS + 1)):
        read_message("a" * (MAX_MESSAGE_CHARS + 1), "en", "en")


def test_questions_and_their_length_are_bounded() -> None:
    """A message of a hundred long questions asks for a few of searchable length."""
    message = read_message(
        "\n".join(f"Why does {'word ' * 200}number {n} fail?" for n in range(100))[:19_000], "en", "en"
    )

    assert len(message.questions) == MAX_QUESTIONS
    texts = [text for asked in message.questions for text in (asked.text, asked.searched)]
    assert all(len(text) <= MAX_QUESTION_CHARS for text in (*texts, message.context))


def test_language_without_rules_is_read_by_question_marks() -> None:
    """A further language needs no file of rules to be answered."""
    assert _asked("Ich habe ein Telefon. Wann kommt das Geld zurück?", "de") == ["Wann kommt das Geld zurück?"]


@pytest.mark.parametrize(
    ("lang", "text", "asked", "name"),
    [
        (
            "en",
            "Hi, wrong address on A-88213, can I still change it? thanks a lot, Julie",
            "can I still change it?",
            "Julie",
        ),
        (
            "it",
            "Ho sbagliato l'indirizzo, posso ancora cambiarlo? grazie mille, Giulia",
            "posso ancora cambiarlo?",
            "Giulia",
        ),
        ("ru", "Указала не тот адрес, можно ещё изменить? спасибо большое, Юля", "можно ещё изменить?", "Юля"),
        (
            "hu",
            "Rossz címre rendeltem. Meg lehet még változtatni? köszönöm szépen, Kati",
            "Meg lehet még változtatni?",
            "Kati",
        ),
    ],
)
def test_question_is_heard_before_thanks_in_small_letters(lang: str, text: str, asked: str, name: str) -> None:
    """Who thanks behind the question asks all the same, and is met as somebody who asks."""
    message = read_message(text, lang, "en")

    assert [each.text.endswith(asked) for each in message.questions] == [True]
    assert message.situation == "neutral"
    assert message.variables["customer.name"] == name


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "I was charged twice. What is going on? Also how do I delete my account, I've had enough."),
        ("it", "Mi avete addebitato due volte. Come mai? E poi come faccio a cancellare l'account, sono stufo."),
        ("ru", "С меня дважды списали деньги. Почему? И ещё как удалить аккаунт, надоело."),
        ("hu", "Kétszer vonták le. Miért? Hogyan tudom törölni a fiókomat, elég volt."),
    ],
)
def test_second_question_without_a_mark_is_heard(lang: str, text: str) -> None:
    """A comma and a full stop do not make a statement of `how do I …`."""
    assert len(read_message(text, lang, "en").questions) == 2


def test_marks_behind_thanks_are_no_anger() -> None:
    """Three marks complain only where something is complained of."""
    assert read_message("Где моя посылка A-12345?? Спасибо большое!!!", "ru", "ru").situation == "delay"
    assert read_message("Где моя посылка A-12345???", "ru", "ru").situation == "anger"


def test_praise_beside_a_question_is_thanked_for() -> None:
    """More than a courtesy: the reply begins with it."""
    text = "The kettle is wonderful, thank you so much for the quick delivery! Can I get an invoice?"

    assert read_message(text, "en", "en").situation == "thanks"
