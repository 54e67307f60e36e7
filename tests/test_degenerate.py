"""Empty, one pixel, at the border, everywhere, several alike: what each method finds and what each measure says."""

import warnings

import numpy as np
import pytest

import featkit
from featkit import BackgroundRemover, foreground_mask, segment_foreground
from featkit.preprocessing.foreground.segmentation import METHODS

SHAPE = (60, 80)
ROWS, COLS = np.mgrid[: SHAPE[0], : SHAPE[1]]


def disk(row, col, radius):
    return (ROWS - row) ** 2 + (COLS - col) ** 2 <= radius**2


MASKS = {
    "empty": disk(0, 0, -1) & False,
    "one pixel": disk(20, 30, 0),
    "at the border": disk(58, 40, 15) | disk(50, 53, 8),
    "in a corner": disk(0, 0, 22),
    "all foreground": np.ones(SHAPE, dtype=bool),
    "two alike": disk(30, 20, 12) | disk(30, 60, 12),
}
FIRST_OF_TWO = disk(30, 20, 12)

# What the docstrings promise of each measure, mask by mask.
NAN = "all NaN"
COUNT_0 = "count 0, all else NaN"
FINITE = "finite"
PADDED = "finite, as if background followed"
ONE_OF_TWO = "finite, all but the count as the first alone"
AS_FIRST = "finite, as the first alone"
TOGETHER = "finite, not as the first alone"

OUTLINE = {"empty": NAN, "one pixel": NAN, "two alike": AS_FIRST}
MOMENTS = {"empty": NAN, "one pixel": FINITE, "two alike": TOGETHER}
OBJECTS = {"empty": COUNT_0, "one pixel": FINITE, "two alike": ONE_OF_TWO}
MEASURES = {
    featkit.RegionMeasurements(): OBJECTS,
    featkit.RegionMeasurements(aggregate="mean"): OBJECTS,
    featkit.RegionMeasurements(aggregate="max", color="lab", orientation=True): OBJECTS,
    featkit.PartMeasurements(parts=1): OBJECTS,
    featkit.HuMoments(): MOMENTS,
    featkit.ZernikeMoments(): MOMENTS,
    featkit.EllipticFourier(): OUTLINE,
    featkit.ContourSignature(): OUTLINE,
    featkit.ContourSignature(form="profile"): OUTLINE,
    featkit.CurvatureQuantiles(): OUTLINE,
    featkit.AreaIntegralInvariant(): OUTLINE,
    featkit.ChordQuantiles(): OUTLINE,
}


@pytest.fixture(autouse=True)
def _no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def row_of(measure, mask):
    return measure.fit([MASKS["at the border"]]).transform([mask])[0]


@pytest.mark.parametrize("measure", MEASURES, ids=repr)
@pytest.mark.parametrize("name", MASKS)
def test_measures(measure, name):
    mask = MASKS[name]
    row = row_of(measure, mask)
    promise = MEASURES[measure].get(name, PADDED)
    if promise == NAN:
        assert np.isnan(row).all()
    elif promise == COUNT_0:
        assert row[0] == 0
        assert np.isnan(row[1:]).all()
    else:
        assert np.isfinite(row).all()
    if promise == PADDED:
        np.testing.assert_allclose(row, row_of(measure, np.pad(mask, 7)), rtol=1e-4, atol=1e-4)
    elif promise == ONE_OF_TWO:
        assert row[0] == 2
        np.testing.assert_allclose(row[1:], row_of(measure, FIRST_OF_TWO)[1:], rtol=1e-9)
    elif promise == AS_FIRST:
        np.testing.assert_allclose(row, row_of(measure, FIRST_OF_TWO), rtol=1e-9)
    elif promise == TOGETHER:
        assert np.abs(row - row_of(measure, FIRST_OF_TWO)).max() > 0.1


def on_paper(mask, *, noise):
    rng = np.random.default_rng(0)
    colors = np.where(mask[..., np.newaxis], (180, 40, 60), (235, 230, 220)) + rng.normal(scale=noise, size=(*SHAPE, 3))
    return np.clip(np.rint(colors), 0, 255).astype(np.uint8)


# Image, and the mask that is promised of every method. One colour all over has no object, be it paper or petal.
PICTURES = {
    "empty": (on_paper(MASKS["empty"], noise=0), MASKS["empty"]),
    "one pixel": (on_paper(MASKS["one pixel"], noise=0), MASKS["one pixel"]),
    "at the border": (on_paper(MASKS["at the border"], noise=2), MASKS["at the border"]),
    "in a corner": (on_paper(MASKS["in a corner"], noise=2), MASKS["in a corner"]),
    "all foreground": (on_paper(MASKS["all foreground"], noise=0), MASKS["empty"]),
    "two alike": (on_paper(MASKS["two alike"], noise=0), MASKS["two alike"]),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", PICTURES)
def test_methods(method, name):
    image, promised = PICTURES[name]
    found = segment_foreground(image, method)
    if (method, name) == ("saliency", "one pixel"):  # smaller than a superpixel
        assert found[promised].all()
        assert found.mean() < 0.05
    elif method == "sauvola" and name in ("at the border", "in a corner"):  # an outline that is open has no inside
        assert found.any()
        assert not (found & ~promised).any()
    else:
        np.testing.assert_array_equal(found, promised)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("components", ["largest", "central"])
def test_of_two_alike_the_first_is_taken(method, components):
    found = segment_foreground(PICTURES["two alike"][0], method, components=components)
    np.testing.assert_array_equal(found, FIRST_OF_TWO)


@pytest.mark.parametrize("method", METHODS)
def test_where_nothing_is_found_the_image_stays_and_its_quality_is_0(method):
    image = PICTURES["empty"][0]
    remover = BackgroundRemover(method=method)
    (kept,) = remover.fit_transform([image])
    assert foreground_mask(kept).all()
    np.testing.assert_array_equal(kept[..., :3], image)
    assert remover.quality([image]) == 0


STEPS = [
    featkit.ForegroundCropper(height=24, width=32),
    featkit.ForegroundCropper(height=24, width=32, center="mass", rotate=True, keep_aspect=False, margin=0),
    featkit.Deskewer(),
    featkit.ForegroundNormalizer(),
]


@pytest.mark.parametrize("step", STEPS, ids=repr)
@pytest.mark.parametrize("name", MASKS)
@pytest.mark.parametrize("as_mask", [True, False], ids=["mask", "RGBA"])
def test_steps(step, name, as_mask):
    mask = MASKS[name]
    image = mask if as_mask else featkit.join_alpha(np.full(SHAPE, 200, np.uint8), mask)
    (result,) = step.fit_transform([image])
    light = result if result.ndim == 2 else result[..., 3]
    one_tone = isinstance(step, featkit.ForegroundNormalizer) and not as_mask and name == "all foreground"
    assert np.any(light) == (name != "empty" and not one_tone)
