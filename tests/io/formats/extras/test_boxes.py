"""Boxes of ISO files, and what they say of an image."""

import pytest

from featkit.exceptions import ImageReadError
from featkit.io.formats.extras._boxes import boxes, item_properties


def box(kind, content, length=None):
    return (8 + len(content) if length is None else length).to_bytes(4, "big") + kind + content


ISPE = box(b"ispe", bytes(4) + (640).to_bytes(4, "big") + (480).to_bytes(4, "big"))
SMALL = box(b"ispe", bytes(4) + (64).to_bytes(4, "big") + (48).to_bytes(4, "big"))


def of_properties(*properties):
    return box(b"ftyp", b"avif") + box(b"meta", bytes(4) + box(b"iprp", box(b"ipco", b"".join(properties))))


def test_boxes_within_boxes_are_found_with_their_places():
    data = of_properties(ISPE)
    found = {kind: data[start:stop] for kind, start, stop in boxes(data)}
    assert list(found) == [b"ftyp", b"meta", b"iprp", b"ipco", b"ispe"]
    assert found[b"ispe"] == ISPE[8:]


def test_lengths_of_64_bits_and_to_the_end():
    long = (1).to_bytes(4, "big") + b"free" + (20).to_bytes(8, "big") + b"abcd"
    data = long + box(b"mdat", b"xyz", length=0)
    assert [(kind, data[start:stop]) for kind, start, stop in boxes(data)] == [(b"free", b"abcd"), (b"mdat", b"xyz")]


@pytest.mark.parametrize("length", [3, 7, 100])
def test_a_box_that_ends_elsewhere_than_it_may_is_refused(length):
    with pytest.raises(ImageReadError, match="its box b'free' ends after it"):
        list(boxes(box(b"free", b"abcd", length=length)))


def test_the_largest_image_and_the_deepest_samples_count():
    pixi = box(b"pixi", bytes(4) + bytes([3, 10, 10, 10]))
    nclx = box(b"colr", b"nclx" + bytes([0, 12, 0, 13, 0, 6, 128]))
    known = item_properties(of_properties(SMALL, ISPE, pixi, nclx))
    assert known == ((640, 480), 10, (12, 13))
    assert item_properties(of_properties(ISPE, box(b"av1C", bytes([0x81, 0, 0x60, 0])))).n_bits == 12
    assert item_properties(of_properties(SMALL)) == ((64, 48), 8, None)


def test_a_file_without_a_size_is_refused():
    with pytest.raises(ImageReadError, match="says the size"):
        item_properties(of_properties())
