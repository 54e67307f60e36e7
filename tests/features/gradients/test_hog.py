"""HOG: closed forms, scikit-image's, alpha, names, what is refused."""

import numpy as np
import pytest
import skimage.data
import skimage.feature

from featkit import HOG
from featkit.exceptions import ImageFormatError
from featkit.features.gradients import hog, hog_cells, hog_names
from featkit.parameters import InvalidParameterError
from featkit.testing import check_image_estimator

NORMS = ("L1", "L1-sqrt", "L2", "L2-Hys")
GRIDS = [  # orientations, pixels_per_cell, cells_per_block
    (9, (8, 8), (3, 3)),
    (8, (8, 8), (2, 2)),
    (7, (5, 6), (1, 2)),
    (12, (4, 4), (2, 2)),
    (14, (16, 20), (1, 1)),
    (1, (8, 8), (3, 3)),
    (36, (3, 7), (2, 3)),
]


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


def skimage_hog(image, **parameters):
    return skimage.feature.hog(image, channel_axis=-1 if image.ndim == 3 else None, **parameters)


@pytest.mark.parametrize("block_norm", NORMS)
def test_one_filled_bin_has_the_norm_of_the_block(block_norm):
    image = np.tile(np.arange(0, 64, 2, dtype=np.uint8), (32, 1))
    features = hog(image, pixels_per_cell=(8, 8), cells_per_block=(1, 1), block_norm=block_norm).reshape(4, 4, 9)
    np.testing.assert_allclose(features[:, :, 0], 1, atol=1e-4)
    assert not features[:, :, 1:].any()


@pytest.mark.parametrize("name", PICTURES)
def test_equals_skimage_on_every_image(name):
    for orientations, pixels_per_cell, cells_per_block in GRIDS:
        parameters = {
            "orientations": orientations,
            "pixels_per_cell": pixels_per_cell,
            "cells_per_block": cells_per_block,
        }
        found = hog(PICTURES[name], **parameters)
        np.testing.assert_allclose(found, skimage_hog(PICTURES[name], **parameters), rtol=0, atol=1e-6)


@pytest.mark.parametrize("block_norm", NORMS)
@pytest.mark.parametrize("transform_sqrt", [False, True])
def test_equals_skimage_for_every_norm(block_norm, transform_sqrt):
    for name in ("camera", "astronaut", "noise / 255", "camera / 255, float32", "flat"):
        for orientations, pixels_per_cell, cells_per_block in GRIDS:
            parameters = {
                "orientations": orientations,
                "pixels_per_cell": pixels_per_cell,
                "cells_per_block": cells_per_block,
                "block_norm": block_norm,
                "transform_sqrt": transform_sqrt,
            }
            found = hog(PICTURES[name], **parameters)
            np.testing.assert_allclose(found, skimage_hog(PICTURES[name], **parameters), rtol=0, atol=1e-6)


def test_equals_skimage_on_uint16_and_in_large_cells():
    image = PICTURES["camera"].astype(np.uint16) * 257
    np.testing.assert_allclose(hog(image), skimage_hog(image), rtol=0, atol=1e-6)
    large = {"pixels_per_cell": (128, 128), "cells_per_block": (2, 2), "block_norm": "L1"}
    image = skimage.data.camera()
    np.testing.assert_allclose(hog(image, **large), skimage_hog(image, **large), rtol=0, atol=1e-6)


def test_equals_skimage_where_directions_lie_on_the_edges_of_bins():
    levels = np.random.default_rng(0).choice(np.array([0, 1, 3], np.uint8), (40, 40, 3))
    for image in (levels, levels[..., 0]):  # roots differ by 1 and the root of 3: multiples of 30 and of 45 degrees
        for orientations in (6, 7, 9, 12, 24, 33, 39):
            parameters = {"orientations": orientations, "transform_sqrt": True}
            found = hog(image, **parameters)
            np.testing.assert_allclose(found, skimage_hog(image, **parameters), rtol=0, atol=1e-6)


def test_equals_skimage_for_parameters_drawn_at_random():
    rng = np.random.default_rng(0)
    photos = (skimage.data.camera(), skimage.data.astronaut())
    for _ in range(200):
        cell, block, spare = rng.integers(1, 13, 2), rng.integers(1, 4, 2), rng.integers(0, 30, 2)
        height, width = cell * block + spare
        row, col = rng.integers(512 - height), rng.integers(512 - width)
        image = photos[rng.integers(2)][row : row + height, col : col + width]
        image = (image, image / 255, (image / 255).astype(np.float32), image // 32)[rng.integers(4)]
        parameters = {
            "orientations": int(rng.integers(1, 40)),
            "pixels_per_cell": tuple(cell.tolist()),
            "cells_per_block": tuple(block.tolist()),
            "block_norm": NORMS[rng.integers(4)],
            "transform_sqrt": bool(rng.integers(2)),
        }
        found, expected = hog(image, **parameters), skimage_hog(image, **parameters)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6, err_msg=str((image.shape, parameters)))


