"""Trilinear votes of a HOG: a naive one, OpenCV's, what moves and turns change."""

import math

import cv2
import numpy as np
import pytest
import skimage.data
import skimage.feature

from featkit.features.gradients import hog

NORMS = ("L1", "L1-sqrt", "L2", "L2-Hys")


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


def test_trilinear_vote_is_shared_by_the_two_nearest_bins():
    cells_per_block = (1, 1)
    for degrees, expected in [(10, (1, 0)), (15, (0.75, 0.25)), (20, (0.5, 0.5)), (30, (0, 1))]:
        features = hog(
            plane(degrees), cells_per_block=cells_per_block, voting="trilinear", block_norm="L1", window_sigma=3
        )
        inner = features.reshape(6, 7, 9)[1:-1, 1:-1]
        np.testing.assert_allclose(inner[..., 0] / inner.sum(axis=2), expected[0], atol=1e-4)
        np.testing.assert_allclose(inner[..., 1] / inner.sum(axis=2), expected[1], atol=1e-4)


def naive_gradients(values):
    d_row, d_col = np.zeros(values.shape), np.zeros(values.shape)
    d_row[1:-1] = values[2:] - values[:-2]
    d_col[:, 1:-1] = values[:, 2:] - values[:, :-2]
    if values.ndim == 3:
        length = np.hypot(d_row, d_col)
        strongest = (length > length.max(axis=2, keepdims=True) - 1e-5).argmax(axis=2)[..., np.newaxis]
        d_row, d_col = (np.take_along_axis(d, strongest, axis=2)[..., 0] for d in (d_row, d_col))
    return d_row, d_col


