"""
One published state of the knowledge base, as an immutable artefact on disk.

    data/editions/<id>/edition.json           commit, time of publishing
    data/editions/<id>/public/…               what customers may see
    data/editions/<id>/internal/…             what only agents may see
    data/live                                 the id that answers now

A half holds `manifest.json`, its texts as JSON, its vectors as one memory-mapped matrix, and its images in `media/`.
A half's id is the hash of its content, so the public id says nothing of what is internal. The indexer writes editions,
the service reads them; a reader sees a whole edition or none, because `live` is replaced in one rename after everything
is on disk.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np

from kb.article import Article, Image, Passage, Phrases, Store, Supplement
from kb.embedding.base import FloatMatrix
from kb.errors import EditionDamaged, EditionMissing
from kb.solutions import Solution

T = TypeVar("T")

# Part of every id: raised when the files change shape, so that an old edition is built anew instead of misread.
FORMAT = 2
ID_CHARS = 16
PUBLIC = "public"
INTERNAL = "internal"
MEDIA = "media"


@dataclass(frozen=True, slots=True)
class Texts:
    """The content of a half, without its vectors."""

    articles: tuple[Article, ...] = ()
    passages: tuple[Passage, ...] = ()
    store: Store | None = None
    """Public half only."""
    supplements: tuple[Supplement, ...] = ()
    """Internal half only."""
    phrases: dict[str, Phrases] = field(default_factory=dict)
    """Internal half only; by language."""
    solutions: tuple[Solution, ...] = ()
    """Internal half only."""
    images: tuple[Image, ...] = ()
    """Those that the half's own articles and theme show."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a half says of itself; written last, so a half without one was never finished."""

    id: str
    model: str
    vector_keys: tuple[str, ...]
    """One per row of the matrix, see `Half`. Equal keys are equal vectors, in every edition."""
    sha256: dict[str, str]


@dataclass(frozen=True, slots=True)
class Half:
    """The public or the internal part of an edition."""

    id: str
    model: str
    texts: Texts
    vectors: FloatMatrix
    """Rows: articles, passages, and once more articles, as they are asked for."""
    vector_keys: tuple[str, ...]
    folder: Path | None = field(default=None, compare=False)
    """Where it was read from; None for one that was not written yet."""

    def image_path(self, image: Image) -> Path:
        """Return the file of one of its images. Raises EditionDamaged when the half was never written."""
        if self.folder is None:
            raise EditionDamaged(f"Half {self.id} is not on disk.", "Run `kb index`.")
        return self.folder / MEDIA / image.file

    @property
    def article_vectors(self) -> FloatMatrix:
        """Row per article: the whole of it."""
        return self.vectors[: len(self.texts.articles)]

    @property
    def passage_vectors(self) -> FloatMatrix:
        """Row per passage."""
        return self.vectors[self._passage_rows]

    @property
    def passage_keys(self) -> tuple[str, ...]:
        """Key per passage."""
        return self.vector_keys[self._passage_rows]

    @property
    def asked_vectors(self) -> FloatMatrix:
        """
        Row per article: the mean of its title, description and other questions, read as questions.

        Zeros in an edition of format 1, which had none.
        """
        asked = self.vectors[self._passage_rows.stop :]
        return asked if len(asked) else np.zeros_like(self.article_vectors)

    @property
    def _passage_rows(self) -> slice:
        articles = len(self.texts.articles)
        return slice(articles, articles + len(self.texts.passages))


@dataclass(frozen=True, slots=True)
class EditionInfo:
    """What an edition says of itself; only agents and editors see it."""

    id: str
    commit: str
    """Of the articles' repository; empty without git, `+` at its end when files were not committed."""
    published_at: str
    """ISO 8601, UTC."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One published state."""

    info: EditionInfo
    public: Half
    internal: Half

    @property
    def id(self) -> str:
        return self.info.id

    @property
    def store(self) -> Store:
        return store_of(self.public)

    @property
    def articles(self) -> dict[str, Article]:
        """Of both halves, by id."""
        return {article.id: article for half in (self.public, self.internal) for article in half.texts.articles}

    @property
    def has_vectors(self) -> bool:
        return bool(self.public.model)


