"""What is known of the objects of one image: numbers, boxes, centres, areas, masks."""

import numpy as np
import pytest

from featkit import join_alpha
from featkit.objects import find_objects

LABELS = np.zeros((9, 12), np.int32)
LABELS[1:4, 2:6] = 5
LABELS[0:2, 9:12] = 2
LABELS[6, 3:5] = LABELS[7, 4] = 9


@pytest.fixture
def objects():
    return find_objects(labels=LABELS)


def test_everything_is_that_of_the_pixels(objects):
    assert len(objects) == 3
    for index, found in enumerate(objects):
        where = np.argwhere(found.number == LABELS)
        assert found.area == objects.areas[index] == len(where)
        assert found.box == tuple(objects.boxes[index]) == (*where.min(axis=0), *(where.max(axis=0) + 1))
        assert found.center == pytest.approx(where.mean(axis=0))
        assert objects.centers[index] == pytest.approx(where.mean(axis=0))
        top, left, bottom, right = found.box
        np.testing.assert_array_equal(found.mask, LABELS[top:bottom, left:right] == found.number)
        assert found.touches_border == objects.touches_border[index] == (found.number == 2)


def test_the_labels_are_those_that_were_given(objects):
    np.testing.assert_array_equal(objects.labels, LABELS)
    assert objects.labels.dtype == np.int32


def test_slices_and_choices_keep_numbers_and_masks(objects):
    last = objects[-1]
    for some in (objects[1:], objects.chosen(np.array([1, 2]))):
        assert len(some) == 2
        assert [found.number for found in some] == [objects[1].number, last.number]
        np.testing.assert_array_equal(some[1].mask, last.mask)
    backwards = objects[::-1]
    assert backwards.numbers.tolist() == objects.numbers[::-1].tolist()
    assert len(objects[:0]) == len(objects[:0].boxes) == 0
    assert not objects[:0].labels.any()
    with pytest.raises(IndexError):
        objects[3]


def test_an_object_cannot_be_changed(objects):
    with pytest.raises(AttributeError):
        objects[0].number = 3


def test_cut_out_objects_are_transparent_beside_the_object(objects):
    image = np.random.default_rng(0).integers(0, 256, (9, 12, 3)).astype(np.uint8)
    soft = np.full((9, 12), 255, np.uint8)
    soft[6, 3] = 130
    for alpha, photo in ((None, image), (soft, join_alpha(image, soft))):
        for found, cut in zip(objects, objects.cut_out(photo), strict=True):
            top, left, bottom, right = found.box
            here = np.s_[top:bottom, left:right]
            expected = np.where(found.mask, 255 if alpha is None else alpha[here], 0)
            np.testing.assert_array_equal(cut[..., 3], expected)
            np.testing.assert_array_equal(cut[found.mask][:, :3], image[here][found.mask])


def test_a_mask_cut_out_is_the_mask_of_the_object(objects):
    for found, cut in zip(objects, objects.cut_out(LABELS > 0), strict=True):
        np.testing.assert_array_equal(cut, found.mask)
