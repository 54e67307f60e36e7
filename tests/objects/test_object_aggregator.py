"""ObjectAggregator: one row an image from the rows of its objects."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from featkit import (
    HOG,
    ChunkedTransformer,
    ColorHistogram,
    ForegroundCropper,
    ObjectAggregator,
    ObjectFinder,
    ObjectTable,
    RegionMeasurements,
)
from featkit.parameters import InvalidParameterError

MASKS = np.random.default_rng(0).random((8, 30, 40)) < 0.12
MASKS[3] = False


def by_name(aggregator, images):
    rows = aggregator.fit_transform(images)
    return dict(zip(aggregator.get_feature_names_out(), rows.T, strict=True))


def test_statistics_are_those_of_the_rows_of_each_image():
    statistics = ["mean", "std", "median", "min", "max", "largest", 0, 0.25, 0.995]
    found = by_name(ObjectAggregator(statistics=statistics), MASKS)
    table = ObjectTable().set_output(transform="pandas").fit_transform(MASKS)
    for image in range(len(MASKS)):
        if image == 3:
            assert found["objects_count"][image] == 0
            continue
        rows = table.loc[image]
        assert found["objects_count"][image] == len(rows)
        for name in rows.columns:
            expected = {
                "mean": rows[name].mean(),
                "std": rows[name].std(ddof=0),
                "median": rows[name].median(),
                "min": rows[name].min(),
                "max": rows[name].max(),
                "largest": rows[name].iloc[rows["region_area"].argmax()],
                "quantile_000_0": rows[name].min(),
                "quantile_025_0": rows[name].quantile(0.25),
                "quantile_099_5": rows[name].quantile(0.995),
            }
            for statistic, value in expected.items():
                assert found[f"objects_{statistic}_{name}"][image] == pytest.approx(value), (statistic, name)


def test_an_image_without_objects_has_count_0_and_no_values():
    row = ObjectAggregator().fit_transform(MASKS)[3]
    assert row[0] == 0
    assert np.isnan(row[1:]).all()


def test_values_that_are_nan_are_left_out():
    mask = np.zeros((20, 20), bool)
    mask[2:8, 2:8] = mask[12, 12] = True
    extractor = RegionMeasurements(color=None, min_area=5)
    found = by_name(ObjectAggregator(extractor=extractor, statistics=["mean", "min"]), [mask])
    assert (found["objects_count"], found["objects_mean_region_area"]) == (2, 36)
    tiny = by_name(ObjectAggregator(extractor=RegionMeasurements(min_area=500)), [mask])
    assert tiny["objects_count"] == 2
    assert np.isnan(tiny["objects_mean_region_area"])


@pytest.mark.parametrize(
    "extractor",
    [ColorHistogram(), make_pipeline(ForegroundCropper(height=24, width=24), HOG())],
    ids=["color", "HOG"],
)
def test_any_extractor_is_aggregated(extractor):
    aggregator = ObjectAggregator(extractor=extractor, statistics=("mean",))
    rows = aggregator.fit_transform(MASKS)
    table = ObjectTable(extractor).set_output(transform="pandas").fit_transform(MASKS)
    expected = table.groupby(level="image").mean()
    np.testing.assert_allclose(rows[expected.index, 1:], expected, rtol=1e-5)
    assert aggregator.get_feature_names_out()[1:].tolist() == [f"objects_mean_{name}" for name in table.columns]
    assert np.isnan(rows[3, 1:]).all()


def test_metadata_tells_foreground_and_size():
    photos = np.zeros((*MASKS.shape, 3), np.uint8)
    aggregator = ObjectAggregator(extractor=RegionMeasurements(color=None))
    expected = aggregator.fit_transform(MASKS)
    np.testing.assert_array_equal(aggregator.transform(photos, mask=MASKS), expected)
    labels = MASKS.astype(np.int32)
    assert aggregator.transform(photos, labels=labels)[:, 0].tolist() == [1, 1, 1, 0, 1, 1, 1, 1]
    halved = aggregator.transform(MASKS, pixel_size=[0.5] * 8)
    np.testing.assert_allclose(halved[:, 1], expected[:, 1] / 4)


def test_chunks_and_threads_change_nothing():
    aggregator = ObjectAggregator(finder=ObjectFinder(min_size=2))
    expected = aggregator.fit_transform(MASKS)
    chunked = ChunkedTransformer(aggregator, chunk_size=3, n_jobs=2)
    np.testing.assert_array_equal(chunked.fit_transform(MASKS), expected)


def test_it_is_a_step_of_a_pipeline():
    few, many = np.zeros((6, 30, 30), bool), np.zeros((6, 30, 30), bool)
    few[:, 5:10, 5:10] = many[:, 5:10, 5:10] = many[:, 15:20, 15:20] = True
    images, kinds = np.concatenate([few, many]), [0] * 6 + [1] * 6
    model = make_pipeline(ObjectAggregator(), StandardScaler(), LogisticRegression()).fit(images, kinds)
    assert (model.predict(images) == kinds).all()


@pytest.mark.parametrize("statistics", [["sum"], [1.5], [-0.1], ["mean", "mean"], [0.5, 0.5], [None], [True]])
def test_unknown_statistics_are_refused(statistics):
    with pytest.raises(InvalidParameterError, match="statistics"):
        ObjectAggregator(statistics=statistics).fit(MASKS)
