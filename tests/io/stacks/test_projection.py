import cv2
import numpy as np
import pytest

from featkit.exceptions import ImageReadError
from featkit.io.stacks.projection import project

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("shape", [(6, 5, 7), (6, 5, 7, 3)])
def test_maximum_and_mean_are_those_of_numpy(dtype, shape):
    stack = (RNG.random(shape) * (1 if dtype == np.float32 else np.iinfo(dtype).max)).astype(dtype)
    assert np.array_equal(project(iter(stack), "max"), stack.max(axis=0))
    mean = stack.mean(axis=0, dtype=np.float64)
    assert np.array_equal(project(iter(stack), "mean"), (mean if dtype == np.float32 else np.rint(mean)).astype(dtype))


@pytest.mark.parametrize("n_channels", [1, 3])
def test_the_sharpest_plane_is_the_one_in_focus(n_channels):
    sharp = RNG.integers(0, 256, (32, 32, n_channels)).astype(np.uint8).squeeze()
    planes = [cv2.GaussianBlur(sharp, (0, 0), sigma) for sigma in (4, 2, 1)]
    assert project(iter([*planes, sharp, *planes]), "sharpest") is sharp
    assert np.array_equal(project(iter([sharp, *planes]), "sharpest"), sharp)


def test_one_plane_is_itself_and_planes_of_two_sizes_are_refused():
    plane = np.full((3, 4), 7, np.uint8)
    for how in ("max", "mean", "sharpest"):
        assert np.array_equal(project(iter([plane]), how), plane)
        with pytest.raises(ImageReadError, match="planes of one size"):
            project(iter([plane, plane[:2]]), how)
