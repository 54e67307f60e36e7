"""Masks of every kind: what is understood gives the drawn objects, what could mean two things is refused."""

import warnings

import numpy as np
import pytest
from scipy import ndimage

from featkit import join_alpha
from featkit.exceptions import ImageFormatError, ImageValueWarning
from featkit.image import separate_labels, to_mask

EIGHT = np.ones((3, 3))
ROWS, COLS = np.mgrid[:120, :160]
LABELS = np.zeros((120, 160), np.uint8)
for _number, (_row, _col) in enumerate([(30, 30), (30, 90), (80, 50), (85, 120)], 1):
    LABELS[(ROWS - _row) ** 2 + (COLS - _col) ** 2 <= 144] = _number
DISK = (ROWS - 60) ** 2 + (COLS - 80) ** 2 <= 30**2
SOFT = np.rint(255 * ndimage.gaussian_filter(DISK.astype(float), 3)).astype(np.uint8)
WHOLE = [np.uint8, np.uint16, np.int16, np.int32, np.int64, np.uint32, np.float32]


def understood(mask, **kind):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return to_mask(mask, **kind)


@pytest.mark.parametrize("dtype", WHOLE)
@pytest.mark.parametrize("numbers", [(1, 2, 3, 4), (4, 2, 3, 1), (1, 2, 9, 40), (3, 5, 6, 7)], ids=str)
def test_label_images_are_recognised(dtype, numbers):
    labels = np.array([0, *numbers])[LABELS].astype(dtype)
    np.testing.assert_array_equal(understood(labels), LABELS > 0)
    np.testing.assert_array_equal(understood(labels, mask_kind="labels"), LABELS > 0)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("n_cells", [7, 120, 240])
