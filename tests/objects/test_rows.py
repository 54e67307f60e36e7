"""Rows of features, one for each object."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from featkit import ColorMoments, RegionMeasurements
from featkit.exceptions import SubjectNotFoundError
from featkit.image import convert_color, to_float
from featkit.objects import find_objects
from featkit.objects._rows import fitted_on_objects, is_measuring, mean_colors, names_of, pictures_of

LABELS = np.zeros((12, 15), np.int32)
LABELS[1:5, 2:6], LABELS[7:10, 8:14] = 1, 2
OBJECTS = find_objects(labels=LABELS)
RNG = np.random.default_rng(0)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float64])
def test_mean_colors_are_those_of_the_pixels(dtype):
    white = np.iinfo(dtype).max if np.dtype(dtype).kind == "u" else 1
    image = (RNG.random((12, 15, 3)) * white).astype(dtype)
    expected = [to_float(image)[label == LABELS].mean(axis=0) for label in (1, 2)]
    assert mean_colors(image, OBJECTS, "rgb") == pytest.approx(np.array(expected), abs=1e-5)
    lab = [convert_color(image[label == LABELS][np.newaxis], "lab")[0].mean(axis=0) for label in (1, 2)]
    assert mean_colors(image, OBJECTS, "lab") == pytest.approx(np.array(lab), abs=1e-3)


def test_gray_counts_as_equal_parts_and_nothing_has_no_color():
    gray = RNG.random((12, 15))
    found = mean_colors(gray, OBJECTS, "rgb")
    assert found[0] == pytest.approx([gray[LABELS == 1].mean()] * 3)
    assert np.isnan(mean_colors(None, OBJECTS, "rgb")).all()
    assert (mean_colors(LABELS > 0, OBJECTS, "rgb") == 1).all()


def test_objects_without_an_image_are_their_masks():
    for mask in pictures_of(None, OBJECTS):
        assert mask.dtype == bool
        assert mask.all()


def test_measurements_are_had_in_one_pass_and_all_else_is_cut_out():
    class Subclass(RegionMeasurements):
        pass

    assert is_measuring(None)
    assert is_measuring(RegionMeasurements())
    assert not is_measuring(Subclass())
    assert not is_measuring(ColorMoments())


def test_names_are_those_of_the_extractor_without_the_count():
    assert names_of(None) == list(RegionMeasurements().get_feature_names_out())[1:]
    assert names_of(ColorMoments()) == list(ColorMoments().get_feature_names_out())
    assert names_of(PCA()) is None  # not fitted


def test_an_extractor_needs_an_object_to_be_fitted_on():
    fitted = fitted_on_objects(ColorMoments(), iter([np.ones((4, 4, 4))]))
    assert fitted.transform([np.ones((4, 4, 4))]).shape[0] == 1
    with pytest.raises(SubjectNotFoundError, match="at least one object to fit ColorMoments on"):
        fitted_on_objects(ColorMoments(), iter([]))
