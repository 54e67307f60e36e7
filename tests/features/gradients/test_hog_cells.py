"""Cells of a HOG: ramps vote for the bin of their direction."""

import numpy as np
import pytest
import skimage.data
import skimage.feature

from featkit.features.gradients import hog_cells


def plane(degrees, shape=(48, 56)):
    """A ramp whose gradient points in one direction everywhere."""
    row, col = np.mgrid[: shape[0], : shape[1]]
    values = col * np.cos(np.deg2rad(degrees)) + row * np.sin(np.deg2rad(degrees))
    return (values - values.min()) / np.ptp(values)


def pictures():
    rng = np.random.default_rng(0)
    row, col = np.mgrid[:48, :56]
    named = {
        "camera": skimage.data.camera()[200:280, 200:290],
        "astronaut": skimage.data.astronaut()[100:160, 180:260],
        "noise": rng.integers(0, 256, (50, 61), dtype=np.uint8),
        "colour noise": rng.integers(0, 256, (50, 61, 3), dtype=np.uint8),
        "eight levels": rng.integers(0, 8, (50, 61, 3), dtype=np.uint8),  # many channels tie
        "black and white": 255 * rng.integers(0, 2, (48, 48), dtype=np.uint8),  # all multiples of 45 degrees
        "stairs": (col // 5 * 20 % 256).astype(np.uint8),
        "diagonal stairs": ((row + col) // 3 * 7 % 256).astype(np.uint8),
        "flat": np.full((48, 48), 7, dtype=np.uint8),
    }
    named |= {f"{name} / 255": image / 255 for name, image in list(named.items())}
    named |= {f"plane of {degrees} degrees": plane(degrees) for degrees in range(0, 360, 20)}
    named |= {f"{name}, float32": image.astype(np.float32) for name, image in named.items() if image.dtype == float}
    return named


PICTURES = pictures()


def test_ramp_along_columns_votes_for_the_first_bin_only():
    image = np.tile(np.arange(0, 64, 2, dtype=np.uint8), (32, 1))
    cells = hog_cells(image)
    assert cells.shape == (4, 4, 9)
    np.testing.assert_array_equal(cells[:, 1:3, 0], 4)  # difference over two pixels
    np.testing.assert_array_equal(cells[:, [0, 3], 0], 4 * 7 / 8)  # no gradient on the border
    assert not cells[:, :, 1:].any()


@pytest.mark.parametrize("degrees", range(5, 360, 10))
def test_plane_votes_for_the_bin_of_its_direction(degrees):
    unsigned = hog_cells(plane(degrees), orientations=18)
    signed = hog_cells(plane(degrees), orientations=36, signed=True)
    assert (unsigned[1:-1, 1:-1].argmax(axis=2) == degrees % 180 // 10).all()
    assert (signed[1:-1, 1:-1].argmax(axis=2) == degrees // 10).all()


def test_unsigned_cells_are_folded_signed_cells():
    signed = hog_cells(PICTURES["noise"], orientations=18, signed=True)
    unsigned = hog_cells(PICTURES["noise"], orientations=9)
    np.testing.assert_allclose(unsigned, signed[..., :9] + signed[..., 9:], rtol=1e-6)
