"""Editions on disk: whole or not at all, checked when read, the live one replaced in one rename."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from kb.article import Calibration, Image, Phrases, Reply, Supplement, Weights
from kb.corpus import Corpus
from kb.edition import ID_CHARS, Edition, EditionShelf, Half, edition_id, half_id, stacked
from kb.errors import EditionDamaged, EditionMissing
from tests.kb.fakes import a_half, a_store, an_article, an_edition

REFUND = an_article("ru/returns/refund", "Когда вернут деньги?", "За десять дней.", questions=("Где деньги?",))
NOTES = Supplement(REFUND.id, (Reply("Здравствуйте!", "apology"),), ("Ask the manager.",))
PHRASES = {"ru": Phrases({"neutral": ("Здравствуйте!",)}, {"neutral": ("С уважением",)})}


def _edition(title: str = "Where is my parcel?", model: str = "words") -> Edition:
    public = a_half([REFUND, an_article("en/delivery/parcel", title)], store=a_store(), model=model)
    return an_edition(public, a_half(supplements=[NOTES], phrases=PHRASES, model=model))


@pytest.fixture
def shelf(tmp_path: Path) -> EditionShelf:
    return EditionShelf(tmp_path)


def _age(tmp_path: Path, edition: Edition, second: int) -> None:
    os.utime(tmp_path / "editions" / edition.id / "edition.json", (second, second))


def test_edition_comes_back_as_it_was_written(shelf: EditionShelf) -> None:
    """Texts, vectors, keys and the commit survive the disk."""
    written = _edition()

    shelf.write(written)
    loaded = shelf.load(written.id)

    assert loaded.info == written.info
    assert loaded.store == a_store()
    assert (loaded.public.texts, loaded.internal.texts) == (written.public.texts, written.internal.texts)
    assert np.array_equal(loaded.public.vectors, written.public.vectors)
    assert loaded.public.vector_keys == written.public.vector_keys
    assert (loaded.public.id, loaded.public.model) == (written.public.id, "words")


def test_edition_from_before_a_new_field_can_be_read(shelf: EditionShelf, tmp_path: Path) -> None:
    """After an upgrade the old edition goes on answering: what it does not say has its default."""
    written = _edition()
    shelf.write(written)
    half = tmp_path / "editions" / written.id / "public"
    texts = json.loads((half / "texts.json").read_bytes())
    for name in ("quality", "calibration"):
        del texts["store"][name]
    (half / "texts.json").write_text(json.dumps(texts))
    manifest = json.loads((half / "manifest.json").read_bytes())
    manifest["sha256"]["texts.json"] = sha256((half / "texts.json").read_bytes()).hexdigest()
    (half / "manifest.json").write_text(json.dumps(manifest))

    assert shelf.load(written.id).store == a_store()


def test_calibration_and_demands_survive_the_disk(shelf: EditionShelf) -> None:
    """Every process that reads the edition is as sure as the others."""
    store = replace(
        a_store(),
        quality={"first": 0.9},
        calibration=Calibration("words", Weights(-1.5, {"gap": 0.5}), Weights(2.0, {}), 0.5, 40),
    )
    written = an_edition(a_half([REFUND], store=store), a_half())
    shelf.write(written)

    assert shelf.load(written.id).store == store


def test_vectors_are_split_into_articles_passages_and_how_it_is_asked(shelf: EditionShelf) -> None:
    """Rows of articles come first; the three parts are the whole matrix, and passages have their keys."""
    shelf.write(_edition())

    half = shelf.load(_edition().id).public

    assert len(half.article_vectors) == 2
    assert len(half.passage_vectors) == len(half.texts.passages) == len(half.passage_keys)
    assert len(half.asked_vectors) == 2
    parts = [half.article_vectors, half.passage_vectors, half.asked_vectors]
    assert np.array_equal(np.concatenate(parts), half.vectors)
    assert half.vector_keys[2:-2] == half.passage_keys


def test_nothing_is_live_before_it_is_said(shelf: EditionShelf) -> None:
    """Writing an edition moves no reader."""
    shelf.write(_edition())

    assert shelf.live_id() is None
    with pytest.raises(EditionMissing):
        shelf.load_live()


def test_live_moves_to_another_edition_and_back(shelf: EditionShelf, tmp_path: Path) -> None:
    """Readers see the edition that was named last, and no half-written file is left beside it."""
    old, new = _edition(), _edition("Where is my package?")
    shelf.write(old)
    shelf.write(new)

    seen = []
    for each in (old, new, old):
        shelf.make_live(each.id)
        seen.append(shelf.load_live().id)

    assert seen == [old.id, new.id, old.id]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["editions", "live"]


def test_writing_again_changes_nothing(shelf: EditionShelf, tmp_path: Path) -> None:
    """An edition is immutable: the same id is the same content."""
    shelf.write(_edition())
    _age(tmp_path, _edition(), 1000)
    shelf.write(_edition())

    assert (tmp_path / "editions" / _edition().id / "edition.json").stat().st_mtime == 1000
    assert shelf.ids() == [_edition().id]


def test_what_an_interrupted_write_left_is_replaced(shelf: EditionShelf, tmp_path: Path) -> None:
    """Folders without the last file are no editions, and the next write of that edition takes their place."""
    edition = _edition()
    for name in (f".{edition.id}.part", edition.id):
        (tmp_path / "editions" / name / "public").mkdir(parents=True)
        (tmp_path / "editions" / name / "public" / "texts.json").write_text("{")
    assert shelf.ids() == []

    shelf.write(edition)

    assert shelf.load(edition.id).public.texts == edition.public.texts
    assert [path.name for path in (tmp_path / "editions").iterdir()] == [edition.id]


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _change(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [_truncate, _change, Path.unlink], ids=["truncated", "changed", "deleted"])
@pytest.mark.parametrize("name", ["public/texts.json", "public/vectors.npy", "internal/vectors.npy"])
def test_damaged_edition_is_noticed(
    shelf: EditionShelf, tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    """A file that is not what was written is never read as if it were; the message names it and the way out."""
    shelf.write(_edition())
    damage(tmp_path / "editions" / _edition().id / name)

    with pytest.raises(EditionDamaged) as error:
        shelf.load(_edition().id)

    assert Path(name).name in str(error.value)
    assert "--rebuild" in error.value.hint


@pytest.mark.parametrize("damage", [_truncate, Path.unlink], ids=["truncated", "deleted"])
@pytest.mark.parametrize("name", ["edition.json", "public/manifest.json", "internal/manifest.json"])
def test_edition_without_its_papers_is_damaged(
    shelf: EditionShelf, tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    """The files that describe the others are needed too."""
    shelf.write(_edition())
    damage(tmp_path / "editions" / _edition().id / name)

    with pytest.raises(EditionDamaged):
        shelf.load(_edition().id)


def test_edition_that_is_not_there_is_damaged(shelf: EditionShelf) -> None:
    """When `live` names what is gone, the reader hears it."""
    shelf.make_live("0123456789abcdef")

    with pytest.raises(EditionDamaged, match="0123456789abcdef"):
        shelf.load_live()


def test_texts_without_vectors_are_damaged(shelf: EditionShelf) -> None:
    """Row and text must correspond: a matrix that is too short would give every text another's vector."""
    whole = a_half([REFUND], store=a_store())
    short = Half(whole.id, whole.model, whole.texts, whole.vectors[:-2], whole.vector_keys[:-2])
    edition = an_edition(short, a_half())
    shelf.write(edition)

    with pytest.raises(EditionDamaged, match="vectors"):
        shelf.load(edition.id)


