"""Images with known truth: the truth holds, and the seed decides everything."""

import numpy as np
import pytest
from sklearn.datasets import load_iris

from featkit import make_iris_flowers


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
