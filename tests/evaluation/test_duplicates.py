"""Duplicates: exact ones whatever the image, near ones by the hash, and no false ones among drawings."""

import cv2
import numpy as np
import pytest
from scipy.fft import dctn
from skimage import data
from sklearn.datasets import load_digits

from featkit import find_duplicates
from featkit.evaluation import perceptual_hash
from featkit.evaluation.duplicates import parted_by
from featkit.exceptions import ImageFormatError
from featkit.parameters import InvalidParameterError


def pairs(table):
    return list(zip(table["image_a"], table["image_b"], table["exact"]))


def random_photos(n_images, seed=0):
    rng = np.random.default_rng(seed)
    photo = data.astronaut()
    corners = rng.integers(0, 384, (n_images, 2))
    return [photo[row : row + 128, col : col + 128] for row, col in corners]


def test_hash_is_the_sign_of_low_frequencies_about_their_median():
    image = np.random.default_rng(0).random((32, 32)).astype(np.float32)
    low = np.delete(dctn(image, norm="ortho")[:16, :16].ravel(), 0)
    assert (perceptual_hash(image) == (low > np.median(low))).all()
    assert perceptual_hash(image).sum() == 127


def changed(image, how):
    if how == "half size":
        return cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    if how == "jpeg":
        return cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 30])[1], cv2.IMREAD_COLOR)
    if how == "a fifth darker":
        return (image * 0.8).astype(np.uint8)
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)


@pytest.mark.parametrize("how", ["half size", "jpeg", "a fifth darker", "gray"])
def test_changed_copies_are_found_and_nothing_else(how):
    images = [*random_photos(12), data.chelsea(), data.coffee()]
    assert pairs(find_duplicates([*images, changed(images[-2], how)])) == [(12, 14, False)]


def test_exact_copies_are_paired_with_the_first():
    image, other = random_photos(2)
    assert pairs(find_duplicates([image, other, image.copy(), image.copy()])) == [(0, 2, True), (0, 3, True)]


def test_exact_means_shape_and_dtype_too():
    image = random_photos(1)[0]
    table = find_duplicates([image, image.astype(np.uint16) * 257])
    assert pairs(table) == [(0, 1, False)]


def test_flat_images_are_exact_duplicates_only():
    flat = [np.full((20, 20), level, dtype=np.uint8) for level in (10, 200, 10)]
    assert pairs(find_duplicates(flat)) == [(0, 2, True)]


def test_digits_by_different_hands_are_no_duplicates():
    digits = load_digits().images / 16
    assert find_duplicates(digits, max_distance=10).empty
    assert pairs(find_duplicates([*digits, digits[5]], max_distance=10)) == [(5, 1797, True)]


def test_files_are_read(tmp_path):
    image = data.chelsea()
    cv2.imwrite(str(tmp_path / "a.png"), image)
    cv2.imwrite(str(tmp_path / "b.jpg"), image)
    assert pairs(find_duplicates([str(tmp_path / "a.png"), str(tmp_path / "b.jpg")])) == [(0, 1, False)]


def test_pairs_are_counted_where_a_split_parts_them():
    image, other = random_photos(2)
    table = find_duplicates([image, image, other, other])
    splits = [([0, 2], [1, 3]), ([0, 1], [2, 3]), ([1, 3], [0])]
    assert parted_by(table, splits, 4).tolist() == [2, 1]


@pytest.mark.parametrize("max_distance", [-1, 256, 2.5])
def test_a_distance_is_a_number_of_bits(max_distance):
    with pytest.raises(InvalidParameterError, match="'max_distance' parameter must be"):
        find_duplicates([data.camera()], max_distance=max_distance)


@pytest.mark.parametrize("image", [np.zeros((64, 64, 2)), np.full((64, 64), 300.0), np.zeros((64, 64), np.int64)])
def test_no_hash_of_what_is_no_image(image):
    with pytest.raises(ImageFormatError):
        perceptual_hash(image)
