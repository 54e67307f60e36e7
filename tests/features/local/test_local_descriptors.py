"""Local descriptors: the HOG of a patch, alpha, mirrors, bits, turns."""

import cv2
import numpy as np
import pytest
from skimage import data

from featkit import BagOfVisualWords, join_alpha
from featkit.exceptions import MissingDependencyError
from featkit.features.gradients import hog
from featkit.features.local import local_descriptors
from featkit.image import flatten_alpha


def test_a_dense_descriptor_is_the_hog_of_its_patch():
    image = data.camera()[100:148, 200:264]
    positions, descriptors = local_descriptors(image, "dense", cell_size=4)
    assert len(positions) == (48 // 4 - 3) * (64 // 4 - 3)
    assert positions[0] == pytest.approx([8 / 48, 8 / 64])
    inside = 15  # second row and third column of patches: its gradients do not meet the border
    row, col = np.rint(positions[inside] * image.shape).astype(int)
    patch = image[row - 12 : row + 12, col - 12 : col + 12]  # with a margin of one cell
    options = {"orientations": 8, "pixels_per_cell": (4, 4), "cells_per_block": (4, 4), "voting": "trilinear"}
    expected = hog(patch, signed=True, **options).reshape(3, 3, -1)[1, 1]
    assert descriptors[inside] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("descriptor", ["dense", "sift", "orb"])
def test_only_the_foreground_is_described(descriptor):
    image = data.camera()[:256, :256]
    mask = np.zeros(image.shape, dtype=bool)
    mask[:, 128:] = True
    positions, descriptors = local_descriptors(join_alpha(image, mask), descriptor)
    assert len(positions) == len(descriptors) > 20
    assert (positions[:, 1] >= 0.5 - 1 / 256).all()


def test_root_sift_has_length_one():
    descriptors = local_descriptors(data.camera(), "sift")[1]
    assert (descriptors**2).sum(axis=1) == pytest.approx(np.ones(len(descriptors)), abs=1e-5)


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (2, 2)])
@pytest.mark.parametrize("descriptor", ["sift", "orb", "dense"])
def test_a_line_of_pixels_has_no_places(descriptor, shape):
    positions, descriptors = local_descriptors(data.camera()[: shape[0], : shape[1]], descriptor)
    assert len(positions) == len(descriptors) == 0


@pytest.mark.parametrize("descriptor", ["sift", "orb", "dense"])
def test_what_shines_through_is_the_mean_of_the_foreground_in_every_dtype(descriptor):
    photo = data.astronaut()[50:250, 100:300]
    soft = np.dstack([photo, np.tile(np.linspace(128, 255, 200).astype(np.uint8), (200, 1))])
    _, descriptors = local_descriptors(soft, descriptor)
    np.testing.assert_array_equal(descriptors, local_descriptors(flatten_alpha(soft, "mean"), descriptor)[1])
    for image in (soft / 255, soft.astype(np.uint16) * 257, (soft / 255).astype(np.float32)):
        np.testing.assert_array_equal(local_descriptors(image, descriptor)[1], descriptors)


def test_places_of_keypoints_are_mirrored_with_the_image():
    square = np.full((100, 120), 40, np.uint8)
    square[30:60, 20:50] = 220
    places, mirrored = (local_descriptors(image, "orb")[0] for image in (square, square[:, ::-1]))
    center = np.median(places, axis=0)
    assert np.median(mirrored, axis=0) == pytest.approx([center[0], 1 - center[1]], abs=0.01)


def test_orb_gives_bits():
    descriptors = local_descriptors(data.camera(), "orb")[1]
    assert descriptors.shape[1] == 256
    assert set(np.unique(descriptors)) == {0, 1}


LENGTHS = {"akaze": 488, "kaze": 64, "brisk": 512}


@pytest.mark.parametrize("descriptor", LENGTHS)
def test_what_the_installed_opencv_lacks_is_named(descriptor):
    image = data.camera()[:256, :256]
    if hasattr(cv2, descriptor.upper()) or hasattr(cv2, "xfeatures2d"):  # OpenCV 4, or a contrib package
        mask = np.zeros(image.shape, dtype=bool)
        mask[:, 128:] = True
        positions, descriptors = local_descriptors(join_alpha(image, mask), descriptor)
        assert len(positions) > 20
        assert descriptors.shape == (len(positions), LENGTHS[descriptor])
        assert (positions[:, 1] >= 0.5 - 1 / 256).all()
        if descriptor == "kaze":
            assert (descriptors**2).sum(axis=1) == pytest.approx(np.ones(len(descriptors)), abs=1e-4)
        else:
            assert set(np.unique(descriptors)) == {0, 1}
    else:
        with pytest.raises(MissingDependencyError, match=f"does not have {descriptor.upper()}"):
            BagOfVisualWords(descriptor=descriptor).fit([image])


def test_sift_finds_the_same_places_in_a_turned_image():
    image = data.camera()
    upright, turned = (local_descriptors(picture, "sift") for picture in (image, np.rot90(image).copy()))
    moved = np.column_stack([turned[0][:, 1], 1 - turned[0][:, 0]])
    distances = np.abs(upright[0][:, np.newaxis] - moved).max(axis=2).min(axis=1)
    assert (distances < 2 / 512).mean() > 0.8
