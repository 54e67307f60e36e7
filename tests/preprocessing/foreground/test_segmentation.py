"""segment_foreground: images with known objects, hopeless images."""

import warnings

import cv2
import numpy as np
import pytest
import skimage.data
from skimage.filters import threshold_otsu

from featkit import segment_foreground
from featkit.parameters import InvalidParameterError
from featkit.preprocessing.foreground.segmentation import METHODS

ROWS, COLS = np.mgrid[:120, :160]


def disk(row, col, radius):
    return (ROWS - row) ** 2 + (COLS - col) ** 2 <= radius**2


def on_paper(mask, *, paper=(235, 230, 220), ink=(180, 40, 60), noise=2.0, falloff=0.0):
    """An object on a plain backdrop, with sensor noise and with light that falls off to the right."""
    rng = np.random.default_rng(0)
    light = 1 - falloff * np.arange(mask.shape[1]) / mask.shape[1]
    colors = np.where(mask[..., np.newaxis], ink, paper) * light[:, np.newaxis]
    return np.clip(np.rint(colors + rng.normal(scale=noise, size=colors.shape)), 0, 255).astype(np.uint8)


def in_a_meadow(mask):
    """A red object before a coarse green texture."""
    rng = np.random.default_rng(1)
    texture = cv2.GaussianBlur(rng.normal(size=(*mask.shape, 3)), (0, 0), 2) * 120
    colors = np.where(mask[..., np.newaxis], (190, 50, 60), (70, 120, 50)) + texture
    return np.clip(colors, 0, 255).astype(np.uint8)


def overlap(found, truth):
    return np.count_nonzero(found & truth) / np.count_nonzero(found | truth)


every_method = pytest.mark.parametrize("method", METHODS)


@every_method
@pytest.mark.parametrize("paper", [(235, 230, 220), (15, 12, 18)], ids=["white paper", "black cloth"])
def test_an_object_on_a_plain_backdrop_is_found_by_every_method(method, paper):
    truth = disk(55, 90, 28)
    least = 0.8 if method == "saliency" else 0.97
    assert overlap(segment_foreground(on_paper(truth, paper=paper), method), truth) > least


@pytest.mark.parametrize("method", ["auto", "border", "grabcut"])
def test_uneven_light_does_not_count_as_object(method):
    truth = disk(60, 50, 22)
    assert overlap(segment_foreground(on_paper(truth, falloff=0.5), method), truth) > 0.95


@pytest.mark.parametrize("method", ["auto", "grabcut"])
def test_an_object_before_a_texture_is_found(method):
    truth = disk(60, 80, 30)
    assert overlap(segment_foreground(in_a_meadow(truth), method), truth) > 0.9


def test_the_cat_becomes_a_cat():
    mask = segment_foreground(skimage.data.chelsea())
    assert mask[120:200, 150:250].all()  # the face
    assert 0.15 < mask.mean() < 0.8


def test_otsu_cuts_where_scikit_image_cuts_and_takes_what_is_rare_on_the_border():
    gray = skimage.data.coins()
    bright = gray > threshold_otsu(gray)
    share = np.concatenate([bright[0], bright[-1], bright[1:-1, 0], bright[1:-1, -1]]).mean()
    expected = bright if share < 0.5 else ~bright
    largest = segment_foreground(gray, "otsu", components="largest", fill_holes=False)
    assert largest.any()
    assert not (largest & ~expected).any()


@pytest.mark.parametrize("method", ["auto", "otsu", "border", "grabcut"])
def test_polarity_does_not_matter(method):
    image = on_paper(disk(60, 80, 25), noise=0)
    assert overlap(segment_foreground(image, method), segment_foreground(255 - image, method)) > 0.97


@every_method
@pytest.mark.parametrize("shape", [(2, 2), (3, 5), (4, 4, 3), (1, 9), (28, 28), (200, 3, 3)])
def test_tiny_images_do_not_crash(method, shape):
    image = np.random.default_rng(2).integers(0, 256, shape).astype(np.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert segment_foreground(image, method).shape == shape[:2]


@pytest.mark.parametrize("method", ["auto", "otsu", "border"])
def test_an_object_of_one_pixel_is_found(method):
    image = np.full((60, 70, 3), 200, np.uint8)
    image[20, 30] = 10
    assert np.argwhere(segment_foreground(image, method)).tolist() == [[20, 30]]


@every_method
def test_an_object_of_one_pixel_is_found_or_nothing_is(method):
    image = np.full((60, 70, 3), 200, np.uint8)
    image[20, 30] = 10
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = segment_foreground(image, method)
    assert not found.any() or found[20, 30]
    assert found.mean() < 0.1


@pytest.mark.parametrize("method", ["auto", "otsu", "border"])
def test_an_object_that_touches_the_border_is_found(method):
    truth = disk(118, 80, 30)
    assert overlap(segment_foreground(on_paper(truth), method), truth) > 0.97


@pytest.mark.parametrize("method", ["auto", "otsu", "border", "grabcut"])
def test_several_equal_objects(method):
    truth = disk(60, 40, 20) | disk(60, 120, 20)
    image = on_paper(truth, noise=0)
    assert overlap(segment_foreground(image, method), truth) > 0.97
    first = segment_foreground(image, method, components="largest")
    assert overlap(first, disk(60, 40, 20)) > 0.97
    one_of_them = segment_foreground(image, method, components="central")
    assert overlap(one_of_them, disk(60, 40, 20)) > 0.97


def test_central_component_against_largest():
    truth = disk(60, 80, 12) | disk(60, 25, 20)
    image = on_paper(truth)
    assert overlap(segment_foreground(image, components="central"), disk(60, 80, 12)) > 0.95
    assert overlap(segment_foreground(image, components="largest"), disk(60, 25, 20)) > 0.95


def test_holes_are_filled_on_request():
    ring = disk(60, 80, 30) & ~disk(60, 80, 12)
    image = on_paper(ring)
    assert overlap(segment_foreground(image, fill_holes=True), disk(60, 80, 30)) > 0.95
    assert overlap(segment_foreground(image, fill_holes=False), ring) > 0.95


def test_where_grabcut_cannot_be_fitted_the_border_tells(monkeypatch):
    expected = segment_foreground(skimage.data.astronaut(), method="border")

    def refuse(*arguments):
        raise cv2.error("Assertion failed: !bgdSamples.empty() && !fgdSamples.empty()")

    monkeypatch.setattr(cv2, "grabCut", refuse)  # the versions of OpenCV differ in what they refuse
    assert np.array_equal(segment_foreground(skimage.data.astronaut(), method="grabcut"), expected)


def test_the_seed_is_that_of_grabcut():
    image = in_a_meadow(disk(60, 80, 30))
    seeds = {}

    def draw(seed):
        seeds[seed] = True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cv2, "setRNGSeed", draw)
        segment_foreground(image, "grabcut", random_state=7)
        segment_foreground(image, "otsu", random_state=8)
    assert list(seeds) == [7]
    with pytest.raises(InvalidParameterError, match="random_state"):
        segment_foreground(image, random_state=-1)
