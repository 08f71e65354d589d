"""Pictures go out and come in again, with their alternative text; hostile ones are refused by
name, and the question comes without."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from media_items.processing.pictures import clean_whole_picture
from media_items.quizzes.content import Content
from media_items.quizzes.interchange.files import read_file
from media_items.quizzes.interchange.formats import FORMATS
from media_items.quizzes.interchange.narrowing import Loss, narrowed
from media_items.quizzes.interchange.neutral import Bank, NotReadable
from media_items.quizzes.interchange.sheet import read_sheet
from media_items.quizzes.interchange.template import sheet
from tests.media_items.quizzes.interchange.questions import contents, inline_texts

pytestmark = pytest.mark.no_database

WITH_PICTURES = [name for name, one in FORMATS.items() if Loss.PICTURE not in one.carries.loses]
ALTS = st.one_of(
    st.just(""),
    inline_texts,
    st.sampled_from(['"quoted" & <b>', "תא חי", "a' b", "]]> <!-- -->", "$x$ \\(y\\)", "&amp;lt;"]),
)


def png(size=(24, 16), colour="teal"):
    out = io.BytesIO()
    Image.new("RGBA", size, colour).save(out, "PNG")
    return out.getvalue()


def is_same(one, other):
    """As two pictures are of which one was encoded anew."""
    first, second = (Image.open(io.BytesIO(x)).convert("RGB") for x in (one, other))
    if first.size != second.size:
        return False
    return max(ImageStat.Stat(ImageChops.difference(first, second)).mean) < 4


OURS = {
    f"p{number}": clean_whole_picture(io.BytesIO(png((20 + number, 16), colour)))
    for number, colour in enumerate(["teal", "white", "black", "crimson"])
}


@st.composite
def illustrated(draw):
    return Content(
        tuple(
            replace(one, picture=picture, picture_alt=draw(ALTS) if picture else "")
            for one in draw(contents()).questions
            for picture in [draw(st.sampled_from(["", *OURS]))]
        )
    )


def test_all_formats_but_plain_texts_carry_pictures():
    assert set(FORMATS) - set(WITH_PICTURES) == {"gift", "csv"}


@pytest.mark.parametrize("form", WITH_PICTURES)
@given(content=illustrated())
def test_a_picture_comes_back_with_its_text(form, content):
    made = FORMATS[form]
    left = narrowed(content, made.carries).content
    if not left.questions:
        return
    bank = read_file(made.write(left, OURS, "Bilder & mehr"))
    for was, found in zip(left.questions, bank.found, strict=True):
        assert found.question.picture_alt == " ".join(was.picture_alt.split())
        assert bool(found.question.picture) == bool(was.picture)
        if was.picture:
            assert is_same(bank.pictures[found.question.picture], OURS[was.picture])
    assert len(bank.pictures) == len({one.picture for one in left.questions if one.picture})


@pytest.mark.parametrize("form", ["gift", "csv"])
def test_a_format_without_pictures_says_so(form):
    question = replace(read_sheet(sheet()).found[0].question, picture="p0", picture_alt="x")
    made = narrowed(Content((question,)), FORMATS[form].carries)
    assert made.losses[Loss.PICTURE] == [1]
    assert made.content.questions[0].picture_alt == ""


# --- of somebody else -----------------------------------------------------------------------------


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width=60_000, height=60_000):
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def text_bomb():
    text = chunk(b"zTXt", b"x\0\0" + zlib.compress(b"a" * 80_000_000))
    return png()[:33] + text + png()[33:]


def animated():
    out = io.BytesIO()
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    return out.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HOSTILE = {
    "script.svg": SVG,
    "script.png": SVG,
    "bomb.png": bomb(),
    "text.png": text_bomb(),
    "half.png": png((500, 500))[:60],
    "page.png": b"<html><script>alert(1)</script></html>",
    "old.tiff": b"II*\0" + b"\0" * 40,
    "draw.eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "loop.png": animated(),
    "nothing.png": b"\0",
}


def as_base64(data):
    return base64.b64encode(data).decode()


def in_moodle(name, data):
    html = f'<p>Q <img src="@@PLUGINFILE@@/{name}" alt="A cell"></p>'
    return (
        f'<quiz><question type="essay"><questiontext format="html"><text><![CDATA[{html}]]></text>'
        f'<file name="{name}" encoding="base64">{as_base64(data)}</file>'
        "</questiontext></question></quiz>"
    ).encode()


def package(source, *entries):
    item = (
        '<assessmentItem title="x"><itemBody><p>Q '
        f'<img src="{source}" alt="A cell"/></p><extendedTextInteraction responseIdentifier="R"/>'
        "</itemBody></assessmentItem>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("items/1.xml", item)
        for name, data in entries:
            made.writestr(name, data)
    return out.getvalue()


def only(data) -> tuple[Bank, object]:
    bank = read_file(data)
    (found,) = bank.found
    return bank, found


def in_canvas(name, data):
    escaped = f'&lt;p&gt;Q &lt;img src="$IMS-CC-FILEBASE$/a%20b/{name}" alt="A cell"&gt;&lt;/p&gt;'
    quiz = (
        '<questestinterop><item title="x"><presentation><material><mattext texttype="text/html">'
        f'{escaped}</mattext></material><response_str ident="r"><render_fib/></response_str>'
        "</presentation></item></questestinterop>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("quiz/quiz.xml", quiz)
        made.writestr(f"web_resources/a b/{name}", data)
    return out.getvalue()


CARRIERS = {
    "moodle": in_moodle,
    "qti": lambda name, data: package(f"pictures/{name}", (f"items/pictures/{name}", data)),
    "canvas": in_canvas,
}


@pytest.mark.parametrize("carrier", list(CARRIERS))
def test_a_png_of_another_system_is_taken(carrier):
    bank, found = only(CARRIERS[carrier]("cell.png", png()))
    assert found.question.picture_alt == "A cell"
    assert is_same(bank.pictures[found.question.picture], png())


@pytest.mark.parametrize("carrier", list(CARRIERS))
@pytest.mark.parametrize("name", list(HOSTILE))
def test_a_hostile_picture_is_refused_by_name_and_the_question_comes_without(carrier, name):
    bank, found = only(CARRIERS[carrier](name, HOSTILE[name]))
    assert bank.pictures == {}
    assert found.question.picture == ""
    assert any(note.startswith(f"{name}: ") for note in found.notes), found.notes
    assert "A picture is not in the file" not in " ".join(found.notes)


@pytest.mark.parametrize(
    "source",
    [
        "/etc/passwd", "file:///etc/passwd", "../../../../etc/passwd", "http://127.0.0.1:9/cell.gif",
        "//127.0.0.1/x.png", "..%2f..%2fsecret.png", "items/1.xml/../../x.png", "data:image/png,x",
    ],
)  # fmt: skip
def test_an_address_that_leads_elsewhere_is_no_picture_of_the_file(source):
    bank, found = only(package(source, ("items/pictures/cell.png", png())))
    assert bank.pictures == {}
    assert "A picture is not in the file. Add it by hand." in found.notes


@pytest.mark.parametrize("name", ["../cell.png", "/cell.png", "a/../../cell.png", "C:cell.png"])
def test_a_picture_whose_name_leads_out_of_the_package_refuses_it_whole(name):
    with pytest.raises(NotReadable, match="names that lead outside"):
        read_file(package(name, (name, png())))


def test_another_picture_is_named_and_not_kept():
    html = "".join(f'<img src="@@PLUGINFILE@@/{n}.png" alt="n{n}">' for n in range(3))
    files = "".join(
        f'<file name="{n}.png" encoding="base64">{as_base64(png((9 + n, 9)))}</file>'
        for n in range(3)
    )
    bank, found = only(
        '<quiz><question type="essay"><questiontext format="html"><text>'
        f"<![CDATA[Q {html}]]></text>{files}</questiontext></question></quiz>".encode()
    )
    assert len(bank.pictures) == 1
    assert found.question.picture_alt == "n0"
    assert "Another one was left out" in " ".join(found.notes)
