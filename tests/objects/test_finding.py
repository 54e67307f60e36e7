"""Objects of an image: what is found, what is left out, in which order and under which numbers."""

import numpy as np
import pytest
from skimage import measure

from featkit import ObjectFinder, RegionMeasurements, find_objects
from featkit.exceptions import ImageFormatError
from featkit.parameters import InvalidParameterError

MASK = np.zeros((40, 60), bool)
MASK[2:12, 30:40] = MASK[5:9, 2:26] = True  # a square of 100 pixels, a bar of 96
MASK[20:40, 50:60] = True  # touches the border, 200 pixels
MASK[30, 3] = True


def boxes(*args, **how):
    return [found.box for found in find_objects(*args, **how)]


def numbers(*args, **how):
    return find_objects(*args, **how).numbers.tolist()


# ---------------------------------------------------------------- where objects come from


def test_components_of_a_mask_are_the_regions_of_skimage():
    random = np.random.default_rng(0)
    for fraction in (0.1, 0.4, 0.8):
        mask = random.random((50, 63)) < fraction
        objects = find_objects(mask)
        labels = measure.label(mask, connectivity=2)
        np.testing.assert_array_equal(objects.labels, labels)
        regions = measure.regionprops(labels)
        assert [found.box for found in objects] == [region.bbox for region in regions]
        assert [found.area for found in objects] == [region.area for region in regions]
        np.testing.assert_allclose(objects.centers, [region.centroid for region in regions])
        for found, region in zip(objects, regions):
            np.testing.assert_array_equal(found.mask, region.image)


def test_alpha_mask_and_labels_tell_the_same_objects():
    image = np.zeros((40, 60, 4), np.uint8)
    image[..., 3] = np.where(MASK, 200, 100)
    labels = measure.label(MASK, connectivity=2)
    expected = boxes(MASK)
    assert (
        boxes(image) == boxes(image[..., :3], mask=MASK) == boxes(mask=MASK) == boxes(image, labels=labels) == expected
    )
    assert len(expected) == 4


def test_without_alpha_the_whole_image_is_one_object():
    objects = find_objects(np.zeros((4, 6, 3), np.uint8))
    assert [(found.box, found.area, found.touches_border) for found in objects] == [((0, 0, 4, 6), 24, True)]


def test_touching_labels_stay_apart_and_scattered_ones_together():
    labels = np.zeros((10, 12), np.uint16)
    labels[2:5, 1:4], labels[2:5, 4:8] = 5, 2
    labels[8, [1, 9]] = 9
    objects = find_objects(labels=labels)
    assert [(found.number, found.box, found.area) for found in objects] == [
        (2, (2, 4, 5, 8), 12),
        (5, (2, 1, 5, 4), 9),
        (9, (8, 1, 9, 10), 2),
    ]
    np.testing.assert_array_equal(objects.labels, labels)


def test_nothing_is_found_in_nothing():
    for objects in (find_objects(np.zeros((3, 5), bool)), find_objects(labels=np.zeros((3, 5), int))):
        assert len(objects) == 0
        assert objects.boxes.shape == (0, 4)
        assert objects.centers.shape == (0, 2)
        assert not objects.labels.any()
        assert list(objects.cut_out(np.zeros((3, 5), np.uint8))) == []


def test_an_object_touches_the_border_where_it_reaches_the_outermost_pixels():
    for row, col, expected in [(0, 3, True), (4, 3, True), (2, 0, True), (2, 6, True), (1, 1, False), (3, 5, False)]:
        mask = np.zeros((5, 7), bool)
        mask[row, col] = True
        assert find_objects(mask)[0].touches_border is expected


# ---------------------------------------------------------------- limits


def test_limits_of_size_are_areas_in_the_square_of_the_unit():
    assert [found.area for found in find_objects(MASK, min_size=96, max_size=100)] == [100, 96]
    assert [found.area for found in find_objects(MASK, min_size=0.96, max_size=1.0, pixel_size=0.1)] == [100, 96]
    assert [found.area for found in find_objects(MASK, min_size=0.97, pixel_size=(0.2, 0.05))] == [100, 200]
    assert [found.area for found in find_objects(MASK, max_size=0)] == []


