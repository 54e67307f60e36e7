"""Supervised descent: what a look at a mirror image gives is known from the look at the image."""

import cv2
import numpy as np
import pytest

from featkit.faces.landmarks.shapes import to_complex
from featkit.faces.training._descent import Picture, fit_descent, mirrored_values


@pytest.fixture
def looks():
    """A picture, its mirror image, and three points in each that are not symmetric."""
    noise = np.random.default_rng(0).integers(0, 256, (90, 100), dtype=np.uint8)
    gray = cv2.GaussianBlur(noise, (0, 0), 2)
    box, mirrored_box = np.array([10, 20, 80, 85]), np.array([10, 15, 80, 80])
    points = np.array([[-0.2, -0.3], [0.25, 0.1], [0.1, 0.28]])
    shape, mirror = to_complex(points), (0, 2, 1)
    picture = Picture(gray, box, shape)
    twin = Picture(np.ascontiguousarray(gray[:, ::-1]), mirrored_box, shape)
    return picture, twin, shape, mirror


def test_a_mirror_image_is_described_by_the_values_of_the_image_in_another_order(looks):
    picture, twin, shape, mirror = looks
    step = 0.016 * np.exp(0.2j)
    values = picture.described(shape, step)
    of_twin = twin.described(shape[list(mirror)].conj(), step.conjugate())
    assert mirrored_values(values[np.newaxis], mirror)[0] == pytest.approx(of_twin, abs=2e-3)
    assert values != pytest.approx(of_twin, abs=0.05)


def test_a_descent_is_as_symmetric_as_what_it_learnt_from(looks):
    picture, twin, shape, mirror = looks
    rng = np.random.RandomState(0)
    wanted = shape + rng.normal(0, 0.02, (1, 3)) + 0.01j
    mean_shape = (shape + shape[list(mirror)].conj()) / 2
    how = {"n_stages": 1, "n_starts": 12, "alpha": 1.5, "mirror": mirror}
    one = fit_descent([picture], mean_shape, wanted, rng=np.random.RandomState(0), **how)[1][0]
    weights = one[:-1].T.reshape(2, 3, -1)
    turned = mirrored_values(weights.reshape(6, -1), mirror).reshape(weights.shape)[:, list(mirror)]
    assert turned[0] == pytest.approx(weights[0], abs=1e-3)  # rows move alike, columns the other way
    assert turned[1] == pytest.approx(-weights[1], abs=1e-3)
