import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from media_items.processing.errors import NotAcceptedFile
from media_items.processing.identify import identify
from tests.media_samples import samples


@pytest.mark.parametrize(
    ("name", "kind", "content_type", "extension"),
    [
        ("mp4", "video", "video/mp4", "mp4"),
        ("mov", "video", "video/quicktime", "mov"),
        ("webm", "video", "video/webm", "webm"),
        ("mkv_mpeg4", "video", "video/x-matroska", "mkv"),
        ("silent_mp4", "video", "video/mp4", "mp4"),
        ("wav", "audio", "audio/wav", "wav"),
        ("mp3", "audio", "audio/mpeg", "mp3"),
        ("mp3_with_cover", "audio", "audio/mpeg", "mp3"),
        ("m4a", "audio", "audio/mp4", "m4a"),
        ("flac", "audio", "audio/flac", "flac"),
        ("pdf", "document", "application/pdf", "pdf"),
    ],
)
def test_type_is_found_from_the_content(name, kind, content_type, extension):
    found = identify(getattr(samples(), name), kind=kind)
    assert (found.content_type, found.extension) == (content_type, extension)


def test_the_name_does_not_matter(tmp_path):
    path = tmp_path / "essay.docx"
    path.write_bytes(samples().mp4.read_bytes())
    assert identify(path, kind="video").extension == "mp4"


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("mp3", "video", "has sound but no video"),
        ("mp4", "audio", "This file is a video"),
        ("pdf", "video", "This file is a PDF. Choose a video."),
        ("png", "audio", "This file is a picture. Choose an audio recording."),
        ("png", "document", "This file is a picture. Export it as a PDF"),
        ("mp4", "document", "not a PDF"),
        ("encrypted_pdf", "document", "protected with a password"),
        ("broken_pdf", "document", "damaged"),
        ("truncated_mp4", "video", "could not find a video"),
        (
            "web_page_named_mp4",
            "video",
            "This file is a web page. The name of the file ends in .mp4,",
        ),
        (
            "playlist_named_mp4",
            "video",
            "This file is a playlist that points to other files.",
        ),
        (
            "concat_script_named_mp4",
            "video",
            "This file is a playlist that points to other files.",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(name, kind, reason):
    with pytest.raises(NotAcceptedFile) as refused:
        identify(getattr(samples(), name), kind=kind)
    assert reason in str(refused.value)


@pytest.mark.parametrize("kind", ["video", "audio", "document"])
def test_an_empty_file_is_refused(tmp_path, kind):
    path = tmp_path / "empty.mp4"
    path.touch()
    with pytest.raises(NotAcceptedFile, match="This file is empty"):
        identify(path, kind=kind)


def test_a_picture_named_mp4_is_called_a_picture(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(samples().png.read_bytes())
    with pytest.raises(NotAcceptedFile, match=r"a picture\. The name of the file ends in \.mp4"):
        identify(path, kind="video")


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("word/document.xml", "This file is a Word document. Export it"),
        ("ppt/presentation.xml", "This file is a PowerPoint document. Export it"),
        ("notes.txt", "This file is a ZIP archive. Export it"),
    ],
)
def test_an_office_document_is_called_by_its_program(tmp_path, inside, reason):
    path = tmp_path / "handout.pdf"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "x" * 5_000_000)
        archive.writestr(inside, "text")
    with pytest.raises(NotAcceptedFile, match=reason):
        identify(path, kind="document")


def test_random_bytes_are_no_video(tmp_path):
    path = tmp_path / "noise.mp4"
    path.write_bytes(bytes(range(256)) * 40)
    with pytest.raises(NotAcceptedFile):
        identify(path, kind="video")


def test_an_upload_on_disk_is_read_where_it_lies():
    content = samples().mp4.read_bytes()
    with TemporaryUploadedFile("a.bin", "text/plain", len(content), None) as upload:
        upload.write(content)
        assert identify(upload, kind="video").extension == "mp4"


def test_an_upload_in_memory_is_read_and_left_at_its_start():
    upload = SimpleUploadedFile("a.bin", samples().pdf.read_bytes())
    assert identify(upload, kind="document").extension == "pdf"
    assert upload.tell() == 0


def test_a_plain_file_object_is_taken_too():
    assert identify(io.BytesIO(samples().wav.read_bytes()), kind="audio").extension == "wav"
