"""Scripts are modules without a bundler: what is collected imports hashed files that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

from config.static_files import StaticFilesStorage

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "static" / "js"
HASH = re.compile(r"\.[0-9a-f]{12}(?=\.\w+$)")
# As a browser reads them: of what is outside comments.
IMPORT = re.compile(r"""(?:(?<!-)\bfrom\s*|\bimport\s*\(?\s*)["']([^"']+)["']""")
COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)


def imports_of(file: Path) -> list[str]:
    return IMPORT.findall(COMMENT.sub("", file.read_text("utf-8")))


def sources() -> list[Path]:
    return sorted(SCRIPTS.rglob("*.js"))


@pytest.fixture(scope="module")
def collected(tmp_path_factory, django_db_blocker):
    from django.test import override_settings

    folder = tmp_path_factory.mktemp("static")
    storages = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "config.static_files.StaticFilesStorage"},
    }
    with override_settings(STATIC_ROOT=folder, STORAGES=storages, DEBUG=False):
        call_command("collectstatic", interactive=False, verbosity=0)
        addresses = {
            str(file.relative_to(ROOT / "static")): staticfiles_storage.url(
                str(file.relative_to(ROOT / "static"))
            )
            for file in sources()
        }
    return folder, addresses


def test_the_site_uses_this_storage():
    text = (ROOT / "config" / "settings.py").read_text("utf-8")
    assert '"staticfiles": {"BACKEND": "config.static_files.StaticFilesStorage"}' in text


def test_every_module_that_is_collected_imports_hashed_files_that_are_there(collected):
    folder, addresses = collected
    imports = 0
    for address in addresses.values():
        file = folder / address.removeprefix("/static/")
        assert HASH.search(file.name), address
        for path in imports_of(file):
            there = (file.parent / path).resolve()
            assert HASH.search(path), (address, path)
            assert there.is_file(), (address, path)
            # The very file that a page would load by its name: a module is there once.
            name = str(there.relative_to(folder))
            assert f"/static/{name}" == addresses[HASH.sub("", name)]
            imports += 1
    assert imports == sum(len(imports_of(file)) for file in sources()) > 50


def test_what_is_imported_for_later_is_rewritten_too(collected):
    folder, addresses = collected
    stage = (folder / addresses["js/stage/stage.js"].removeprefix("/static/")).read_text("utf-8")
    assert re.search(r'import\("\./mesh\.[0-9a-f]{12}\.js"\)', stage)


def test_modules_import_each_other_in_no_circle():
    """A circle has no hashes that fit: the hash of each file depends on those it imports."""
    graph = {
        file: [(file.parent / path).resolve() for path in imports_of(file)] for file in sources()
    }

    def depth(file: Path, above: tuple[Path, ...] = ()) -> int:
        assert file not in above, [one.name for one in (*above, file)]
        return 1 + max((depth(one, (*above, file)) for one in graph[file]), default=0)

    deepest = max(depth(file) for file in graph)
    assert 1 < deepest < StaticFilesStorage.max_post_process_passes


@pytest.mark.parametrize("file", sources(), ids=lambda file: str(file.relative_to(SCRIPTS)))
def test_a_script_is_a_module_whose_types_are_checked(file):
    text = file.read_text("utf-8")
    assert text.startswith("// @ts-check\n")
    assert not re.search(r"\b(?:globalThis|window)\.\w+ = ", text)
    assert not re.search(r"^\(\(\) =>|^\(function", text, re.MULTILINE)
    for path in imports_of(file):
        assert path.startswith("."), path
        assert (file.parent / path).resolve().is_relative_to(SCRIPTS)