def store_of(public: Half) -> Store:
    """Raises EditionDamaged."""
    if public.texts.store is None:
        raise EditionDamaged(f"The public half {public.id} has no store.", "Run `kb index --rebuild`.")
    return public.texts.store


def rows_of(texts: Texts) -> int:
    """Return how many vectors a half has."""
    return 2 * len(texts.articles) + len(texts.passages)


def half_id(texts: Texts, model: str) -> str:
    """Return the hash of a half's content."""
    digest = hashlib.sha256(f"{FORMAT}\n{model}\n".encode())
    digest.update(msgspec.json.encode(texts, order="deterministic"))
    return digest.hexdigest()[:ID_CHARS]


def edition_id(public_id: str, internal_id: str) -> str:
    return hashlib.sha256(f"{public_id}\n{internal_id}".encode()).hexdigest()[:ID_CHARS]


class EditionShelf:
    """The editions of one data directory."""

    def __init__(self, data: Path) -> None:
        self._root = data / "editions"
        self._live = data / "live"
        self._withdrawn = data / "withdrawn"

    def live_id(self) -> str | None:
        """Return the id that answers now, None when nothing was published yet."""
        try:
            return self._live.read_text(encoding="ascii").strip() or None
        except FileNotFoundError:
            return None
        except UnicodeDecodeError as error:
            raise _damaged(self._live, "it names no edition") from error

    def load_live(self) -> Edition:
        """Raises EditionMissing, EditionDamaged."""
        live = self.live_id()
        if live is None:
            raise EditionMissing("Nothing has been published yet.", "Run `kb index`.")
        return self.load(live)

    def load(self, edition: str) -> Edition:
        """Raises EditionDamaged when a file is missing or is not what was written."""
        return Edition(self.info(edition), self.load_half(edition, PUBLIC), self.load_half(edition, INTERNAL))

    def load_half(self, edition: str, half: str) -> Half:
        """Open one half and nothing of the other. Raises EditionDamaged."""
        return _load_half(self._root / edition / half)

    def info(self, edition: str) -> EditionInfo:
        """Raises EditionDamaged."""
        return _read(self._root / edition / "edition.json", EditionInfo)

    def ids(self) -> list[str]:
        """Return the ids of all finished editions, oldest first."""
        found = [folder for folder in self._root.glob("[!.]*") if (folder / "edition.json").exists()]
        return [folder.name for folder in sorted(found, key=lambda f: (f / "edition.json").stat().st_mtime_ns)]

    def write(self, edition: Edition, images: Mapping[str, Path] | None = None, *, anew: bool = False) -> None:
        """
        Write an edition beside the others, whole or not at all; one that is there already only when `anew`.

        `images` gives the file of each image by `Image.file`; one that is not in it comes from an edition before, for
        equal names are equal bytes. Raises EditionDamaged when an image is not what the edition says it is.
        """
        folder = self._root / edition.id
        if (folder / "edition.json").exists() and not anew:
            return
        half_written = self._root / f".{edition.id}.part"
        shutil.rmtree(half_written, ignore_errors=True)
        sources = {**{path.name: path for path in self._root.glob(f"[!.]*/*/{MEDIA}/*")}, **(images or {})}
        _write_half(half_written / PUBLIC, edition.public, sources)
        _write_half(half_written / INTERNAL, edition.internal, sources)
        _write(half_written / "edition.json", msgspec.json.encode(edition.info))
        shutil.rmtree(folder, ignore_errors=True)
        half_written.rename(folder)
        _sync(self._root)

    def make_live(self, edition: str) -> None:
        """Let readers move to `edition`, in one rename."""
        _replace(self._live, edition.encode("ascii"))

    def withdraw(self, digest: str) -> None:
        """Note that these texts were rolled back: they are not to go live again unless somebody asks for it."""
        _replace(self._withdrawn, digest.encode("ascii"))

    def readmit(self) -> None:
        """Nothing is withdrawn any more."""
        self._withdrawn.unlink(missing_ok=True)

    def withdrawn(self) -> str | None:
        try:
            return self._withdrawn.read_text(encoding="ascii").strip() or None
        except (FileNotFoundError, UnicodeDecodeError):
            return None

    def remove_all_but(self, keep: int) -> list[str]:
        """Delete the oldest editions beyond `keep`, never the live one; return what was deleted."""
        live = self.live_id()
        old = [each for each in self.ids() if each != live]
        gone = old[: max(0, len(old) - (keep - 1 if live else keep))]
        for each in gone:
            shutil.rmtree(self._root / each, ignore_errors=True)
        return gone

    def known_vectors(self, model: str) -> dict[str, FloatMatrix]:
        """
        Return key → vector of everything on disk that was embedded with `model`; damaged editions are passed over.
        """
        known: dict[str, FloatMatrix] = {}
        for each in self.ids():
            for half in (PUBLIC, INTERNAL):
                try:
                    known.update(_half_vectors(self._root / each / half, model))
                except EditionDamaged:
                    continue
        return known


