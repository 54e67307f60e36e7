"""ObjectTable: rows of objects aligned with their images."""

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from featkit import (
    HOG,
    BagOfVisualWords,
    ColorHistogram,
    ForegroundCropper,
    ObjectFinder,
    ObjectTable,
    RegionMeasurements,
    measure_objects,
)
from featkit.exceptions import ImageFormatError, SubjectNotFoundError

MASKS = np.zeros((3, 40, 60), bool)
MASKS[0, 10:30, 5:45] = MASKS[0, 1:5, 50:55] = MASKS[2, 20:30, 10:20] = MASKS[2, 2:8, 30:50] = MASKS[2, 35, 5] = True
PHOTOS = np.random.default_rng(0).integers(0, 256, (3, 40, 60, 3)).astype(np.uint8)
IMAGES = np.concatenate([PHOTOS, np.where(MASKS, 255, 0).astype(np.uint8)[..., np.newaxis]], axis=3)


def test_rows_are_those_of_measure_objects():
    expected = measure_objects(IMAGES)
    rows = ObjectTable().fit_transform(IMAGES)
    np.testing.assert_array_equal(rows, expected.iloc[:, 9:].to_numpy())
    np.testing.assert_array_equal(ObjectTable().find_index(IMAGES), expected[["image", "object"]].to_numpy())
    assert ObjectTable().get_feature_names_out().tolist() == expected.columns[9:].tolist()


def test_the_index_of_a_pandas_table_is_image_and_object():
    table = ObjectTable().set_output(transform="pandas").fit_transform(IMAGES)
    assert table.index.names == ["image", "object"]
    assert table.index.tolist() == [(0, 1), (0, 2), (2, 1), (2, 2), (2, 3)]
    assert table.loc[(2, 3), "region_area"] == 1
    series = pd.Series(list(IMAGES), index=["a", "b", "c"])
    assert ObjectTable().set_output(transform="pandas").fit_transform(series).index.tolist()[0] == ("a", 1)
    assert ObjectTable().set_output(transform="polars").fit_transform(IMAGES).columns == table.columns.tolist()


def test_metadata_tells_the_foreground_and_the_size():
    table = ObjectTable()
    expected = table.fit_transform(IMAGES)
    np.testing.assert_array_equal(table.transform(PHOTOS, mask=MASKS), expected)
    labels = [mask * 1 for mask in MASKS]  # all foreground of an image as one object
    assert table.transform(PHOTOS, labels=labels)[:, 0].tolist() == [820, 221]
    assert table.find_index(PHOTOS, labels=labels).tolist() == [[0, 1], [2, 1]]
    halved = table.transform(IMAGES, pixel_size=pd.Series([0.5] * 3, index=list("abc")))
    np.testing.assert_allclose(halved[:, 0], expected[:, 0] / 4)
    np.testing.assert_array_equal(ObjectTable(finder=ObjectFinder(pixel_size=0.5)).fit_transform(IMAGES), halved)


@pytest.mark.parametrize(
    "extractor",
    [
        None,
        RegionMeasurements(color="lab"),
        ColorHistogram(),
        make_pipeline(ForegroundCropper(height=24, width=24), HOG()),
        BagOfVisualWords(n_words=2, random_state=0),
    ],
    ids=["all", "measurements", "color", "HOG", "learned"],
)
def test_any_extractor_and_threads_give_one_row_an_object(extractor):
    table = ObjectTable(extractor)
    rows = table.fit_transform(IMAGES)
    assert rows.shape == (5, len(table.get_feature_names_out()))
    np.testing.assert_array_equal(table.set_params(n_jobs=2).transform(IMAGES), rows)
    np.testing.assert_array_equal(np.concatenate([table.transform(IMAGES[:1]), table.transform(IMAGES[1:])]), rows)


def test_parameters_of_the_finder_are_parameters_of_the_table():
    table = ObjectTable(finder=ObjectFinder()).set_params(finder__min_size=50)
    assert table.fit_transform(IMAGES)[:, 0].tolist() == [800, 120, 100]


def test_objects_are_classified():
    table = ObjectTable(finder=ObjectFinder(min_size=2)).set_output(transform="pandas")
    rows = table.fit_transform(IMAGES)
    kinds = np.where(rows["region_aspect_ratio"] > 1.9, "bar", "square")
    model = DecisionTreeClassifier(random_state=0).fit(rows, kinds)
    assert (model.predict(table.transform(IMAGES)) == kinds).all()


def test_no_objects_give_no_rows():
    empty = np.zeros((2, 5, 7), bool)
    assert ObjectTable().fit_transform(empty).shape == (0, 20)
    assert ObjectTable().find_index(empty).shape == (0, 2)
    with pytest.raises(SubjectNotFoundError, match="to fit ColorHistogram on"):
        ObjectTable(ColorHistogram()).fit(empty)


def test_bad_metadata_is_refused():
    with pytest.raises(TypeError, match="masks"):
        ObjectTable().transform(IMAGES, masks=MASKS)
    with pytest.raises(ImageFormatError, match="mask of each of 3 images, got 2"):
        ObjectTable().transform(IMAGES, mask=MASKS[:2])
    with pytest.raises(ImageFormatError) as caught:
        ObjectTable().transform(PHOTOS, mask=[MASKS[0], MASKS[1][:3], MASKS[2]])
    assert caught.value.__notes__ == ["image 1 of the batch"]
