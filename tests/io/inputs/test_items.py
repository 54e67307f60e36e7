"""Images to come: what tells them apart, and texts of tables and labels."""

import io
import pickle

import numpy as np
import pytest
from PIL import Image

from featkit.exceptions import ImageReadError
from featkit.io.inputs.items import FilePart, Item, NamedBytes, Unreadable, content_digest, decode_text

CONTENT = b"of a file"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_texts_are_decoded_by_their_byte_order_mark(encoding):
    mark = "" if encoding in ("utf-8", "utf-8-sig", "utf-16") else "\ufeff"
    assert decode_text((mark + "Größe, 日本").encode(encoding)) == "Größe, 日本"


def test_other_texts_are_refused():
    with pytest.raises(UnicodeDecodeError):
        decode_text("Größe".encode("latin-1"))


def test_the_same_bytes_have_the_same_digest_wherever_they_lie(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(CONTENT)
    sources = [path, str(path), CONTENT, bytearray(CONTENT), memoryview(CONTENT), io.BytesIO(CONTENT)]
    assert len({content_digest(source) for source in sources}) == 1
    assert content_digest(CONTENT + b"!") != content_digest(CONTENT)


def test_a_stream_is_left_where_it_was():
    stream = io.BytesIO(b"before" + CONTENT)
    stream.seek(6)
    assert content_digest(stream) == content_digest(CONTENT)
    assert stream.tell() == 6


def test_arrays_differ_by_dtype_shape_and_pixels():
    image = np.arange(12, dtype=np.uint8).reshape(3, 4)
    others = [image.astype(np.uint16), image.reshape(4, 3), image + 1, image.view(bool), image.T]
    digests = {content_digest(array) for array in [image, *others]}
    assert len(digests) == 6
    assert content_digest(np.asfortranarray(image)) == content_digest(image)
    assert content_digest(image.astype(int).tolist()) == content_digest(image.astype(int))


def test_palette_and_orientation_of_a_pillow_image_count():
    image = Image.fromarray(np.zeros((2, 2), np.uint8), "L").convert("P")
    other = image.copy()
    image.putpalette([1, 2, 3])
    other.putpalette([4, 5, 6])
    assert content_digest(image) != content_digest(other)


def test_what_has_no_content_is_refused():
    class Once(io.BytesIO):
        def seekable(self):
            return False

    with pytest.raises(OSError, match="only once"):
        content_digest(Once(CONTENT))
    with pytest.raises(OSError, match="dict has no content"):
        content_digest({"a": 1})


def test_parts_differ_by_names_labels_and_content():
    part = [Item("a", 1, CONTENT), Item("b", None, CONTENT)]
    others = [
        [Item("a", 1, CONTENT)],
        [Item("a", 2, CONTENT), part[1]],
        [Item("c", 1, CONTENT), part[1]],
        [Item("a", 1, b"else"), part[1]],
        part[::-1],
    ]
    assert len({FilePart(items).digest() for items in [part, *others]}) == 6
    assert FilePart(list(part)).digest() == FilePart(part).digest()
    assert list(FilePart(part).open()) == part


def test_content_with_a_name_survives_the_way_to_a_worker():
    file = pickle.loads(pickle.dumps(NamedBytes(CONTENT, "s3://bucket/a.png")))
    assert file.read() == CONTENT
    assert file.name == "s3://bucket/a.png"


def test_the_content_behind_a_url_is_fetched_when_it_is_wanted():
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.pipe("/items/a.bin", CONTENT)
    try:
        items = [Item("a", None, "memory://items/a.bin"), Item("b", None, "memory://items/none.bin")]
        found, missing = FilePart(items).open()
    finally:
        memory.rm("/items", recursive=True)
    assert found.source.read() == CONTENT
    assert found.source.name == "memory://items/a.bin"
    assert isinstance(missing.source, Unreadable)
    with pytest.raises(ImageReadError, match="none.bin"):
        missing.source.read()
