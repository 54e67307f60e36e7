"""The table of objects: columns, rows, every kind of input, and the same rows however it is made."""

import importlib

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
from PIL import Image
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from featkit import (
    HOG,
    BackgroundRemover,
    BagOfVisualWords,
    ColorHistogram,
    ForegroundCropper,
    LocalBinaryPattern,
    ObjectFinder,
    RegionMeasurements,
    find_objects,
    measure_objects,
    region_measurements,
)
from featkit.exceptions import ImageFormatError, ImageReadError
from featkit.features.shape import measure_regions

PLACES = ["image", "object", "row", "col", "min_row", "min_col", "max_row", "max_col", "touches_border"]


def label_image(seed=0, size=(90, 120)):
    random = np.random.default_rng(seed)
    labels = np.zeros(size, np.int32)
    row, col = np.mgrid[: size[0], : size[1]]
    for number in range(1, random.integers(3, 8)):
        center, axes, angle = random.uniform(0, size), random.uniform(4, 14, 2), random.uniform(0, np.pi)
        y, x = row - center[0], col - center[1]
        along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        labels[(along / axes[0]) ** 2 + (across / axes[1]) ** 2 <= 1] = number
    return labels


LABELS = [label_image(seed) for seed in range(6)]
PHOTOS = [np.random.default_rng(9).integers(0, 256, (*labels.shape, 3)).astype(np.uint8) for labels in LABELS]
CUT_OUT = [np.dstack([photo, np.where(labels, 255, 0).astype(np.uint8)]) for photo, labels in zip(PHOTOS, LABELS)]
TABLE = measure_objects(PHOTOS, labels=LABELS)


def equal(table, other):
    pd.testing.assert_frame_equal(table, other, check_exact=True)


# ---------------------------------------------------------------- rows and columns


def test_a_row_says_where_the_object_is_and_how_large():
    assert TABLE.columns[: len(PLACES)].tolist() == PLACES
    assert TABLE.columns[len(PLACES) :].tolist() == RegionMeasurements().get_feature_names_out()[1:].tolist()
    row = 0
    for index, labels in enumerate(LABELS):
        for found in find_objects(labels=labels):
            told = TABLE.iloc[row]
            assert (told["image"], told["object"], told["touches_border"]) == (
                index,
                found.number,
                found.touches_border,
            )
            assert (told["row"], told["col"]) == found.center
            assert tuple(told[["min_row", "min_col", "max_row", "max_col"]]) == found.box
            row += 1
    assert row == len(TABLE)


def test_rows_are_the_measurements_of_each_object_alone_to_the_bit():
    row = 0
    for photo, labels in zip(PHOTOS, LABELS):
        for picture in find_objects(labels=labels).cut_out(photo):
            expected = region_measurements(picture)
            if expected[0] == 1:  # another object may cut one in two
                np.testing.assert_array_equal(TABLE.iloc[row, len(PLACES) :].to_numpy(float), expected[1:])
            row += 1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
@pytest.mark.parametrize("color", ["rgb", "lab", None])
def test_colors_are_those_of_each_object_alone(dtype, color):
    photo = (PHOTOS[0] / 255 * {np.uint8: 255, np.uint16: 65535}.get(dtype, 1)).astype(dtype)
    extractor = RegionMeasurements(color=color, orientation=True)
    for image in (photo, photo[..., 0]):
        table = measure_objects([image], extractor, labels=LABELS[:1])
        for values, picture in zip(
            table.iloc[:, len(PLACES) :].to_numpy(), find_objects(labels=LABELS[0]).cut_out(image)
        ):
            expected = region_measurements(picture, color=color, orientation=True)
            if expected[0] == 1:
                np.testing.assert_allclose(values, expected[1:], rtol=1e-12)


def test_label_images_alone_have_no_color():
    table = measure_objects(labels=LABELS)
    equal(table, TABLE.iloc[:, :-3])
    assert measure_objects(LABELS).iloc[:, -3:].isna().all(axis=None)
    equal(measure_objects(LABELS).iloc[:, :-3], table)


def test_alpha_masks_and_cut_out_photos_give_the_same_rows():
    masks = [labels > 0 for labels in LABELS]
    table = measure_objects(CUT_OUT)
    equal(table, measure_objects(PHOTOS, masks=masks))
    equal(table.iloc[:, :-3], measure_objects(masks=masks))
    equal(table.iloc[:, :-3], measure_objects(masks).iloc[:, :-3])


def test_polars_has_the_same_table():
    table = measure_objects(PHOTOS, labels=LABELS, output="polars")
    assert isinstance(table, pl.DataFrame)
    equal(table.to_pandas(), TABLE)


