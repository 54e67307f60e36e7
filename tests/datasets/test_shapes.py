"""Pictures with known truth: the truth holds, and the seed decides everything."""

import numpy as np
import pytest
from scipy.special import ellipe
from sklearn.datasets import load_iris

from featkit import make_iris_flowers, make_shapes


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


def test_shapes_do_not_touch_the_frame():
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


@pytest.fixture(scope="module")
def flowers():
    return make_iris_flowers(size=256, pixel_size=0.09, random_state=0)


def test_flowers_are_the_rows_of_the_iris_table(flowers):
    iris = load_iris()
    assert (flowers.measurements == iris.data).all()
    assert (flowers.target == iris.target).all()
    assert flowers.images.shape == (150, 256, 256, 3)


def test_the_mask_has_the_area_of_the_blades(flowers):
    """A blade of length L and width W covers 0.7 to 0.8 of its box; the claws and the centre add 3 cm^2 at most."""
    sepal_length, sepal_width, petal_length, petal_width = flowers.measurements.T
    boxes = 3 * (sepal_length * sepal_width + petal_length * petal_width)
    area = flowers.masks.sum(axis=(1, 2)) * flowers.pixel_size**2
    assert (area > 0.7 * boxes).all()
    assert (area < 0.8 * boxes + 3).all()


def test_flowers_lie_anywhere_but_inside_and_clear_of_the_mark(flowers):
    for mask in flowers.masks:
        assert not mask[[0, -1]].any()
        assert not mask[:, [0, -1]].any()
    centers = np.array([np.argwhere(mask).mean(axis=0) for mask in flowers.masks])
    assert (centers.std(axis=0) > 10).all()


def test_the_mark_has_its_length(flowers):
    red = (flowers.images[0].astype(int) @ [2, -1, -1]) > 150
    cols = np.flatnonzero(red.any(axis=0))
    assert (cols[-1] - cols[0] + 1) * flowers.pixel_size == pytest.approx(flowers.mark_length, abs=0.1)


def test_the_seed_decides_everything(flowers):
    again = make_iris_flowers(size=256, pixel_size=0.09, random_state=0)
    other = make_iris_flowers(size=256, pixel_size=0.09, random_state=1)
    assert (flowers.images == again.images).all()
    assert (flowers.images[0] != other.images[0]).any()


def test_photos_lie_behind_the_same_flowers():
    photos = make_iris_flowers(size=256, pixel_size=0.09, background="photo", random_state=0)
    outside = [image[~mask].std() for image, mask in zip(photos.images, photos.masks, strict=True)]
    assert np.median(outside) > 30


@pytest.mark.parametrize(
    ("options", "message"),
    [({"background": "moon"}, "got 'moon'"), ({"size": 128}, "got size=128: raise one of them")],
)
def test_bad_flowers_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        make_iris_flowers(**options)
