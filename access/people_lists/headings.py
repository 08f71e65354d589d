"""What the headings of columns mean, in the languages and programs that lists come from."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

LONGEST_HEADING = 100  # characters


class Column(StrEnum):
    """What stands in a column. Without a meaning it is left out."""

    NOTHING = ""
    EMAIL = "email"
    FIRST = "first"
    LAST = "last"
    FULL = "full"
    ROLE = "role"


# Part of a word is enough: “E-mail 1 - Value”, “E-mailadres”, “User Email”.
_EMAIL = """
    mail|courriel|correo|почт|пошт|דואל|מייל|بريد|إيميل|邮箱|邮件|信箱|郵件|メール|이메일|메일|
    sähköposti|e-post|epost|ηλεκτρονικ|emajl|e-mél
"""
# The whole heading; it may be that of streets, too.
_ADDRESS = """
    address|addresses|upn|adresse|adresses|adressen|adresse électronique|direccion|dirección|
    indirizzo|endereço|adres|adress|adresa|adrese|адрес|адреса|כתובת|כתובות|العنوان|地址|住所|주소
"""
_NOT_EMAIL = re.compile(r"label|type|manager|supervisor|parent|advisor|vorgesetzt|eltern")

_FIRST = """
    first name|firstname|first|given name|givenname|given names|forename|preferred name|vorname|
    rufname|prénom|prenom|nombre|nombres|nome próprio|primeiro nome|nome|voornaam|roepnaam|fornavn|
    förnamn|fornamn|etunimi|imię|imie|jméno|jmeno|křestní jméno|meno|keresztnév|utónév|prenume|ime|
    имя|імя|ім'я|име|όνομα|ad|adı|isim|שם פרטי|الاسم الأول|الاسم الاول|نام|名|名字|이름|ten|tên
"""
_LAST = """
    last name|lastname|last|surname|family name|familyname|nachname|familienname|zuname|
    nom|nom de famille|apellido|apellidos|cognome|sobrenome|apelido|achternaam|familienaam|
    etternavn|efternavn|efternamn|sukunimi|nazwisko|příjmení|prijmeni|priezvisko|vezetéknév|családnév|nume|
    prezime|priimek|фамилия|прізвище|фамилно име|επώνυμο|επίθετο|soyad|soyadı|soyisim|שם משפחה|
    اسم العائلة|اللقب|نام خانوادگی|姓|姓氏|성|họ
"""
_FULL = """
    name|full name|fullname|display name|displayname|student|student name|participant|
    participant name|attendee|attendee name|user|user name|learner|last name, first name|
    first name last name|name, first name|nachname, vorname|name, vorname|vollständiger name|
    teilnehmer|teilnehmerin|teilnehmer/in|studierende|nom complet|nom et prénom|nom, prénom|
    étudiant|nombre completo|apellidos y nombre|apellidos, nombre|alumno|nome completo|
    nome e cognome|volledige naam|naam|navn|fulde navn|namn|nimi|koko nimi|imię i nazwisko|
    jméno a příjmení|név|teljes név|фио|ф.и.о.|полное имя|піб|ονοματεπώνυμο|
    ad soyad|adı soyadı|שם|שם מלא|الاسم|
    الاسم الكامل|نام و نام خانوادگی|姓名|氏名|名前|お名前|성명
"""
_ROLE = """
    role|roles|rolle|rôle|rôles|statut|fonction|funktion|rol|ruolo|papel|função|rola|uloga|rooli|szerep|роль|ρόλος|rolü|תפקיד|
    الدور|نقش|角色|役割|역할
"""
# Beside those of columns, what stands alone above people.
_TITLES = """
    participants|students|attendees|learners|users|people|guests|invitees|members|list|names|
    first|last|nr|no|#|id|group|course|teilnehmende|teilnehmer|teilnehmerliste|gäste|étudiants|
    participantes|alumnos|studenti|studenten|deelnemers|addresses|adressen|and|und|et|y|e|&|of|for
"""


def _known(words: str) -> frozenset[str]:
    return frozenset(_plain(word) for word in words.split("|"))


def _plain(heading: str) -> str:
    text = unicodedata.normalize("NFKC", heading).casefold()
    text = re.sub(r"\([^()]*\)", " ", text)  # Name (Original Name)
    text = re.sub(r"[\"“”״'׳’*:\ufeff]", "", text).replace("_", " ")
    return re.sub(r"\s*,\s*", ", ", " ".join(text.split()))


_ADDRESSES = _known(_EMAIL)
_ADDRESS_ALONE = _known(_ADDRESS)
_NAMES = {
    Column.FIRST: _known(_FIRST),
    Column.LAST: _known(_LAST),
    Column.FULL: _known(_FULL),
    Column.ROLE: _known(_ROLE),
}
_ALONE = _known(_TITLES)
_MOST_WORDS = 8


@lru_cache(maxsize=2_000)
def meaning_of(heading: str) -> Column:
    if len(heading) > LONGEST_HEADING:
        return Column.NOTHING
    plain = _plain(heading)
    for column, known in _NAMES.items():
        if plain in known:
            return column
    is_email = any(word in plain for word in _ADDRESSES) or plain in _ADDRESS_ALONE
    return Column.EMAIL if is_email and not _NOT_EMAIL.search(plain) else Column.NOTHING


def is_heading_line(text: str) -> bool:
    """Whether a line stands above people and is none of them: `Participants:`, `Name`,
    `First name and e-mail`."""
    cells = re.split(r"[,;|\t]", text.strip(" \t,;|"))
    if "@" not in text and len(cells) > 1 and all(map(_means_something, cells)):
        return True
    words = re.split(r"[\s,;|]+", text.strip(" \t,;|"))
    if "@" in text or not words[0] or len(words) > _MOST_WORDS:
        return False
    plain = _plain(text).strip(" :.-–")
    if meaning_of(plain) != Column.NOTHING or plain in _ALONE:
        return True
    return all(_means_something(word) for word in words)


def _means_something(word: str) -> bool:
    plain = _plain(word).strip(" :.-–")
    return meaning_of(plain) != Column.NOTHING or plain in _ALONE
