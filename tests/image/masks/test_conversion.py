"""Label images are told from soft alpha, and void and foreign byte order from objects."""

import warnings

import numpy as np
import pytest
from scipy.ndimage import binary_dilation, binary_erosion, gaussian_filter, label

import featkit
from featkit.exceptions import ImageFormatError, ImageValueWarning
from featkit.image import join_alpha, separate_labels, to_mask

IMAGE = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)


def boxes(*values_of_boxes):
    """Nested boxes of these values, each within the one before."""
    image = np.zeros((40, 60), np.uint8)
    for k, value in enumerate(values_of_boxes):
        image[4 + 5 * k : 36 - 5 * k, 6 + 6 * k : 54 - 6 * k] = value
    return image


CELLS = np.kron(np.arange(1, 151, dtype=np.uint8).reshape(10, 15), np.pad(np.ones((3, 3), np.uint8), (0, 1)))
APART = np.zeros((40, 60), np.uint8)
APART[5:15, 5:15], APART[5:15, 30:45] = 1, 2
WITH_VOID = np.where(binary_dilation(APART > 0, iterations=4) & (APART == 0), 255, APART).astype(np.uint8)
DISK = (np.mgrid[:40, :60][0] - 20) ** 2 + (np.mgrid[:40, :60][1] - 30) ** 2 < 144
MARKERS = np.zeros((40, 60), np.uint8)
MARKERS[::5, ::5] = np.arange(1, 97).reshape(8, 12)
LABELS = {
    "one in another": boxes(1, 2),
    "1 to 150": CELLS,
    "no background": np.where(DISK, 2, 1).astype(np.uint8),
    "0 and 127": boxes(127),
    "0, 3 and white": boxes(3, 255),
    "void of VOC": WITH_VOID,
    "single pixels": MARKERS,
}


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, ">u2"])
def test_labels_are_not_joined_as_alpha(name, dtype):
    labels = LABELS[name]
    with pytest.raises(ImageFormatError, match=r"looks like a label image.*mask_kind"):
        join_alpha(IMAGE, labels.astype(dtype))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ImageValueWarning)  # some are nowhere foreground then
        as_soft = join_alpha(IMAGE, to_mask(labels, mask_kind="soft"))  # the way on
    np.testing.assert_array_equal(as_soft[..., 3], labels)


def test_to_mask_refuses_labels_or_takes_all_of_them():
    for name, labels in LABELS.items():
        if name in ("1 to 150", "0 and 127"):
            np.testing.assert_array_equal(to_mask(labels), labels > 0)
        else:
            with pytest.raises(ImageFormatError, match="mask_kind"):
                to_mask(labels)


SOFT = {
    "feathered": gaussian_filter(DISK * 255.0, 2),
    "feathered up to 200": gaussian_filter(DISK * 200.0, 2),
    "a box feathered up to 200": gaussian_filter(boxes(200) * 1.0, 1.5),
    "antialiased": gaussian_filter(DISK * 255.0, 0.5),
    "antialiased up to 200": gaussian_filter(DISK * 200.0, 0.5),
    "two values": boxes(200) * 1.0,
    "noise": np.random.default_rng(1).integers(0, 256, (40, 60)) * 1.0,
}


@pytest.mark.parametrize("name", SOFT)
def test_soft_alpha_stays_soft(name):
    alpha = np.rint(SOFT[name]).astype(np.uint8)
    np.testing.assert_array_equal(join_alpha(IMAGE, alpha)[..., 3], alpha)
    np.testing.assert_array_equal(to_mask(alpha) >= 0.5, alpha >= 128)


FAINT = {
    "percent": np.rint(gaussian_filter(DISK * 100.0, 1.5)).astype(np.uint8),
    "8 bits in uint16": np.rint(gaussian_filter(DISK * 255.0, 1.5)).astype(np.uint16),
    "4 bits": np.rint(gaussian_filter(DISK * 15.0, 1.5)).astype(np.uint8),
}


@pytest.mark.parametrize("name", FAINT)
def test_alpha_that_is_nowhere_foreground_is_warned_of(name):
    alpha = FAINT[name]
    with pytest.warns(ImageValueWarning, match="nothing is foreground. The largest is .*, give alpha / that value"):
        assert not featkit.foreground_mask(join_alpha(IMAGE, alpha)).any()
    as_told = featkit.foreground_mask(join_alpha(IMAGE, alpha / alpha.max()))
    np.testing.assert_array_equal(as_told, alpha >= alpha.max() / 2)
    join_alpha(IMAGE, np.zeros_like(alpha))  # empty is empty, without a word


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_percent_in_float_is_told_the_way_on_and_never_an_empty_foreground_without_a_word(dtype):
    percent = gaussian_filter(DISK * dtype(100), 1.5)
    with pytest.raises(ImageFormatError, match="Where it is percent, divide by 100"):
        join_alpha(IMAGE, percent)
    np.testing.assert_array_equal(featkit.foreground_mask(join_alpha(IMAGE, percent / dtype(100))), percent >= 50)
    with pytest.warns(ImageValueWarning, match=f"this {np.dtype(dtype)} alpha reaches one half of opaque, 1"):
        join_alpha(IMAGE, percent / dtype(255))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int64])