def test_the_least_fraction_is_of_the_largest_that_is_left():
    assert len(find_objects(MASK, min_fraction=0.5)) == 2
    assert len(find_objects(MASK, min_fraction=0.5, max_size=150)) == 2
    assert len(find_objects(MASK, min_fraction=0.5, clear_border=True)) == 2
    assert len(find_objects(MASK, min_fraction=0.98, clear_border=True)) == 1
    assert len(find_objects(MASK, min_fraction=1)) == 1


def test_the_border_is_cleared():
    assert [found.area for found in find_objects(MASK, clear_border=True)] == [100, 96, 1]


def test_roundness_is_the_circularity_of_region_measurements():
    names = RegionMeasurements(color=None).get_feature_names_out().tolist()
    place = names.index("region_circularity")
    found = [
        RegionMeasurements(color=None).fit_transform([mask])[0, place] for mask in find_objects(MASK).cut_out(MASK)
    ]
    for limit in found:
        above = find_objects(MASK, min_circularity=limit - 1e-9)
        below = find_objects(MASK, max_circularity=limit + 1e-9)
        assert len(above) == sum(value >= limit for value in found)
        assert len(below) == sum(value <= limit for value in found)
    assert [found.area for found in find_objects(MASK, max_circularity=0.6)] == [96]


def test_touching_objects_are_parted_on_demand():
    row, col = np.mgrid[:60, :110]
    mask = np.minimum(np.hypot(row - 30, col - 40), np.hypot(row - 30, col - 70)) <= 20
    assert len(find_objects(mask)) == 1
    assert numbers(mask, split=True) == [1, 2]
    assert len(find_objects(mask, split=True, neck=0.5)) == 1
    labels = np.where(mask, 6, 0)
    assert numbers(labels=labels, split=True) == [6, 7]
    mask[2, 2] = True
    assert len(find_objects(mask, split=True)) == 3
    assert len(find_objects(mask, split=True, min_size=4)) == 2


# ---------------------------------------------------------------- order and numbers


def test_objects_come_row_by_row_or_the_largest_first():
    assert [found.area for found in find_objects(MASK)] == [100, 96, 200, 1]
    assert [found.area for found in find_objects(MASK, order="size")] == [200, 100, 96, 1]
    assert numbers(MASK) == numbers(MASK, order="size") == [1, 2, 3, 4]
    assert numbers(MASK, min_size=99) == [1, 2]


def test_of_equal_objects_the_first_comes_first():
    mask = np.zeros((9, 9), bool)
    mask[[1, 1, 5], [5, 1, 3]] = True
    assert boxes(mask, order="size") == boxes(mask) == [(1, 1, 2, 2), (1, 5, 2, 6), (5, 3, 6, 4)]


def test_a_label_image_keeps_its_numbers():
    labels = np.zeros((10, 12), int)
    labels[1, 1:3], labels[5, 5], labels[8, 2:9] = 30, 4, 12
    assert numbers(labels=labels) == [4, 12, 30]
    assert numbers(labels=labels, order="size") == [12, 30, 4]
    assert numbers(labels=labels, min_size=2) == [12, 30]
    assert numbers(labels=labels, order="size", max_size=5) == [30, 4]


# ---------------------------------------------------------------- a sequence of objects


def test_objects_are_a_sequence():
    objects = find_objects(MASK)
    assert objects[-1].box == (30, 3, 31, 4)
    assert [found.number for found in objects[1:3]] == [2, 3]
    assert objects[::-1].areas.tolist() == [1, 200, 96, 100]
    with pytest.raises(IndexError):
        objects[4]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_objects_are_cut_out_with_nothing_around(dtype):
    white = {np.uint8: 255, np.uint16: 65535}.get(dtype, 1.0)
    image = (np.random.default_rng(0).random((40, 60, 3)) * white).astype(dtype)
    for found, picture in zip(find_objects(mask=MASK), find_objects(mask=MASK).cut_out(image)):
        top, left, bottom, right = found.box
        assert picture.shape == (bottom - top, right - left, 4)
        np.testing.assert_array_equal(picture[..., :3], image[top:bottom, left:right])
        np.testing.assert_array_equal(picture[..., 3] == white, found.mask)
        assert ((picture[..., 3] == 0) == ~found.mask).all()