def test_images_without_objects_have_no_rows():
    empty = np.zeros((5, 6), bool)
    assert measure_objects([empty, CUT_OUT[0][..., 3] > 0, empty])["image"].unique().tolist() == [1]
    nothing = measure_objects([empty])
    assert len(nothing) == 0
    assert nothing.columns.tolist() == TABLE.columns.tolist()
    assert len(measure_objects([empty], ColorHistogram())) == 0


# ---------------------------------------------------------------- every kind of input


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    folder = tmp_path_factory.mktemp("objects")
    for index, (photo, labels) in enumerate(zip(CUT_OUT, LABELS)):
        Image.fromarray(photo).save(folder / f"{index}.png")
        Image.fromarray(labels.astype(np.uint16)).save(folder / f"labels_{index}.png")
    return [folder / f"{index}.png" for index in range(6)], [folder / f"labels_{index}.png" for index in range(6)]


def test_paths_are_read_and_named(paths):
    table = measure_objects(paths[0])
    assert table["image"].unique().tolist() == [str(path) for path in paths[0]]
    equal(table.drop(columns="image"), measure_objects(CUT_OUT).drop(columns="image"))
    equal(measure_objects(paths[0], labels=paths[1]).drop(columns="image"), TABLE.drop(columns="image"))
    alone = measure_objects(labels=paths[1])
    assert alone["image"].unique().tolist() == [str(path) for path in paths[1]]
    equal(alone.drop(columns="image"), TABLE.iloc[:, 1:-3])


def test_generators_stacks_and_series_are_read_once():
    equal(measure_objects((photo for photo in PHOTOS), labels=(labels for labels in LABELS)), TABLE)
    equal(measure_objects(np.stack(PHOTOS), labels=np.stack(LABELS)), TABLE)
    equal(
        measure_objects(pd.Series(PHOTOS, index=list("abcdef")), labels=pd.Series(LABELS, index=list("abcdef"))), TABLE
    )
    cropped = make_pipeline(ForegroundCropper(height=24, width=24), HOG())
    lazily = measure_objects((photo for photo in PHOTOS), cropped, labels=(labels for labels in LABELS))
    equal(lazily, measure_objects(PHOTOS, cropped, labels=LABELS))


def test_a_preprocessing_step_cuts_out_what_is_measured():
    scene = np.full((60, 80, 3), 240, np.uint8)
    scene[10:25, 10:30] = scene[30:50, 45:70] = 40, 90, 40
    table = measure_objects([scene], preprocessing=BackgroundRemover(method="otsu", components="all"))
    assert table["region_area"].tolist() == [300, 500]


def test_photos_without_foreground_are_told_of():
    with pytest.warns(UserWarning, match="2 of 3 images have neither alpha nor a mask"):
        table = measure_objects([PHOTOS[0], CUT_OUT[0], PHOTOS[1]])
    assert (table["image"] == 0).sum() == 1


# ---------------------------------------------------------------- sizes


def test_the_size_of_a_pixel_is_that_of_all_images_or_of_each():
    millimetres = measure_objects(labels=LABELS, pixel_size=0.5)
    np.testing.assert_allclose(millimetres["region_area"], TABLE["region_area"] / 4)
    sizes = np.linspace(0.1, 0.6, 6)
    each = measure_objects(labels=LABELS, pixel_size=sizes)
    np.testing.assert_allclose(
        each["region_feret_diameter_max"], TABLE["region_feret_diameter_max"] * sizes[each["image"]]
    )
    equal(measure_objects(labels=LABELS, pixel_size=list(sizes)), each)
    pairs = measure_objects(labels=LABELS, pixel_size=[(0.2, 0.7)] * 6)
    equal(pairs, measure_objects(labels=LABELS, pixel_size=(0.2, 0.7)))
    expected = np.concatenate([measure_regions(labels, pixel_size=(0.2, 0.7))[1] for labels in LABELS])
    np.testing.assert_array_equal(pairs.iloc[:, len(PLACES) :].to_numpy(), expected)


def test_an_unknown_size_leaves_columns_with_a_unit_empty():
    sizes = np.array([0.1, np.nan, 0.1, 0.1, 0.1, 0.1])
    table = measure_objects(labels=LABELS, pixel_size=sizes)
    assert (table["region_area"].isna() == (table["image"] == 1)).all()
    assert table["region_solidity"].notna().all()
    assert table["row"].notna().all()


def test_limits_of_the_finder_are_in_the_unit_given():
    finder = ObjectFinder(min_size=50)
    small = measure_objects(labels=LABELS, finder=finder, pixel_size=0.5)
    assert small["region_area"].min() >= 50
    assert len(small) == (TABLE["region_area"] >= 200).sum()
    own = measure_objects(labels=LABELS, finder=ObjectFinder(min_size=50, pixel_size=0.5))
    equal(own, small)
    extractor = RegionMeasurements(pixel_size=0.1, color=None)
    other = measure_objects(labels=LABELS, extractor=extractor)
    np.testing.assert_allclose(other["region_area"], TABLE["region_area"] / 100)