@pytest.mark.parametrize("soft", [True, False])
def test_percent_is_no_mask_for_the_removal_of_the_background_without_its_kind(soft, dtype):
    """Of 0 and 100 alone it is a mask; softened it could be labels, and as alpha nothing of it is foreground."""
    percent = (FAINT["percent"] if soft else 100 * DISK).astype(dtype)
    remover = featkit.BackgroundRemover()
    if soft:
        with pytest.raises(ImageFormatError, match="labels"):
            remover.transform([IMAGE], mask=[percent])
    else:
        (image,) = remover.transform([IMAGE], mask=[percent])
        np.testing.assert_array_equal(featkit.foreground_mask(image), DISK)


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.float64, np.uint32])
def test_labels_without_a_background_are_asked_about(dtype):
    labels = np.where(DISK, 2, 1).astype(dtype)
    with pytest.raises(ImageFormatError, match='2 values from 1 to 2, .* mask_kind="labels"'):
        to_mask(labels)
    with pytest.warns(ImageValueWarning, match="Labels touch"):
        assert to_mask(labels, mask_kind="labels").mean() > 0.9
    np.testing.assert_array_equal(to_mask(labels - 1), DISK)
    assert to_mask(np.full((4, 5), 37, dtype)).all()


@pytest.mark.parametrize("polygon", [[[2, 2, 9, 2, 9, 9]], [(2.0, 2.0, 9.0, 2.0, 9.0, 9.0, 2.0, 9.0)]])
def test_a_polygon_of_coco_is_no_mask_of_one_row(polygon):
    with pytest.raises(ImageFormatError, match="got a polygon of COCO"):
        to_mask(polygon)


def test_a_wide_ramp_stays_soft():
    alpha = np.tile(np.repeat(np.arange(256), 4).astype(np.uint8), (8, 1))
    np.testing.assert_array_equal(join_alpha(np.zeros(alpha.shape, np.uint8), alpha)[..., 3], alpha)


@pytest.mark.parametrize("labels", [np.arange(2400.0).reshape(40, 60) // 2.67 // 1, APART.astype(np.float32)])
def test_labels_in_float_are_called_so(labels):
    with pytest.raises(ImageFormatError, match=r"float.* looks like a label image.*mask_kind"):
        join_alpha(IMAGE, labels)


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64, np.float32, ">i4"])
def test_void_in_an_array_of_labels_is_named(dtype):
    with pytest.warns(ImageValueWarning, match="Labels touch"), pytest.warns(ImageValueWarning, match="labels == 255"):
        to_mask(WITH_VOID.astype(dtype), mask_kind="labels")
    with pytest.warns(ImageValueWarning, match="labels == 255"):
        featkit.measure_objects(labels=[WITH_VOID.astype(dtype)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(to_mask(APART.astype(dtype), mask_kind="labels"), APART > 0)
        featkit.measure_objects(labels=[APART.astype(dtype)])


def test_label_255_among_many_or_apart_is_no_void():
    many = np.kron(np.arange(300).reshape(15, 20), np.pad(np.ones((3, 3), int), (0, 1)))
    alone = np.where(APART == 2, 255, APART).astype(np.int32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for labels in (many, alone):
            np.testing.assert_array_equal(to_mask(labels), labels > 0)
            featkit.measure_objects(labels=[labels])


@pytest.mark.parametrize("dtype", [">u2", ">i4", ">i8", ">u4", ">f4"])
def test_foreign_byte_order(dtype):
    touching = boxes(1, 2).astype(np.int32)
    with pytest.warns(ImageValueWarning, match="Labels touch"):
        expected = separate_labels(touching)
    assert 0 < expected.sum() < (touching > 0).sum()
    foreign = touching.astype(dtype)
    calls = [
        lambda: to_mask(foreign, mask_kind="labels"),
        lambda: featkit.BackgroundRemover(mask_kind="labels").fit_transform([IMAGE], mask=[foreign])[0][..., 3] > 0,
    ]
    if np.dtype(dtype).kind != "f":
        calls.append(lambda: separate_labels(foreign))
    for call in calls:
        with pytest.warns(ImageValueWarning, match="Labels touch"):
            np.testing.assert_array_equal(call(), expected)


LEFT, RIGHT = DISK & (np.arange(60) < 26), DISK & (np.arange(60) >= 26)


@pytest.mark.parametrize(("one", "other"), [(200, 255), (128, 255), (255, 230)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_touching_regions_that_are_foreground_either_way_are_asked_about(one, other, dtype):
    mask = (np.where(LEFT, one, np.where(RIGHT, other, 0)) * (np.iinfo(dtype).max // 255)).astype(dtype)
    with pytest.raises(ImageFormatError, match=r'could be labels or an alpha channel.*mask_kind="labels"'):
        to_mask(mask)
    assert (to_mask(mask, mask_kind="soft") >= 0.5).sum() == DISK.sum()
    with pytest.warns(ImageValueWarning):  # that labels touch, and of 255 that it may be void
        apart = to_mask(mask, mask_kind="labels")
    assert label(apart)[1] == 2


def test_bright_regions_that_do_not_touch_and_bright_rims_are_not():
    rim = np.where(binary_erosion(DISK), 255, np.where(DISK, 160, 0)).astype(np.uint8)
    two = np.where(DISK & (np.arange(60) < 24), 200, np.where(DISK & (np.arange(60) > 26), 255, 0)).astype(np.uint8)
    for mask in (rim, two, np.where(gaussian_filter(DISK * 255.0, 2) >= 128, 255, 0).astype(np.uint8)):
        assert ((to_mask(mask) >= 0.5) == (mask > 0)).all()