def test_edition_of_format_1_is_read(shelf: EditionShelf) -> None:
    """What was published before vectors of how articles are asked for existed still answers, without them."""
    whole = a_half([REFUND], store=a_store())
    before = Half(whole.id, whole.model, whole.texts, whole.vectors[:-1], whole.vector_keys[:-1])
    edition = an_edition(before, a_half())
    shelf.write(edition)

    half = shelf.load(edition.id).public

    assert half.asked_vectors.shape == (1, whole.vectors.shape[1])
    assert not half.asked_vectors.any()
    near = Corpus(a_store(), [half]).closeness(half.article_vectors[0], "en")
    assert near.asked.tolist() == [0]


def test_edition_without_a_store_is_damaged() -> None:
    """Nothing can be shown without the store's languages and contacts."""
    with pytest.raises(EditionDamaged):
        _ = an_edition(a_half([REFUND]), a_half()).store


def test_oldest_editions_go_and_the_live_one_stays(shelf: EditionShelf, tmp_path: Path) -> None:
    """Of five editions with the oldest live, keeping three keeps it and the two newest."""
    editions = [_edition(f"Title {number}") for number in range(5)]
    for number, edition in enumerate(editions):
        shelf.write(edition)
        _age(tmp_path, edition, 1000 + number)
    shelf.make_live(editions[0].id)
    assert shelf.ids() == [edition.id for edition in editions]

    gone = shelf.remove_all_but(3)

    assert gone == [editions[1].id, editions[2].id]
    assert shelf.ids() == [editions[0].id, editions[3].id, editions[4].id]
    assert shelf.load_live().id == editions[0].id


