"""Images with known truth: the truth holds, and the seed decides everything."""

import numpy as np
import pytest
from scipy.special import ellipe

from featkit import make_shapes


@pytest.mark.parametrize("shape", ["disk", "ellipse", "rectangle"])
def test_the_light_of_a_shape_is_its_area(shape):
    shapes = make_shapes(20, shape=shape, random_state=0)
    assert shapes.images.sum(axis=(1, 2)) / 255 == pytest.approx(shapes.area, rel=0.003)


@pytest.mark.parametrize("shape", ["ellipse", "rectangle"])
def test_the_angle_is_that_of_the_long_axis(shape):
    shapes = make_shapes(20, shape=shape, random_state=0)
    rows, cols = np.indices(shapes.images.shape[1:])
    for image, angle, length, width in zip(shapes.images, shapes.angle, shapes.length, shapes.width, strict=True):
        if length > 1.1 * width:
            weights = image / image.sum()
            row, col = rows - (rows * weights).sum(), cols - (cols * weights).sum()
            covariance = [[(a * b * weights).sum() for b in (row, col)] for a in (row, col)]
            axis = np.linalg.eigh(covariance).eigenvectors[:, 1]
            assert abs(axis @ [np.cos(angle), np.sin(angle)]) == pytest.approx(1, abs=1e-3)


def test_truth_of_each_shape_is_its_formula():
    disks, ellipses, rectangles = (
        make_shapes(5, shape=name, random_state=0) for name in ("disk", "ellipse", "rectangle")
    )
    assert disks.perimeter == pytest.approx(np.pi * disks.length)
    eccentricity_squared = 1 - (ellipses.width / ellipses.length) ** 2
    assert ellipses.perimeter == pytest.approx(2 * ellipses.length * ellipe(eccentricity_squared), rel=1e-5)
    assert rectangles.area == pytest.approx(rectangles.length * rectangles.width)
    assert rectangles.perimeter == pytest.approx(2 * (rectangles.length + rectangles.width))


def test_shapes_do_not_touch_the_border():
    for name in ("disk", "ellipse", "rectangle"):
        images = make_shapes(50, shape=name, random_state=0).images
        assert not images[:, [0, -1]].any()
        assert not images[:, :, [0, -1]].any()


@pytest.mark.parametrize(
    ("options", "message"),
    [({"shape": "star"}, "got 'star'"), ({"min_radius": 80}, r"at most 62\.0 for images of 128 x 128")],
)
def test_bad_shapes_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        make_shapes(1, **options)


@pytest.mark.parametrize(("height", "width"), [(90, 160), (150, 70)])
def test_images_are_of_the_size_asked_for(height, width):
    shapes = make_shapes(5, height=height, width=width, min_radius=10, random_state=0)
    assert shapes.images.shape == (5, height, width)
    assert shapes.length.max() <= min(height, width)
    assert shapes.images.sum(axis=(1, 2)) / 255 == pytest.approx(shapes.area, rel=0.01)
