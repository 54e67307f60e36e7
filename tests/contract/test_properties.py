"""Whatever the pixels, sizes and channels: every public step gives a valid result or says why not, twice the same."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import featkit
from featkit.testing import check_pictures
from tests.contract.test_contract import LEARNING_FROM_MASKS, MASKS, STEPS

PLANES = {"gray": (), "rgb": (3,), "rgba": (4,), "mask": ()}
EXAMPLES = 12


@st.composite
def images(draw):
    """Images of every kind: noise, flat or of few levels; as small as one pixel; with holes in their alpha."""
    planes = draw(st.sampled_from(sorted(PLANES)))
    shape = (draw(st.integers(1, 48)), draw(st.integers(1, 48)), *PLANES[planes])
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    levels = draw(st.sampled_from([1, 2, 5, 256]))
    values = rng.integers(levels, size=shape) * (255 // max(levels - 1, 1)) if levels > 1 else np.full(shape, 255)
    if draw(st.booleans()):  # an object: what lies outside a box is dark, or transparent
        row, col = rng.integers(shape[0]), rng.integers(shape[1])
        outside = np.ones(shape[:2], dtype=bool)
        outside[row : row + 12, col : col + 12] = False
        values[outside] = 0
    if planes == "mask":
        return values > 127
    dtype = draw(st.sampled_from(["uint8", "uint16", "float32", "float64"]))
    image = values.astype(np.uint8)
    return image if dtype == "uint8" else (image / 255).astype(dtype) if "f" in dtype else image.astype(dtype) * 257


def outcome(estimator, image):
    try:
        return estimator.transform([image])
    except featkit.exceptions.FeatkitError as error:
        return str(error)


IMAGE_STEPS = [step for step in STEPS if isinstance(step, (featkit.ImageTransformer, featkit.FeatureExtractor))]


@pytest.mark.filterwarnings("ignore:A gray .* looks like a silhouette")
@pytest.mark.parametrize("estimator", IMAGE_STEPS, ids=lambda estimator: type(estimator).__name__)
def test_any_image_gives_a_valid_result_or_a_clear_error(estimator):
    pictures = check_pictures()
    fitted = estimator.fit(pictures, MASKS if estimator in LEARNING_FROM_MASKS else np.arange(len(pictures)) % 2)

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(images())
    def holds(image):
        before = image.copy()
        result = outcome(fitted, image)
        np.testing.assert_array_equal(image, before)
        if isinstance(result, str):
            assert len(result.split()) >= 5
            assert outcome(fitted, image) == result
            return
        np.testing.assert_array_equal(np.asarray(result[0]), np.asarray(outcome(fitted, image)[0]))
        if isinstance(fitted, featkit.FeatureExtractor):
            assert not np.isinf(result).any()
        else:
            featkit.check_image(result[0])

    holds()