def test_few_editions_are_all_kept(shelf: EditionShelf) -> None:
    """Nothing is deleted before there are more than asked for."""
    shelf.write(_edition())
    shelf.make_live(_edition().id)

    assert shelf.remove_all_but(5) == []
    assert shelf.remove_all_but(1) == []


def test_vectors_are_known_by_model_and_key(shelf: EditionShelf, tmp_path: Path) -> None:
    """What was embedded once is found again, for the same model only; a damaged half gives nothing."""
    edition, other = _edition(), _edition("Another", model="other")
    shelf.write(edition)
    shelf.write(other)

    known = shelf.known_vectors("words")

    assert known.keys() == set(edition.public.vector_keys)
    assert np.array_equal(known[edition.public.vector_keys[0]], edition.public.vectors[0])
    _change(tmp_path / "editions" / edition.id / "public" / "vectors.npy")
    assert shelf.known_vectors("words") == {}


def test_half_ids_say_nothing_of_the_other_half() -> None:
    """An internal change leaves the public id as it is, and the other way round; the edition's id hears of both."""
    before = _edition()
    internal = an_edition(before.public, a_half(supplements=[Supplement(REFUND.id, notes=("Other.",))]))
    public = an_edition(a_half([REFUND], store=a_store()), before.internal)

    assert internal.public.id == before.public.id
    assert public.internal.id == before.internal.id
    assert len({before.id, internal.id, public.id}) == 3
    assert edition_id("a", "b") != edition_id("b", "a")


def test_half_id_is_the_hash_of_its_content() -> None:
    """The same content has the same id, in whatever order its dictionaries were filled; text and model change it."""
    hu, ru = Phrases({"neutral": ("Jó napot!",)}), PHRASES["ru"]
    half = a_half([REFUND], phrases={"hu": hu, "ru": ru})

    assert len(half.id) == ID_CHARS
    assert half.id == a_half([REFUND], phrases={"ru": ru, "hu": hu}).id
    assert half.id != a_half([REFUND], phrases={"ru": ru}).id
    assert half.id != half_id(half.texts, "other")


def test_no_vectors_make_an_empty_matrix() -> None:
    """An empty half has a matrix all the same, and numbers are of one kind."""
    assert stacked([]).shape == (0, 0)
    assert stacked([np.array([1.0, 2.0]), np.array([3.0, 4.0])]).dtype == np.float32


