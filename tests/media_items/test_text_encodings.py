"""The letters in the bytes of an uploaded text."""

from __future__ import annotations

import pytest

from media_items import text_encodings
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


@pytest.mark.parametrize(
    "data",
    [
        b"\x80" * 5_000_000,
        b"\xe9a\n" * 1_700_000,
        b"a\n" * 2_000_000 + b"\xe9" * 1_000_000,
        bytes(range(0x80, 0x100)) * 40_000,
        b"\x1b" * 5_000_000,
    ],
    ids=["one byte", "lines", "late", "all bytes", "escapes"],
)
def test_a_large_file_is_read_whole_only_in_the_likeliest_letters(
    data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    for name in ("_strictly", "_has_controls", "_mixed", "_is_mostly_utf8", "_foreign"):
        inner = getattr(text_encodings, name)

        def counted(text: object, *args: object, inner: object = inner) -> object:
            read.append(len(text))  # type: ignore[arg-type]
            return inner(text, *args)  # type: ignore[operator]

        monkeypatch.setattr(text_encodings, name, counted)
    found = readings(data)
    assert found
    assert len([size for size in read if size > 200_000]) <= 2  # as UTF-8, and as it is guessed
    assert all(len(one.sample) <= 200_000 for one in found)
    before = len(read)
    assert len(found[0].text) > 1_000_000
    assert len(read) - before <= 1


@pytest.mark.parametrize(("encoding", "text"), TEXTS)
@pytest.mark.parametrize("more", [0, 1])
def test_a_letter_that_is_cut_off_where_guessing_ends_does_no_harm(
    encoding: str, text: str, more: int
) -> None:
    data = b"x" * more + f"{text}\n".encode(encoding) * 12_000
    assert len(data) > 200_000
    assert readings(data)[0].text == data.decode(encoding)


@pytest.mark.parametrize(("encoding", "text"), TEXTS)
def test_letters_that_begin_late_are_read_as_those_at_the_start(encoding: str, text: str) -> None:
    data = b"Ada Lovelace;ada@example.org\n" * 20_000 + text.encode(encoding)
    first = readings(data)[0]
    assert first.text.endswith(text)
    assert text.splitlines()[-1] in " ".join(telling_lines(first))


def test_what_is_chosen_is_read_whole_even_where_letters_are_none() -> None:
    data = "Müller\n".encode("cp1252") * 40_000 + b"\x81"
    found = readings(data)
    assert found[0].text.startswith("Müller\n")
    for one in found:
        assert reading_as(data, one.encoding) == one
        assert one.text.count("\n") == 40_000
