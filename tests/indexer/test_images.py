"""Images: what they are by content, how large, and what is refused before it reaches an edition."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.images import MAX_IMAGE_BYTES, ImageFault, read_image
from indexer.problems import Problem, Severity
from kb.article import Image
from tests.indexer.pictures import SVG, avif, gif, jpeg, png, webp
from tests.indexer.samples import errors, library, page


def read(tmp_path: Path, content: bytes, name: str = "box.png") -> Image:
    (tmp_path / name).write_bytes(content)
    return read_image(tmp_path, name)


def fault(root: Path, path: str = "box.png") -> ImageFault:
    with pytest.raises(ImageFault) as told:
        read_image(root, path)
    return told.value


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (png(640, 480), "image/png"),
        (jpeg(640, 480), "image/jpeg"),
        (gif(640, 480), "image/gif"),
        (webp(640, 480), "image/webp"),
        (avif(640, 480), "image/avif"),
        (b'<svg width="640" height="480"/>', "image/svg+xml"),
    ],
)
def test_content_says_type_and_size(tmp_path: Path, content: bytes, kind: str) -> None:
    """The name may lie: a browser that is told not to guess must be told the truth."""
    read_as = read(tmp_path, content, "whatever.bin")

    assert read_as == Image("whatever.bin", hashlib.sha256(content).hexdigest()[:16], kind, 640, 480)


def test_turned_photo_has_the_size_it_is_shown_in(tmp_path: Path) -> None:
    """A phone stores an upright photo lying; the page must keep an upright place for it."""
    image = read(tmp_path, jpeg(640, 480, orientation=6))

    assert (image.width, image.height) == (480, 640)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        pytest.param('<svg width="10" height="20">', (10, 20), id="stated"),
        pytest.param("<svg width='10px' height='20.5px'>", (10, 20), id="pixels"),
        pytest.param('<svg viewBox="0 0 30 40">', (30, 40), id="view box"),
        pytest.param('<svg viewBox="-5,-5,30,40" width="100%">', (30, 40), id="view box with commas, width in percent"),
        pytest.param('<svg stroke-width="3" viewBox="0 0 30 40" >', (30, 40), id="other widths"),
        pytest.param('<svg xmlns="x">', (0, 0), id="none"),
        pytest.param('<svg viewBox="0 0 0 0">', (0, 0), id="nothing"),
        pytest.param(
            '\ufeff<?xml version="1.0"?>\n<!-- a <svg width="1"> -->\n<svg viewBox="0 0 3 4">', (3, 4), id="XML"
        ),
        pytest.param('<!DOCTYPE svg [<!ENTITY a "b">]><svg viewBox="0 0 3 4">', (3, 4), id="document type"),
        pytest.param('<s:svg xmlns:s="http://www.w3.org/2000/svg" viewBox="0 0 3 4">', (3, 4), id="prefix"),
    ],
)
def test_svg_tells_its_size_in_many_ways(tmp_path: Path, text: str, size: tuple[int, int]) -> None:
    """The page keeps the right place for a drawing, or none when it does not say."""
    image = read(tmp_path, text.encode())

    assert (image.type, image.width, image.height) == ("image/svg+xml", *size)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"", "no image", id="empty"),
        pytest.param(b"<html><svg></svg></html>", "no image", id="page with a drawing in it"),
        pytest.param(b"<svgx/>", "no image", id="another element"),
        pytest.param("<svg>".encode("utf-16"), "no image", id="UTF-16"),
        pytest.param(b"%PDF-1.7", "no image", id="PDF"),
        pytest.param(b"\0\0\x01\0\x01\0", "no image", id="icon"),
        pytest.param(b"BM" + bytes(60), "no image", id="bitmap"),
        pytest.param(b"MM\0*" + bytes(60), "no image", id="TIFF"),
        pytest.param(b"\0\0\0\x18ftypheic" + bytes(60), "no image", id="HEIC"),
        pytest.param(png(640, 480)[:20], "damaged", id="cut off"),
        pytest.param(png(0, 480), "damaged", id="no width"),
        pytest.param(b"RIFF\0\0\0\0WEBPxxxx" + bytes(60), "damaged", id="unknown WebP"),
        pytest.param(png(8000, 5001), "8000 × 5001", id="too many pixels"),
        pytest.param(png(2**31, 2**31), "pixels", id="bomb"),
        pytest.param(png(6, 4) + bytes(MAX_IMAGE_BYTES), "larger than 5 MB", id="too large"),
    ],
)
def test_what_cannot_be_shown_is_told(tmp_path: Path, content: bytes, expected: str) -> None:
    """Its message names the file, and a hint says what to do."""
    (tmp_path / "box.png").write_bytes(content)
    told = fault(tmp_path)

    assert expected in told.message
    assert "box.png" in told.message
    assert told.hint
    assert (told.code, told.is_error) == ("image", False)


def test_largest_image_is_shown(tmp_path: Path) -> None:
    """The limits are what may be, not what may not."""
    content = png(8000, 5000)

    assert read(tmp_path, content + bytes(MAX_IMAGE_BYTES - len(content))).width == 8000


def test_pointer_of_large_file_storage_is_recognised(tmp_path: Path) -> None:
    """Who forgot to fetch the files behind the pointers learns what to run."""
    (tmp_path / "box.png").write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")

    assert "git lfs pull" in fault(tmp_path).hint


@pytest.mark.parametrize("path", ["nothing.png", "none/box.png", "file/box.png", "folder", "a\0b.png", "x" * 300])
def test_missing_image_is_a_warning(tmp_path: Path, path: str) -> None:
    """A forgotten file never stops a publish."""
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    told = fault(tmp_path, path)

    assert (told.code, told.is_error) == ("missing-image", False)


def _link(root: Path) -> None:
    (root / "box.png").symlink_to(root.parent / "outside.png")


def _inner_link(root: Path) -> None:
    (root / "box.png").symlink_to(root / "real.png")


def _link_to_nothing(root: Path) -> None:
    (root / "box.png").symlink_to("nowhere")


def _pipe(root: Path) -> None:
    os.mkfifo(root / "box.png")


@pytest.mark.parametrize("put", [_link, _inner_link, _link_to_nothing, _pipe])
def test_links_and_devices_are_errors(tmp_path: Path, put: Callable[[Path], None]) -> None:
    """What may lead to files outside of articles/ stops the publish, and no pipe is waited for."""
    root = tmp_path / "articles"
    root.mkdir()
    for name in ("outside.png", "articles/real.png"):
        (tmp_path / name).write_bytes(png(6, 4))
    put(root)
    told = fault(root)

    assert (told.code, told.is_error) == ("image-path", True)


def test_folder_that_is_a_link_is_an_error(tmp_path: Path) -> None:
    """A link halfway leads out as well."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/box.png").write_bytes(png(6, 4))
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles/images").symlink_to(tmp_path / "elsewhere")

    assert fault(tmp_path / "articles", "images/box.png").is_error