def test_objects_below_the_least_area_of_region_measurements_are_nan():
    table = measure_objects(labels=LABELS, extractor=RegionMeasurements(color=None, min_area=150))
    assert (table["region_feret_diameter_max"].isna() == (TABLE["region_area"] < 150)).all()


# ---------------------------------------------------------------- other extractors


class Redness(TransformerMixin, BaseEstimator):
    """An extractor of one's own, without names."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return np.array([[image[..., 0].mean(), image[..., 3].mean()] for image in X])


@pytest.mark.parametrize(
    "extractor",
    [
        ColorHistogram(),
        LocalBinaryPattern(),
        make_pipeline(ForegroundCropper(height=24, width=24), HOG()),
        Redness(),
    ],
    ids=["color", "texture", "HOG", "own"],
)
def test_any_extractor_describes_the_cut_out_objects(extractor):
    pictures = [
        picture for photo, labels in zip(PHOTOS, LABELS) for picture in find_objects(labels=labels).cut_out(photo)
    ]
    expected = extractor.fit_transform(pictures)
    table = measure_objects(PHOTOS, extractor, labels=LABELS)
    equal(table[PLACES], TABLE[PLACES])
    np.testing.assert_array_equal(table.iloc[:, len(PLACES) :].to_numpy(), expected)
    if hasattr(extractor, "get_feature_names_out"):
        assert table.columns[len(PLACES) :].tolist() == list(extractor.get_feature_names_out())
    else:
        assert table.columns[-2:].tolist() == ["feature_00000", "feature_00001"]


def test_what_learns_must_be_fitted_before():
    words = BagOfVisualWords(n_words=3, random_state=0)
    with pytest.raises(NotFittedError, match="BagOfVisualWords instance is not fitted"):
        measure_objects(PHOTOS, words, labels=LABELS)
    words.fit(PHOTOS)
    assert measure_objects(PHOTOS, words, labels=LABELS).shape == (len(TABLE), len(PLACES) + 3)


# ---------------------------------------------------------------- the same rows however they are made


@pytest.mark.parametrize("extractor", [None, ColorHistogram()], ids=["measurements", "extractor"])
def test_threads_processes_and_dask_give_the_same_rows(extractor):
    expected = measure_objects(PHOTOS, extractor, labels=LABELS)
    for _ in range(3):
        equal(measure_objects(PHOTOS, extractor, labels=LABELS, n_jobs=2), expected)
    with joblib.parallel_config(backend="loky"):
        equal(measure_objects(PHOTOS, extractor, labels=LABELS, n_jobs=2), expected)
    distributed = importlib.import_module("distributed")
    with (
        distributed.Client(processes=False, n_workers=1, threads_per_worker=2, dashboard_address=":0"),
        joblib.parallel_config(backend="dask"),
    ):
        equal(measure_objects(PHOTOS, extractor, labels=LABELS, n_jobs=2), expected)


def test_a_table_in_parts_is_the_whole_table():
    parts = [measure_objects(PHOTOS[start : start + 2], labels=LABELS[start : start + 2]) for start in (0, 2, 4)]
    for index, part in enumerate(parts):
        part["image"] += 2 * index
    equal(pd.concat(parts, ignore_index=True), TABLE)


def test_inputs_are_left_as_they_are():
    photo, labels = PHOTOS[0].copy(), LABELS[0].copy()
    photo.flags.writeable = labels.flags.writeable = False
    measure_objects([photo], labels=[labels], finder=ObjectFinder(split=True))


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({}, "got none of them"),
        ({"images": []}, "at least one image, got none"),
        ({"images": "photo.png"}, "list_images"),
        ({"images": LABELS[0]}, "got one array of shape"),
        ({"images": PHOTOS, "labels": LABELS[:3]}, "one labels for each image, got 3"),
        ({"images": PHOTOS[:3], "labels": LABELS}, "one labels for each image, got more"),
        ({"images": PHOTOS, "labels": LABELS, "pixel_size": [1.0]}, "one pixel_size for each image, got 1"),
        ({"images": LABELS, "labels": LABELS}, "second label image"),
        ({"images": PHOTOS, "masks": [PHOTOS[0][..., 0]] * 6}, "Expected a mask"),
    ],
)
def test_what_does_not_fit_together_is_refused(how, message):
    with pytest.raises(ImageFormatError, match=message):
        measure_objects(**how)


def test_errors_tell_the_image(paths):
    with pytest.raises(ImageReadError, match="nowhere.png"):
        measure_objects([paths[0][0], "nowhere.png"])
    with pytest.raises(ImageFormatError) as caught:
        measure_objects([PHOTOS[0], PHOTOS[1]], labels=[LABELS[0], LABELS[1][:9]])
    assert caught.value.__notes__ == ["image 1 of the batch"]
