"""Chunks by the bytes of their images."""

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from featkit import ImageReader
from featkit.image import batches
from featkit.io.inputs import chunks
from featkit.io.inputs.chunks import CHUNK_BYTES, LARGEST_CHUNK, UNPACKED, chunk_slices, next_chunk
from featkit.io.inputs.items import Item


def sizes(X, chunk_size=None):
    slices = list(chunk_slices(X, chunk_size))
    assert [part.start for part in slices] == [0, *(part.stop for part in slices[:-1])]
    return [min(part.stop, len(X)) - part.start for part in slices]


def taken(X, chunk_size=None):
    """Sizes of the chunks of an iterator."""
    items, found, goes_on = iter([Item("", None, source) for source in X]), [], True
    while goes_on:
        chunk = []
        goes_on = next_chunk(items, chunk, chunk_size)
        found.append(len(chunk))
    return [size for size in found if size]


@pytest.mark.parametrize("cut", [sizes, taken])
def test_a_number_is_that_of_images(cut):
    assert cut([b"x"] * 10, 4) == [4, 4, 2]
    assert cut([b"x"] * 8, 4) == [4, 4]
    assert cut([b"x" * CHUNK_BYTES] * 3, 3) == [3]


def test_images_in_memory_count_with_their_bytes():
    quarter = np.broadcast_to(np.uint8(0), (1000, CHUNK_BYTES // 4000))
    assert sizes([quarter] * 10) == [4, 4, 2]
    assert sizes([quarter, np.broadcast_to(np.uint8(0), (2, CHUNK_BYTES)), quarter, quarter]) == [1, 1, 2]
    assert sizes(np.broadcast_to(quarter, (10, *quarter.shape))) == [4, 4, 2]
    assert sizes(np.zeros((150, 4, 4))) == [64, 64, 22]
    assert taken([quarter] * 10) == [5, 5]  # the one that fills it is taken already


def test_files_count_with_what_they_may_become(tmp_path):
    (tmp_path / "a.jpg").write_bytes(bytes(CHUNK_BYTES // UNPACKED // 3))
    path = tmp_path / "a.jpg"
    for source in (path, str(path), path.read_bytes(), io.BytesIO(path.read_bytes()), {"bytes": path.read_bytes()}):
        assert sizes([source] * 7) == [3, 3, 1], type(source)
    assert sizes([Image.new("RGB", (1000, CHUNK_BYTES // 12000))] * 7) == [3, 3, 1]
    assert sizes(pd.Series([str(path)] * 7).to_numpy()) == [3, 3, 1]
    assert sizes(["https://example.org/a.jpg"] * 9) == [4, 4, 1]
    assert sizes([None] * (LARGEST_CHUNK + 1)) == [LARGEST_CHUNK, 1]


def test_arrays_on_disk_are_not_looked_at():
    class OnDisk:
        shape, dtype = (10, 1000, CHUNK_BYTES // 4000), np.dtype(np.uint8)

        def __len__(self):
            return 10

    assert sizes(OnDisk()) == [4, 4, 2]


def test_images_on_demand_count_with_the_first(tmp_path, monkeypatch):
    monkeypatch.setattr(batches, "HELD_BYTES", 0)
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 3 * 16 * 16)
    Image.new("L", (16, 16)).save(tmp_path / "a.png")
    assert sizes(ImageReader().transform([tmp_path / "a.png"] * 7)) == [3, 3, 1]