def test_articles_may_be_a_link_themselves(tmp_path: Path) -> None:
    """Tools that fetch a repository put a link to the newest copy where articles/ is expected."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real/box.png").write_bytes(png(6, 4))
    (tmp_path / "articles").symlink_to(tmp_path / "real")

    assert read_image(tmp_path / "articles", "box.png").width == 6


@pytest.mark.parametrize("piece", [b"<!--", b"<!-- -->", b"<?x?>", b"<!DOCTYPE [", b"<svg "])
def test_hostile_text_does_not_hold_up_a_publish(tmp_path: Path, piece: bytes) -> None:
    """Reading takes about as long as for any file of that size, however it is nested."""
    (tmp_path / "box.png").write_bytes(bytes(MAX_IMAGE_BYTES))
    start = time.process_time()
    fault(tmp_path)
    ordinary = time.process_time() - start
    (tmp_path / "box.png").write_bytes(piece * (MAX_IMAGE_BYTES // len(piece)))
    start = time.process_time()
    fault(tmp_path)

    assert time.process_time() - start < 100 * ordinary + 1


def problems(root: Path, body: str, files: dict[str, bytes] | None = None) -> list[Problem]:
    """Return what is told of an article with this text about its images."""
    found = library(root, {"en/returns/a.md": page(body), **(files or {})})
    return [each for each in found.all_problems() if each.code != "phrases"]


@pytest.mark.parametrize(
    ("body", "code", "severity"),
    [
        pytest.param("![x](../../images/none.png)", "missing-image", Severity.WARNING, id="missing"),
        pytest.param("![x](../../images/text.png)", "image", Severity.WARNING, id="no image"),
        pytest.param("![x](../../../secret.png)", "image-path", Severity.ERROR, id="outside"),
        pytest.param("![x](/../secret.png)", "image-path", Severity.ERROR, id="outside from the root"),
        pytest.param("![x](%2e%2e/../../box.png)", "image-path", Severity.ERROR, id="outside, disguised"),
        pytest.param("![x](../../images)", "missing-image", Severity.WARNING, id="a folder"),
        pytest.param("![x](https://example.org/x.png)", "remote-image", Severity.WARNING, id="of another site"),
        pytest.param("![](../../images/box.png)", "no-alt", Severity.WARNING, id="no text"),
        pytest.param("![ ](../../images/box.png)", "no-alt", Severity.WARNING, id="blank text"),
        pytest.param(":::agent\n![x](../../images/box.png)\n:::", "note-image", Severity.WARNING, id="in a note"),
    ],
)
def test_fault_is_told_where_the_image_is_shown(tmp_path: Path, body: str, code: str, severity: Severity) -> None:
    """Each has its line and a hint; only what leaves the folder stops a publish."""
    files = {"images/box.png": png(6, 4), "images/text.png": b"text"}
    told = problems(tmp_path, f"Text\nand\n\n{body}\n", files)

    assert [(each.code, each.severity, each.line) for each in told] == [(code, severity, 10)]
    assert told[0].path == f"{tmp_path}/en/returns/a.md"
    assert told[0].hint


def test_fault_is_told_at_every_place(tmp_path: Path) -> None:
    """Who mends one article finds the others too."""
    missing = page("![x](/images/none.png)")
    found = library(tmp_path, {"en/returns/a.md": missing, "en/returns/b.md": missing})
    told = [Path(each.path).name for each in found.problems if each.code == "missing-image"]

    assert told == ["a.md", "b.md"]


def test_good_images_are_left_in_peace(tmp_path: Path) -> None:
    """Beside the article, in images/, from the root and twice: all the same, and nothing to say."""
    body = "![a](box.png) ![b](../../images/box.png?raw=true)\n![c](/images/box.png) ![d](/images/my%20box.png)"
    files = {name: png(6, 4) for name in ("images/box.png", "images/my box.png", "en/returns/box.png")}

    assert problems(tmp_path, body, files) == []


def test_article_with_an_image_from_outside_is_left_out(tmp_path: Path) -> None:
    """With --keep-going the others are published, and not even the name of the file is read."""
    found = library(tmp_path, {"en/returns/a.md": page("![x](../../../etc/passwd)")})

    assert errors(found.all_problems()) == ["image-path"]
    assert found.images == {}


def test_images_belong_to_the_articles_that_show_them(tmp_path: Path) -> None:
    """What decides which half gets which bytes: the article itself, not the folder."""
    files: dict[str, str | bytes] = {f"images/{name}.png": png(6, 4 + at) for at, name in enumerate("abcl")}
    files["images/logo.svg"] = SVG
    files["store.yaml"] = "languages: [en]\ntheme: {logo: images/logo.svg}\n"
    bodies = {"one": "![x](/images/a.png) ![y](/images/none.png)", "two": "![x](/images/b.png)\n\n:::agent\nx\n:::"}
    found = library(tmp_path, {**files, **{f"en/returns/{name}.md": page(body) for name, body in bodies.items()}})
    one, two = found.drafts

    assert [image.path for image in found.images_of([one])] == ["images/a.png"]
    assert [image.path for image in found.images_of([two], with_theme=True)] == ["images/b.png", "images/logo.svg"]
    assert {path.name for path in found.image_files().values()} == {"a.png", "b.png", "logo.svg"}