@pytest.mark.parametrize("voting", ["nearest", "trilinear"])
def test_light_added_or_inverted_changes_nothing(voting):
    image = PICTURES["camera"] // 2
    expected = hog(image, voting=voting)
    np.testing.assert_array_equal(hog(image + 100, voting=voting), expected)
    np.testing.assert_allclose(hog(255 - image, voting=voting), expected, rtol=0, atol=1e-6)
    assert np.abs(hog(255 - image, voting=voting, signed=True) - hog(image, voting=voting, signed=True)).max() > 0.1


@pytest.mark.parametrize("voting", ["nearest", "trilinear"])
def test_inverted_light_turns_signed_bins_by_180_degrees(voting):
    image = PICTURES["noise"]
    parameters = {"orientations": 12, "voting": voting, "signed": True}
    features = hog(image, **parameters).reshape(-1, 12)
    inverted = hog(255 - image, **parameters).reshape(-1, 12)
    np.testing.assert_allclose(inverted, np.roll(features, 6, axis=1), rtol=0, atol=1e-6)


def test_contrast_is_felt_through_the_constant_of_the_norms_only():
    image = PICTURES["camera"]
    np.testing.assert_allclose(hog(image / 255), hog(image), rtol=0, atol=0.01)
    faint = image / 255e5
    assert np.abs(hog(faint) - hog(image)).max() > 0.05


def test_rows_do_not_depend_on_chunks_nor_on_the_container():
    rng = np.random.default_rng(1)
    for stack in (rng.integers(0, 256, (7, 30, 28), dtype=np.uint8), rng.integers(0, 64, (7, 30, 28, 3)) / 63):
        for voting in ("nearest", "trilinear"):
            estimator = HOG(orientations=8, pixels_per_cell=(4, 5), cells_per_block=(2, 2), voting=voting)
            rows = estimator.fit_transform(stack)
            np.testing.assert_array_equal(estimator.transform(list(stack)), rows)
            np.testing.assert_array_equal(
                np.vstack([estimator.transform(stack[:3]), estimator.transform(stack[3:])]), rows
            )
            alone = hog(stack[4], orientations=8, pixels_per_cell=(4, 5), cells_per_block=(2, 2), voting=voting)
            np.testing.assert_array_equal(alone, rows[4])


def test_alpha_is_laid_on_the_background():
    image = PICTURES["astronaut"]
    alpha = np.where(np.arange(80) < 40, 255, 0) * np.ones((60, 1), dtype=int)
    cut_out = np.dstack([image, alpha]).astype(np.uint8)
    on_gray = np.where(alpha[..., np.newaxis] > 0, image, 51).astype(np.uint8)
    np.testing.assert_array_equal(hog(cut_out, background=0.2), hog(on_gray))
    repainted = cut_out.copy()
    repainted[:, 40:, :3] = 99
    np.testing.assert_array_equal(hog(repainted), hog(cut_out))


def test_a_mask_is_a_black_and_white_image():
    mask = PICTURES["black and white"] > 0
    for voting in ("nearest", "trilinear"):
        np.testing.assert_array_equal(hog(mask, voting=voting), hog(PICTURES["black and white"], voting=voting))


def test_names_count_the_columns():
    names = hog_names((64, 32))
    assert len(names) == 972
    assert names[:2] == ["hog_00000", "hog_00001"]
    assert names == sorted(set(names))
    estimator = HOG().fit(np.zeros((1, 64, 32), dtype=np.uint8))
    assert list(estimator.get_feature_names_out()) == names


def test_images_without_a_block_are_refused():
    message = "at least 24 x 24 pixels .* got 23 x 40"
    with pytest.raises(ImageFormatError, match=message):
        hog(np.zeros((23, 40)))
    with pytest.raises(ImageFormatError, match=message):
        HOG().fit(np.zeros((2, 23, 40)))
    with pytest.raises(ImageFormatError, match="at least 8 x 8 pixels"):
        hog_cells(np.zeros((7, 40)))


@pytest.mark.parametrize("pair", [(0, 8), (8,), (8, 8, 8), (8.5, 8), ("a", "b")])
def test_cells_must_be_a_pair_of_sizes(pair):
    for name in ("pixels_per_cell", "cells_per_block"):
        with pytest.raises(InvalidParameterError, match=name):
            HOG(**{name: pair}).fit(np.zeros((1, 64, 64)))


@pytest.mark.parametrize("parameters", [{"block_norm": "L3"}, {"voting": "bilinear"}])
def test_function_refuses_unknown_words(parameters):
    with pytest.raises(InvalidParameterError, match="must be a str among"):
        hog(np.zeros((32, 32)), **parameters)


def test_one_row_image():
    assert not hog(np.zeros((1, 30), dtype=np.uint8), pixels_per_cell=(1, 5), cells_per_block=(1, 1)).any()
    assert hog_cells(np.eye(1, 30), pixels_per_cell=(1, 5)).shape == (1, 6, 9)


def test_keeps_the_contract():
    check_image_estimator(HOG(voting="trilinear"))
    ties = "colour channels that tie are told apart by rounding, as in scikit-image"
    check_image_estimator(HOG(), expected_failed_checks={"check_dtypes": ties})
