import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from featkit import ImageTransformer
from featkit.image.batches import stack_if_equal
from tests.base.test_feature_extractor import STACK, Brightness, Centered, Crop

SERIES = pd.Series(list(STACK), index=[7, 3, 5])


def test_images_that_agree_are_stacked():
    assert Crop().fit_transform(STACK).shape == (3, 2, 7)
    assert Crop().fit_transform([np.ones((5, 7)), np.ones((6, 7))]).shape == (2, 2, 7)
    assert isinstance(Crop().fit_transform([np.ones((5, 7)), np.ones((6, 8))]), list)
    assert isinstance(Crop().fit_transform([np.ones((5, 7)), np.ones((6, 7), np.float32)]), list)


@pytest.mark.parametrize("width", [3, 4])
def test_gray_images_of_a_width_that_reads_as_colour_stay_a_list(width):
    images = Crop().fit_transform([np.ones((5, width))] * 2)
    assert isinstance(images, list)
    assert Brightness().fit_transform(images).shape == (2, 2)
    assert stack_if_equal([np.ones((5, width, 3))] * 2, 2).shape == (2, 5, width, 3)


def test_a_series_stays_one_where_tables_are_of_pandas():
    cropped = Crop().set_output(transform="pandas").fit_transform(SERIES)
    assert isinstance(cropped, pd.Series)
    assert cropped.index.tolist() == [7, 3, 5]
    np.testing.assert_array_equal(np.stack(cropped), Crop().fit_transform(STACK))
    assert isinstance(Crop().set_output(transform="polars").fit_transform(SERIES), np.ndarray)
    assert isinstance(Crop().set_output(transform="pandas").set_output().fit_transform(SERIES), pd.Series)
    assert isinstance(clone(Crop().set_output(transform="pandas")).fit_transform(SERIES), pd.Series)
    with pytest.MonkeyPatch.context():
        assert isinstance(Centered().fit(STACK).transform(SERIES), np.ndarray)


def test_metadata_are_keywords_of_transform():
    class Shift(ImageTransformer):
        def image_transformer(self):
            return lambda image, rows=0: np.roll(image, rows, axis=0)

        def transform(self, X, *, rows=None):
            return self.transform_batch(X, rows=rows)

    shifted = Shift().fit_transform(STACK, rows=[0, 1, 2])
    np.testing.assert_array_equal(shifted[2], np.roll(STACK[2], 2, axis=0))
    np.testing.assert_array_equal(Shift().transform(STACK), STACK)
    with pytest.raises(ValueError, match="Expected rows of each of 3 images, got 2"):
        Shift().transform(STACK, rows=[0, 1])
    with pytest.raises(TypeError, match="columns"):
        Shift().transform(STACK, columns=[0, 1, 2])


def test_the_index_of_mixed_sizes_comes_through():
    images = pd.Series([np.ones((5, 7)), np.ones((6, 8))], index=["b", "a"])
    cropped = Crop().set_output(transform="pandas").fit_transform(images)
    assert [image.shape for image in cropped] == [(2, 7), (2, 8)]
    assert Brightness().set_output(transform="pandas").fit_transform(cropped).index.tolist() == ["b", "a"]