def _half_vectors(folder: Path, model: str) -> dict[str, FloatMatrix]:
    manifest = _read(folder / "manifest.json", Manifest)
    if manifest.model != model:
        return {}
    _check_files(folder, {"vectors.npy": manifest.sha256.get("vectors.npy", "")})
    return dict(zip(manifest.vector_keys, np.load(folder / "vectors.npy"), strict=True))


def _write_half(folder: Path, half: Half, images: Mapping[str, Path]) -> None:
    folder.mkdir(parents=True)
    _write(folder / "texts.json", msgspec.json.encode(half.texts, order="deterministic"))
    with (folder / "vectors.npy").open("wb") as file:
        np.save(file, half.vectors)
        file.flush()
        os.fsync(file.fileno())
    media = _write_images(folder, half.texts.images, images)
    sums = {name: _sha256(folder / name) for name in ("texts.json", "vectors.npy", *media)}
    _write(folder / "manifest.json", msgspec.json.encode(Manifest(half.id, half.model, half.vector_keys, sums)))


def _write_images(folder: Path, wanted: Iterable[Image], sources: Mapping[str, Path]) -> list[str]:
    """Write the bytes of a half's images, each once; return their names within the half."""
    files = {image.file: image for image in wanted}
    if files:
        (folder / MEDIA).mkdir()
    for name, image in files.items():
        _write(folder / MEDIA / name, _image_bytes(image, sources.get(name)))
    return [f"{MEDIA}/{name}" for name in files]


def _image_bytes(image: Image, source: Path | None) -> bytes:
    try:
        content = source.read_bytes() if source else b""
    except OSError:
        content = b""
    if hashlib.sha256(content).hexdigest()[:ID_CHARS] != image.hash:
        raise EditionDamaged(f"{image.path} changed while it was being published.", "Run `kb index` again.")
    return content


def _load_half(folder: Path) -> Half:
    manifest = _read(folder / "manifest.json", Manifest)
    _check_files(folder, manifest.sha256)
    texts = _read(folder / "texts.json", Texts)
    vectors = np.load(folder / "vectors.npy", mmap_mode="r")
    rows = rows_of(texts)
    if len(vectors) != len(manifest.vector_keys) or len(vectors) not in {rows, rows - len(texts.articles)}:
        raise _damaged(folder, "it has not a vector for every text")
    return Half(manifest.id, manifest.model, texts, vectors, manifest.vector_keys, folder)


def _check_files(folder: Path, sums: Mapping[str, str]) -> None:
    for name, expected in sums.items():
        try:
            found = _sha256(folder / name)
        except OSError as error:
            raise _damaged(folder, f"{name} cannot be read") from error
        if found != expected:
            raise _damaged(folder, f"{name} has changed since it was written")


def _read(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError) as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: Path, why: str) -> EditionDamaged:
    return EditionDamaged(f"{path}: {why}.", "Run `kb index --rebuild`: it is made anew from the articles.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    _write(part, content)
    part.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Make a rename survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def stacked(vectors: Sequence[FloatMatrix]) -> FloatMatrix:
    """Return the vectors as one matrix, shape (len(vectors), dimensions); (0, 0) for none."""
    return np.stack(vectors).astype(np.float32) if vectors else np.zeros((0, 0), dtype=np.float32)