def naive_trilinear_hog(values, orientations, cell, block, norm, signed, sigma):
    """Block by block and pixel by pixel, values in 0..255, as the paper and OpenCV's source describe it."""
    d_row, d_col = naive_gradients(values)
    turn = 2 * math.pi if signed else math.pi
    grid = [values.shape[axis] // cell[axis] - block[axis] + 1 for axis in (0, 1)]
    out = np.zeros((*grid, *block, orientations))
    height, width = cell[0] * block[0], cell[1] * block[1]
    sigma = sigma or (height + width) / 8
    for block_row, block_col in np.ndindex(*grid):
        votes = out[block_row, block_col]
        for row, col in np.ndindex(height, width):
            pixel = block_row * cell[0] + row, block_col * cell[1] + col
            window = math.exp(-((row - height / 2) ** 2 + (col - width / 2) ** 2) / (2 * sigma**2))
            place = math.atan2(d_row[pixel], d_col[pixel]) % turn / turn * orientations - 0.5
            length = math.hypot(d_row[pixel], d_col[pixel]) * window
            for cell_row, cell_col in np.ndindex(*block):
                row_share = 1 - abs((row + 0.5) / cell[0] - 0.5 - cell_row)
                col_share = 1 - abs((col + 0.5) / cell[1] - 0.5 - cell_col)
                if row_share > 0 and col_share > 0:
                    low = math.floor(place)
                    share = length * row_share * col_share
                    votes[cell_row, cell_col, low % orientations] += share * (1 - (place - low))
                    votes[cell_row, cell_col, (low + 1) % orientations] += share * (place - low)
        softening = 0.1 * votes.size
        if norm.startswith("L1"):
            votes /= votes.sum() + softening
            if norm == "L1-sqrt":
                np.sqrt(votes, out=votes)
        else:
            votes /= np.sqrt((votes**2).sum()) + softening
            if norm == "L2-Hys":
                np.minimum(votes, 0.2, out=votes)
                votes /= np.sqrt((votes**2).sum()) + 1e-3
    return out


def opencv_hog(image, orientations, cell, block, signed, sigma, gamma, shape):
    (cell_height, cell_width), (rows, cols) = cell, block
    descriptor = cv2.HOGDescriptor(
        _winSize=(image.shape[1], image.shape[0]),
        _blockSize=(cell_width * cols, cell_height * rows),
        _blockStride=(cell_width, cell_height),
        _cellSize=(cell_width, cell_height),
        _nbins=orientations,
        _winSigma=sigma or -1,
        _gammaCorrection=gamma,
        _signedGradient=signed,
    )
    return descriptor.compute(image).reshape(shape[1], shape[0], shape[3], shape[2], shape[4]).transpose(1, 0, 3, 2, 4)


@pytest.mark.parametrize(("orientations", "signed"), [(2, False), (4, True)])
def test_votes_in_the_middle_of_the_first_bin_stay_in_their_cell(orientations, signed):
    slope = np.add.outer(np.arange(16), np.arange(16)).astype(np.uint8)  # 45 degrees all over
    cells = hog(
        slope,
        orientations=orientations,
        pixels_per_cell=(4, 4),
        cells_per_block=(1, 1),
        voting="trilinear",
        signed=signed,
    ).reshape(4, 4, orientations)
    np.testing.assert_allclose(cells[1:3, 1:3, 1:], 0, atol=1e-6)  # further out the border turns gradients
    np.testing.assert_allclose(cells[..., 0], cells[..., 0].T, atol=1e-6)  # as the slope is its own transpose


@pytest.mark.parametrize("name", ["camera", "astronaut", "noise", "eight levels", "black and white", "flat"])
@pytest.mark.parametrize(
    ("orientations", "cell", "block", "signed", "sigma", "gamma"),
    [
        (9, (8, 8), (2, 2), False, None, False),
        (9, (8, 8), (3, 3), True, None, True),
        (12, (4, 8), (2, 1), True, 3.0, False),
        (7, (8, 4), (3, 2), False, None, True),
        (8, (16, 8), (1, 2), False, None, False),
    ],
)
def test_trilinear_equals_the_naive_one_and_opencv(name, orientations, cell, block, signed, sigma, gamma):
    image = np.ascontiguousarray(PICTURES[name][:48, :48])
    found = hog(
        image,
        orientations=orientations,
        pixels_per_cell=cell,
        cells_per_block=block,
        transform_sqrt=gamma,
        voting="trilinear",
        signed=signed,
        window_sigma=sigma,
    )
    values = np.sqrt(image, dtype=float) if gamma else image
    expected = naive_trilinear_hog(values.astype(float), orientations, cell, block, "L2-Hys", signed, sigma)
    np.testing.assert_allclose(found, expected.ravel(), rtol=0, atol=1e-5)
    ties_of_rounded_roots = gamma and name == "eight levels"  # OpenCV's are rounded to float32 and part elsewhere
    if hasattr(cv2, "HOGDescriptor") and not ties_of_rounded_roots:  # OpenCV 4; its arctangent errs by 0.01 degrees
        peer = opencv_hog(image, orientations, cell, block, signed, sigma, gamma, expected.shape)
        np.testing.assert_allclose(found, peer.ravel(), rtol=0, atol=1e-3)


@pytest.mark.parametrize("block_norm", NORMS)
@pytest.mark.parametrize("cell", [(5, 6), (7, 3)])
def test_trilinear_equals_the_naive_one_for_every_norm(block_norm, cell):
    image = PICTURES["noise"]
    found = hog(image, pixels_per_cell=cell, cells_per_block=(2, 3), block_norm=block_norm, voting="trilinear")
    expected = naive_trilinear_hog(image.astype(float), 9, cell, (2, 3), block_norm, False, None)
    np.testing.assert_allclose(found, expected.ravel(), rtol=0, atol=1e-5)


@pytest.mark.parametrize("transform_sqrt", [False, True])
def test_trilinear_does_not_depend_on_the_dtype(transform_sqrt):
    image = PICTURES["astronaut"]
    expected = hog(image, voting="trilinear", transform_sqrt=transform_sqrt)
    for same in (image.astype(np.uint16) * 257, image / 255, (image / 255).astype(np.float32)):
        found = hog(same, voting="trilinear", transform_sqrt=transform_sqrt)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)


def test_trilinear_changes_less_when_the_image_turns_or_moves():
    center = (64, 64)
    picture = cv2.GaussianBlur(skimage.data.camera()[150:278, 150:278], (0, 0), 1)
    turned = cv2.warpAffine(picture, cv2.getRotationMatrix2D(center, 4, 1), (128, 128), borderMode=cv2.BORDER_REFLECT)
    moved = cv2.warpAffine(picture, np.float64([[1, 0, 1], [0, 1, 1]]), (128, 128), borderMode=cv2.BORDER_REFLECT)

    def change(other, voting):
        return np.linalg.norm(hog(picture, voting=voting) - hog(other, voting=voting))

    assert change(turned, "trilinear") < 0.9 * change(turned, "nearest")
    assert change(moved, "trilinear") < 0.9 * change(moved, "nearest")
