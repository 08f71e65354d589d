"""The letters in the bytes of an uploaded text."""

from __future__ import annotations

import pytest

from media_items.text_encodings import reading_as, readings, telling_lines

RUSSIAN = "Добро пожаловать на лекцию о клетках"
TEXTS = [
    ("cp1251", RUSSIAN),
    ("koi8-r", RUSSIAN),
    ("cp1250", "Dziś porozmawiamy o żółci i śledzionie."),
    ("cp1250", "Dnes si povíme něco o buňkách, jejich dělení a životě."),
    ("cp1252", "Aujourd’hui nous étudions la cellule et sa séparation à l’œil."),
    ("cp1252", "Müller;Jürgen;jm@example.org\nPeña;José;jp@example.org"),
    ("cp1253", "Καλημέρα σας, σήμερα θα μιλήσουμε για τα κύτταρα"),
    ("cp1254", "Bugün hücre bölünmesini konuşacağız, şimdi başlıyoruz."),
    ("cp1255", "יוסי כהן;yossi@example.org\nשרה לוי;sara@example.org"),
    ("cp1256", "مرحبا بكم في محاضرة اليوم عن الخلايا"),
    ("cp1257", "Šiandien kalbėsime apie ląsteles ir jų dalijimąsi."),
    ("cp874", "สวัสดีครับ วันนี้เราจะพูดถึงเซลล์"),
    ("euc-kr", "안녕하세요. 오늘은 세포에 대해 이야기합니다."),
    ("shift_jis", "こんにちは。今日は細胞分裂について話します。"),
    ("euc-jp", "こんにちは。今日は細胞分裂について話します。"),
    ("iso2022-jp", "こんにちは。今日は細胞分裂について話します。"),
    ("gb18030", "大家好，今天我们讲细胞分裂。"),
    ("big5", "大家好，今天我們講細胞分裂。"),
]


@pytest.mark.parametrize(("encoding", "text"), TEXTS)
def test_the_likeliest_reading_of_older_text_is_its_own_letters(encoding: str, text: str) -> None:
    assert readings(text.encode(encoding))[0].text == text


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
@pytest.mark.parametrize("text", ["Ada Lovelace\nGrace", "1\n00:00:01 Добро\n", "line\nשרה לוי\n"])
def test_unicode_is_certain(encoding: str, text: str) -> None:
    (reading,) = readings(text.encode(encoding))
    assert (reading.text, reading.certain) == (text, True)


def test_a_long_text_on_which_both_opinions_agree_is_certain_and_a_short_one_is_asked_about() -> (
    None
):
    assert [one.certain for one in readings(RUSSIAN.encode("cp1251"))] == [True]
    short = readings("Añb;Müller".encode("cp1252"))
    assert len(short) > 3
    assert not any(one.certain for one in short)


def test_no_two_readings_are_the_same_and_each_can_be_chosen() -> None:
    data = "Müller, Peña".encode("cp1252")
    found = readings(data)
    assert len({one.text for one in found}) == len(found)
    for one in found:
        assert reading_as(data, one.encoding) == one
    assert reading_as(data, "rot13") is None
    assert reading_as(data, "") is None


def test_one_byte_of_another_encoding_does_not_garble_a_text_in_utf_8() -> None:
    data = "שלום לכולם, היום נדבר על תאים\n".encode() * 3 + "Peña".encode("cp1252")
    first = readings(data)[0]
    assert first.text.endswith("Peña")
    assert first.text.startswith("שלום לכולם")
    assert not first.certain


@pytest.mark.parametrize("data", [b"\x00\x01\x02\x00\x00\xff", b"PK\x03\x04\x00\x00\x08\x00"])
def test_what_is_no_text_has_no_reading(data: bytes) -> None:
    assert readings(data) == []


def test_every_sequence_of_bytes_without_zeros_has_a_reading() -> None:
    assert readings(bytes(range(1, 256)))
    assert readings(b"\xff\xfe\x41")


def test_the_lines_shown_of_a_reading_are_those_with_the_letters_in_question() -> None:
    data = "1\n00:00:01,000 --> 00:00:02,000\nDziś żółć\n".encode("cp1250")
    assert telling_lines(readings(data)[0]) == ["Dziś żółć"]