def test_a_soft_edge_stays_soft_inside_the_object():
    image = np.full((6, 8, 4), 200, np.uint8)
    image[..., 3] = 0
    image[2:4, 2:6, 3] = 255, 150, 150, 90
    (picture,) = find_objects(image).cut_out(image)
    assert picture[..., 3].tolist() == [[255, 150, 150]] * 2


# ---------------------------------------------------------------- the estimator


def test_the_finder_leaves_objects_in_the_foreground():
    image = np.random.default_rng(1).integers(0, 256, (40, 60, 4)).astype(np.uint8)
    image[..., 3] = np.where(MASK, 255, 0)
    finder = ObjectFinder(min_size=50, clear_border=True)
    (kept,) = finder.fit_transform([image])
    expected = MASK.copy()
    expected[20:] = False
    np.testing.assert_array_equal(kept[..., 3] == 255, expected)
    np.testing.assert_array_equal(kept[..., :3], image[..., :3])
    np.testing.assert_array_equal(finder.transform([MASK])[0], expected)
    np.testing.assert_array_equal(finder.transform([image[..., :3]], mask=[MASK])[0], kept)
    np.testing.assert_array_equal(finder.find(MASK).boxes, find_objects(MASK, min_size=50, clear_border=True).boxes)


def test_objects_that_touch_are_set_apart_by_a_line():
    row, col = np.mgrid[:60, :110]
    mask = np.minimum(np.hypot(row - 30, col - 40), np.hypot(row - 30, col - 70)) <= 20
    (kept,) = ObjectFinder(split=True).fit_transform([mask])
    assert measure.label(kept, connectivity=2).max() == 2
    assert 0 < np.count_nonzero(mask & ~kept) < 40
    labels = np.zeros((6, 9), int)
    labels[1:5, 1:4], labels[1:5, 4:8] = 1, 2
    (kept,) = ObjectFinder().transform([labels > 0], labels=[labels])
    assert kept.sum(axis=0).tolist() == [0, 4, 4, 4, 0, 4, 4, 4, 0]


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({}, "got none"),
        ({"mask": MASK, "labels": MASK}, "got both"),
        ({"image": np.zeros((9, 9)), "mask": MASK}, r"\(9, 9\), got \(40, 60\)"),
        ({"mask": MASK * np.arange(1, 61, dtype=np.uint8)}, "Try mask > 0"),
        ({"labels": np.full((3, 3), -1)}, "got -1"),
        ({"image": np.zeros((9, 9), int)}, "dtype"),
        ({"image": MASK, "min_size": 4, "pixel_size": np.nan}, "known pixel_size"),
    ],
)
def test_what_cannot_be_understood_is_refused(how, message):
    with pytest.raises(ImageFormatError, match=message):
        find_objects(**how)


@pytest.mark.parametrize(
    "how", [{"min_size": -1}, {"max_size": -1}, {"min_fraction": 2}, {"order": "area"}, {"neck": 0}, {"pixel_size": 0}]
)
def test_parameters_are_checked(how):
    with pytest.raises(InvalidParameterError):
        find_objects(MASK, split=True, **how)
    with pytest.raises(InvalidParameterError):
        ObjectFinder(**how).fit([MASK])


TOUCHING = np.zeros((12, 20), int)
TOUCHING[2:9, 2:8], TOUCHING[2:9, 8:15] = 1, 2
AT_A_CORNER = np.zeros((12, 20), int)
AT_A_CORNER[2:5, 2:5], AT_A_CORNER[5:9, 5:9] = 3, 1


@pytest.mark.parametrize("dtype", [np.int16, np.int64, np.uint32])
@pytest.mark.parametrize("labels", [TOUCHING, AT_A_CORNER], ids=["side by side", "at a corner"])
def test_labels_that_touch_are_no_mask(labels, dtype):
    labels = labels.astype(dtype)
    with pytest.raises(ImageFormatError, match=r"objects touch: in a mask they are one. Give it as labels="):
        find_objects(mask=labels)
    assert len(find_objects(labels=labels)) == 2
    assert len(find_objects(mask=labels > 0)) == 1
    labels[:, 5] = labels[:, 8] = 0
    assert len(find_objects(mask=labels)) >= 2
