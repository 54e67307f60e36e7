"""Content of files and URLs: never more than allowed, and of regular files only."""

import builtins
import io
import os
import socket
import zipfile

import cv2
import numpy as np
import pytest

from featkit import ImageReader, load_model, read_image, read_mask
from featkit.evaluation import Benchmark
from featkit.exceptions import ImageReadError, ModelFileError
from featkit.faces.exchange import read_landmarks
from featkit.features.network import ONNXEmbedding
from featkit.io import read_labels
from featkit.io.places import MAX_BYTES, read_at_most, read_file, read_place
from featkit.persistence import SavedModelError
from tests.io.image_files import FILES, RGB, write

DATA = FILES["png rgb"]
SIZE = len(DATA)
LIMIT = f"expected at most max_bytes={SIZE - 1} bytes, got {SIZE}"


class Endless:
    """A stream that never ends; counts what is taken."""

    taken = 0

    def seekable(self):
        return False

    def read(self, size=-1):
        assert size > 0, "all of it was asked for"
        self.taken += size
        return b"\0" * size


@pytest.fixture
def memory():
    import fsspec

    files = fsspec.filesystem("memory")
    files.pipe("/places/a.png", DATA)
    yield files
    files.rm("/places", recursive=True)


@pytest.fixture
def sources(tmp_path, memory):
    path = write(tmp_path / "a.png", DATA)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.png", DATA)
    return {
        "path": path,
        "link": (tmp_path / "link.png").symlink_to(path) or tmp_path / "link.png",
        "bytes": DATA,
        "memoryview": memoryview(DATA),
        "row": {"bytes": DATA, "path": "a.png"},
        "row with a path": {"bytes": None, "path": str(path)},
        "stream": io.BytesIO(DATA),
        "URL": "memory://places/a.png",
        "URL of a file": f"file://{path}",
        "zip entry": f"zip://a.png::{tmp_path / 'a.zip'}",
        "chained URL": "simplecache::memory://places/a.png",
    }


KINDS = ["path", "link", "bytes", "memoryview", "row", "row with a path", "stream"]
URLS = ["URL", "URL of a file", "zip entry", "chained URL"]


@pytest.mark.parametrize("kind", KINDS + URLS)
def test_max_bytes_is_a_limit_of_every_source(kind, sources):
    source = sources[kind]
    np.testing.assert_array_equal(read_image(source, max_bytes=SIZE), RGB)
    for refused in (
        lambda: read_image(source, max_bytes=SIZE - 1),
        lambda: read_mask(source, max_bytes=SIZE - 1),
        lambda: ImageReader(max_bytes=SIZE - 1).transform([source]),
        lambda: ImageReader(max_bytes=SIZE - 1, as_mask=True).transform([source]),
    ):
        with pytest.raises(ImageReadError, match=f"{LIMIT}.* Raise max_bytes where the file can be trusted"):
            refused()
    np.testing.assert_array_equal(read_image(source, max_bytes=SIZE), RGB)  # streams are where they were


def test_the_mask_beside_an_image_has_the_same_limit(tmp_path):
    for name in ("a.png", "a_mask.png"):
        write(tmp_path / name, DATA if name == "a.png" else DATA + b"\0" * 100)
    reader = ImageReader(mask_pattern="{parent}/{folder}/{stem}_mask.png", max_bytes=SIZE)
    with pytest.raises(ImageReadError, match=f"a_mask.png: expected at most max_bytes={SIZE} bytes"):
        reader.transform([tmp_path / "a.png"])


def test_the_default_is_a_gigabyte():
    assert ImageReader().max_bytes == MAX_BYTES == 1_000_000_000


def test_what_announces_no_size_is_read_up_to_the_limit():
    stream = Endless()
    with pytest.raises(ImageReadError, match="max_bytes=20000000 bytes, got 20000001 and more"):
        read_image(stream, max_bytes=20_000_000)
    assert stream.taken == 20_000_001


def test_a_file_that_grows_is_read_up_to_the_limit():
    stream = Endless()
    with pytest.raises(ImageReadError, match="max_bytes=1000 bytes, got 1001 and more"):
        read_at_most(stream, 1000, size=10)
    assert stream.taken == 1001


def test_what_is_too_large_is_not_even_opened_for_long():
    stream = Endless()
    with pytest.raises(ImageReadError, match="max_bytes=1000 bytes, got 1001. "):
        read_at_most(stream, 1000, size=1001)
    assert stream.taken == 0


def test_content_in_short_pieces_is_put_together():
    class Slow(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 7))

    assert read_at_most(Slow(DATA), SIZE) == DATA
    np.testing.assert_array_equal(read_image(Slow(DATA)), RGB)


@pytest.fixture
def special(tmp_path):
    """Files that are no regular ones, by their kind."""
    os.mkfifo(tmp_path / "a.png")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "b.png"))
    (tmp_path / "c.png").symlink_to("/dev/zero")
    yield {"named pipe": tmp_path / "a.png", "socket": tmp_path / "b.png", "character device": tmp_path / "c.png"}
    listener.close()


@pytest.mark.parametrize("kind", ["named pipe", "socket", "character device"])
def test_pipes_sockets_and_devices_are_refused_unopened(kind, special, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("opened")

    monkeypatch.setattr(builtins, "open", refuse)
    path = special[kind]
    message = f"expected a regular file, got a {kind}, which is not opened"
    readers = (read_image, read_mask, read_labels, read_file, lambda path: read_place(str(path)))
    for read in (*readers, lambda path: read_image(f"{path}#page=1"), lambda path: read_image(f"{path}#frame=1")):
        with pytest.raises(ImageReadError, match=message):
            read(path)
    with pytest.raises(ImageReadError, match=f"^file://{path}: {message}"):
        read_image(f"file://{path}")
    assert list(ImageReader().find_errors([path, DATA])) == [0]


def test_too_little_memory_is_an_error_of_the_image(tmp_path, monkeypatch):
    def refuse(*args):
        raise MemoryError

    deep = FILES["png 16 bit gray"]
    monkeypatch.setattr(cv2, "imdecode", refuse)
    errors = ImageReader().find_errors([write(tmp_path / "a.png", deep), DATA])
    assert list(errors) == [0]
    assert "a.png: expected an image that fits into memory, it does not" in str(errors[0])


@pytest.mark.parametrize("kind", ["named pipe", "socket", "character device"])
def test_models_networks_landmarks_and_results_are_regular_files_too(kind, special):
    path = special[kind]
    with pytest.raises(SavedModelError, match=f"expected a regular file, got a {kind}"):
        load_model(path)
    with pytest.raises(ModelFileError, match="no regular file"):
        ONNXEmbedding(path=str(path)).fit([RGB])
    for format in ("pts", "imglab", "wflw", "csv", "json", "numpy"):
        with pytest.raises(ImageReadError, match=f"expected a regular file, got a {kind}"):
            read_landmarks(path, format=format)
    with pytest.raises(ImageReadError, match=f"expected a regular file, got a {kind}"):
        Benchmark.load(path)
