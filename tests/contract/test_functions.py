"""Every public function of an image refuses what is no image, as the estimators do."""

import inspect

import numpy as np
import pytest

from featkit import find_color_card
from featkit.datasets import make_color_cards
from featkit.features.gradients import hog
from featkit.image import to_gray
from featkit.testing import check_image_function, check_pictures
from tests.public_names import public_items

PICTURE = check_pictures(1, height=96, width=112)[0]
MASK = PICTURE[..., 0] > 100


def face_points():
    """68 points of a face seen from the front that fills most of an image of 96 x 112 pixels."""
    jaw = np.deg2rad(np.linspace(180, 0, 17))
    parts = [
        np.column_stack([42 + 44 * np.sin(jaw), 56 + 36 * np.cos(jaw)]),
        *(np.column_stack([[30, 27, 26, 27, 29], np.linspace(left, left + 20, 5)]) for left in (28, 64)),
        np.column_stack([np.linspace(36, 50, 4), [56] * 4]),
        np.column_stack([[54, 55, 56, 55, 54], np.linspace(48, 64, 5)]),
        *(np.column_stack([[36, 34, 34, 36, 38, 38], left + np.array([0, 4, 8, 12, 8, 4])]) for left in (32, 68)),
    ]
    for height, width, n_upper, n_lower in ((5, 13, 7, 5), (2, 10, 5, 3)):  # outer and inner line of the lips
        upper, lower = np.linspace(np.pi, 0, n_upper), np.linspace(0, -np.pi, n_lower + 2)[1:-1]
        turn = np.concatenate([upper, lower])
        parts.append(np.column_stack([68 - height * np.sin(turn), 56 + width * np.cos(turn)]))
    return np.concatenate(parts)


# What a function needs besides its image.
NEEDED = {
    "align_face": {"points": face_points(), "height": 32, "width": 24},
    "color_levels": {"space": "lab"},
    "convert_color": {"space": "lab"},
    "correct_colors": {"card": find_color_card(make_color_cards(1, random_state=0).images[0])},
    "corrupt": {"kind": "brightness", "amount": 0.5},
    "cooccurrence_matrix": {},
    "crop_center": {"height": 8, "width": 8},
    "crop_foreground": {"height": 16, "width": 16},
    "describe_face": {"points": face_points()},
    "find_checkerboard": {"size": 10},
    "find_coin": {"size": 10},
    "find_ruler": {"size": 10},
    "find_sheet": {"size": (210, 297)},
    "find_tags": {"size": 10},
    "foreground_crop_map": {"height": 16, "width": 16},
    "join_alpha": {"alpha": MASK},
    "landmark_descriptors": {"points": face_points()},
    "match_colors": {"reference": PICTURE},
    "normalize_foreground": {},
    "part_labels": {"part_colors": np.eye(3)},
    "part_measurements": {"part_colors": np.eye(3)},
    "resize": {"height": 9, "width": 11},
    "warp_affine": {"affine_map": np.eye(2, 3), "height": 9, "width": 11},
}

# Functions whose first argument is called image and that are held to other laws, and why.
OTHERS = {
    "find_scale": "it warns of images without a scale; its finders are held to the laws",
    "rectify_sheet": "it takes images of the size of its scale only",
    "check_image": "it is the check itself, and gives back what came",
    "read_image": "it takes files",
}


def functions_of_an_image():
    for package, name, item in public_items():
        takes_image = inspect.isfunction(item) and next(iter(inspect.signature(item).parameters), "") == "image"
        if takes_image and name not in OTHERS:
            yield pytest.param(item, id=f"{package}.{name}")


FUNCTIONS = list(functions_of_an_image())


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions_of_an_image(function):
    check_image_function(function, images=check_pictures(8, height=96, width=112), **NEEDED.get(function.__name__, {}))


def test_functions_are_found():
    assert len(FUNCTIONS) > 50


def test_a_function_that_takes_anything_is_found_out():
    def brightness(image):
        return np.mean(image)

    with pytest.raises(AssertionError, match="floats 0..255: accepted"):
        check_image_function(brightness)


def test_a_function_that_writes_is_found_out():
    def darkened(image):
        values = hog(image)  # refuses what is no image
        image[...] = 0
        return values

    with pytest.raises(ValueError, match="read-only"):
        check_image_function(darkened)


def test_an_unclear_refusal_is_found_out():
    def gray_only(image):
        if np.ndim(image) != 2:
            raise TypeError("gray only")
        return to_gray(image)

    with pytest.raises(AssertionError):
        check_image_function(gray_only)