LOGO, SECRET = (
    Image(f"images/{name}.png", sha256(name.encode()).hexdigest()[:16], "image/png") for name in ("logo", "secret")
)


def _illustrated(tmp_path: Path, public: tuple[Image, ...] = (LOGO,)) -> tuple[Edition, dict[str, Path]]:
    """Return an edition whose halves show one image each, and the files of both."""
    edition = _edition()
    halves = [
        replace(half, texts=replace(half.texts, images=images))
        for half, images in ((edition.public, public), (edition.internal, (SECRET,)))
    ]
    files = {LOGO.file: tmp_path / "logo.png", SECRET.file: tmp_path / "secret.png"}
    for path in files.values():
        path.write_bytes(path.stem.encode())
    return replace(edition, public=halves[0], internal=halves[1]), files


def test_each_half_holds_the_images_it_shows(shelf: EditionShelf, tmp_path: Path) -> None:
    """Who may read the public half's folder finds nothing there that only agents see; equal images are there once."""
    edition, files = _illustrated(tmp_path, (LOGO, replace(LOGO, path="images/again.png")))
    shelf.write(edition, files)
    loaded = shelf.load(edition.id)

    assert loaded.public.image_path(LOGO).read_bytes() == b"logo"
    assert loaded.internal.image_path(SECRET).read_bytes() == b"secret"
    assert [path.name for path in loaded.public.image_path(LOGO).parent.iterdir()] == [LOGO.file]


def test_changed_image_changes_the_id_of_its_half() -> None:
    """An image is content like any text: another one is another edition."""
    texts = _edition().public.texts
    ids = {half_id(replace(texts, images=images), "words") for images in ((), (LOGO,), (replace(LOGO, hash="0" * 16),))}

    assert len(ids) == 3


@pytest.mark.parametrize("damage", [_truncate, _change, Path.unlink], ids=["truncated", "changed", "deleted"])
def test_damaged_image_is_noticed(shelf: EditionShelf, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    """What is served for ever under its hash must be what the hash says."""
    edition, files = _illustrated(tmp_path)
    shelf.write(edition, files)
    damage(shelf.load(edition.id).public.image_path(LOGO))

    with pytest.raises(EditionDamaged):
        shelf.load(edition.id)


@pytest.mark.parametrize("damage", [_change, Path.unlink], ids=["changed", "deleted"])
def test_image_that_changes_under_a_publish_stops_it(
    shelf: EditionShelf, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    """Between the check and the copy an editor may save; the edition is not written, and the next run reads anew."""
    edition, files = _illustrated(tmp_path)
    damage(files[LOGO.file])

    with pytest.raises(EditionDamaged, match="changed while it was being published"):
        shelf.write(edition, files)
    assert shelf.ids() == []


def test_vectors_are_reused_from_an_edition_with_a_damaged_image(shelf: EditionShelf, tmp_path: Path) -> None:
    """Reading the vectors of all editions does not read all their images."""
    edition, files = _illustrated(tmp_path)
    shelf.write(edition, files)
    shelf.load(edition.id).public.image_path(LOGO).unlink()

    assert set(edition.public.vector_keys) <= shelf.known_vectors("words").keys()


def test_half_that_was_never_written_has_no_files() -> None:
    """Asking it for one is a fault of ours, told as such."""
    with pytest.raises(EditionDamaged):
        _edition().public.image_path(LOGO)


def test_images_of_an_edition_before_are_taken_from_it(shelf: EditionShelf, tmp_path: Path) -> None:
    """Who goes back to an old state needs no articles/ folder of that day."""
    edition, files = _illustrated(tmp_path)
    shelf.write(edition, files)
    other = replace(edition, info=replace(edition.info, id="another"), internal=a_half(model="words"))
    shelf.write(other)

    assert shelf.load("another").public.image_path(LOGO).read_bytes() == b"logo"
