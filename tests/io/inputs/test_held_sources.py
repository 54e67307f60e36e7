"""A source that is held gives what it held, whatever becomes of its file; others are looked at again."""

import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from featkit import ImageReader, read_image
from featkit.exceptions import ImageReadError
from featkit.io.inputs.held_sources import HeldSource
from featkit.io.sources import HeldFile

DARK, LIGHT = (np.full((4, 5), value, np.uint8) for value in (10, 200))


@pytest.fixture
def path(tmp_path):
    Image.fromarray(DARK).save(tmp_path / "a.png")
    return str(tmp_path / "a.png")


@pytest.mark.parametrize("kind", [str, Path])
def test_a_held_file_is_read_from_what_was_looked_at(path, kind):
    held = HeldSource(kind(path), [], {})
    Image.fromarray(LIGHT).save(path)
    assert not held.is_what_was_read()  # by whoever opens the file now
    np.testing.assert_array_equal(read_image(held.source), DARK)
    assert held.is_what_was_read()
    np.testing.assert_array_equal(read_image(path), LIGHT)


def test_without_a_place_for_contents_the_file_is_looked_at_again(path):
    held = HeldSource(path, [], None)
    assert held.source == path
    assert not isinstance(held.source, HeldFile)
    assert held.is_what_was_read()
    before = os.stat(path)
    Image.fromarray(LIGHT).save(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not held.is_what_was_read()


def test_held_or_not_the_digest_is_the_same(path):
    assert HeldSource(path, [], {}).content == HeldSource(path, [], None).content


def test_pages_of_a_file_share_its_content(tmp_path):
    path = str(tmp_path / "stack.tif")
    tifffile.imwrite(path, np.stack([DARK, LIGHT]), photometric="minisblack")
    contents = {}
    pages = [HeldSource(f"{path}#page={page}", [], contents) for page in range(2)]
    assert list(contents) == [path]
    assert pages[0].source.content is pages[1].source.content
    assert pages[0].content != pages[1].content
    os.remove(path)
    for page, image in zip(pages, (DARK, LIGHT)):
        np.testing.assert_array_equal(read_image(page.source), image)


@pytest.mark.parametrize("source", ["nothing.png", "memory://nothing.png", None, {"path": "a.png"}])
def test_what_has_no_content_here_stays_itself(source):
    held = HeldSource(source, [], {})
    assert held.content is None
    assert held.source is source


def test_a_held_file_is_a_path_to_everybody_else(path):
    held = HeldSource(path, [], {}).source
    assert pickle.loads(pickle.dumps(held)) == path
    assert type(pickle.loads(pickle.dumps(held))) is str
    with pytest.raises(ImageReadError, match="expected at most max_bytes=9 bytes") as caught:
        ImageReader(max_bytes=9).fit_transform([held])
    assert type(caught.value.path) is str