def test_many_small_cells_are_recognised(dtype, n_cells):
    labels = np.zeros((200, 200), dtype)
    for k in range(n_cells):
        labels[12 * (k // 16) + 1 : 12 * (k // 16) + 9, 12 * (k % 16) + 1 : 12 * (k % 16) + 7] = k + 1
    mask = understood(labels)
    assert mask.sum() == 48 * n_cells
    assert ndimage.label(mask, EIGHT)[1] == n_cells


@pytest.mark.parametrize("dtype", WHOLE)
def test_0_and_1_are_a_mask(dtype):
    mask = understood(DISK.astype(dtype))
    np.testing.assert_array_equal(mask >= 0.5, DISK)


@pytest.mark.parametrize(
    "mask", [DISK * np.uint8(255), DISK * np.uint16(65535), DISK * np.int32(255), DISK, DISK * 1.0]
)
def test_black_and_white_are_a_mask(mask):
    np.testing.assert_array_equal(understood(mask) >= 0.5, DISK)


@pytest.mark.parametrize("mask", [SOFT, SOFT * np.uint16(257), SOFT / 255, (SOFT / 255).astype(np.float32)])
def test_soft_alpha_is_weights(mask):
    np.testing.assert_allclose(understood(mask), SOFT / 255, atol=1e-6)


def test_a_network_that_is_not_sure_still_gives_alpha():
    np.testing.assert_array_equal(
        understood((SOFT * 0.8).astype(np.uint8)) >= 0.5, (SOFT * 0.8).astype(np.uint8) >= 128
    )


AMBIGUOUS = {
    "soft alpha below one half": (SOFT * 0.3).astype(np.uint8),
    "next to nothing found": (SOFT * 0.02).astype(np.uint8),
    "classes with a void of 255": np.where(LABELS == 1, 255, LABELS * 5).astype(np.uint8),
    "one class in another": np.where((ROWS - 60) ** 2 + (COLS - 80) ** 2 <= 100, 2, DISK).astype(np.uint8),
    "single pixels": np.where((ROWS % 9 == 4) & (COLS % 7 == 3), ROWS // 9 + 1, 0).astype(np.uint8),
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_what_could_mean_two_things_is_refused_until_it_is_said(name):
    mask = AMBIGUOUS[name]
    with pytest.raises(ImageFormatError, match='mask_kind="labels" .* or mask_kind="soft"'):
        to_mask(mask)
    np.testing.assert_allclose(understood(mask, mask_kind="soft"), mask / 255, atol=1e-6)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if name in ("classes with a void of 255", "one class in another", "single pixels"):
            np.testing.assert_array_equal(to_mask(mask, mask_kind="labels"), naive_separation(mask))


NO_MASK = {
    "COCO": ({"counts": b"", "size": [3, 3]}, "run-length encoding of COCO. Decode it: pycocotools.mask.decode"),
    "a path": ("mask.png", "Read it: featkit.io.read_mask"),
    "a colour image": (np.zeros((5, 5, 3), np.uint8), "an image of shape .* one channel"),
    "a stack of instances": (np.zeros((3, 10, 12), bool), r"a stack of 3 masks .* mask.any\(axis=0\)"),
    "an axis for one channel": (np.zeros((10, 12, 1), bool), r"mask\[..., 0\]"),
    "background -1": (np.array([[-1, 0, 1]]), r"give mask \+ 1"),
    "NaN": (np.full((3, 3), np.nan), "from nan to nan"),
    "floats 0..255": (np.array([[0.5, 254.3]]), "from 0.5 to 254.3"),
    "a masked array": (np.ma.masked_array(DISK), r"join_alpha\(a.data"),
    "complex": (np.zeros((3, 3), complex), "got complex128"),
    "no pixels": (np.zeros((0, 3), bool), r"shape \(0, 3\)"),
}


@pytest.mark.parametrize("name", NO_MASK)
def test_what_is_no_mask_is_named(name):
    mask, message = NO_MASK[name]
    with pytest.raises(ImageFormatError, match=message):
        to_mask(mask)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ImageFormatError, match="auto, soft, labels"):
        to_mask(DISK, mask_kind="binary")


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.int64])
@pytest.mark.parametrize("turn", range(4))
def test_touching_labels_stay_apart_and_the_larger_one_whole(dtype, turn):
    labels = np.zeros((60, 80), dtype)
    labels[20:40, 10:40], labels[20:38, 40:70] = 1, 2
    labels = np.rot90(labels, turn)
    with pytest.warns(ImageValueWarning, match="the smaller one gave way by a line of one pixel"):
        mask = to_mask(labels)
    found, n_found = ndimage.label(mask, EIGHT)
    assert n_found == 2
    assert sorted(np.bincount(found.ravel())[1:]) == [18 * 29, 600]
    np.testing.assert_array_equal(mask[labels == 1], True)


def naive_separation(labels):
    """Every pixel is background if a neighbour has a larger object, of equal ones the lower number."""
    areas = {number: np.count_nonzero(labels == number) for number in np.unique(labels) if number}
    mask = labels > 0
    for row, col in np.argwhere(labels > 0):
        own = labels[row, col]
        near = set(labels[max(row - 1, 0) : row + 2, max(col - 1, 0) : col + 2].ravel()) - {0, own}
        mask[row, col] = not any((areas[other], -int(other)) > (areas[own], -int(own)) for other in near)
    return mask


@pytest.mark.parametrize("seed", range(6))
def test_separation_of_patchworks(seed):
    rng = np.random.default_rng(seed)
    numbers = rng.choice(200, 20, replace=False) * (rng.random(20) < 0.8)
    labels = np.kron(rng.choice(numbers, (6, 7)), np.ones((5, 4), int))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        np.testing.assert_array_equal(separate_labels(labels), naive_separation(labels))


def test_an_object_too_thin_to_be_kept_apart_is_refused():
    labels = np.zeros((9, 9), int)
    labels[:4], labels[4] = 1, 7
    with pytest.raises(ImageFormatError, match="7 is too thin"):
        separate_labels(labels)


@pytest.mark.parametrize("labels", [LABELS, LABELS.astype(np.uint16), LABELS.astype(np.int64)])
def test_labels_are_no_alpha_channel(labels):
    with pytest.raises(ImageFormatError, match="looks like a label image. Give labels > 0"):
        join_alpha(np.zeros((120, 160, 3), np.uint8), labels)


@pytest.mark.parametrize(
    "wrong",
    [LABELS / 2, LABELS[0], LABELS.astype(int) - 1, np.ma.masked_array(LABELS), [[0, 1]], np.zeros((0, 4), int)],
)
def test_what_is_no_label_image_cannot_be_separated(wrong):
    with pytest.raises(ImageFormatError, match="label|masked"):
        separate_labels(wrong)
