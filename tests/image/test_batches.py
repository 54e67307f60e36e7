"""Every container of images is read the same way, and what labels its rows comes through to the table."""

import io
from collections import deque

import dask.dataframe
import joblib
import numpy as np
import pandas as pd
import PIL.Image
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse
import sklearn
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.ensemble import BaggingClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.svm import SVC

from featkit import (
    HOG,
    ChunkedTransformer,
    ColorMoments,
    ImageReader,
    RegionMeasurements,
    Resizer,
    check_images,
    extract_to_parquet,
)
from featkit.exceptions import ImageFormatError
from featkit.image.batches import unpack_batch
from featkit.objects import measure_objects

RNG = np.random.default_rng(0)
IMAGES = [RNG.integers(0, 256, (9 + k, 12, 3)).astype(np.uint8) for k in range(6)]
SHUFFLED = [4, 0, 5, 1, 3, 2]
TABLE = pd.DataFrame({"image": IMAGES, "age": range(6)}, index=list("abcdef")).iloc[SHUFFLED]
PATHS = ["a.png", "b.png"]


@pytest.mark.parametrize(
    "container",
    [
        PATHS,
        tuple(PATHS),
        np.array(PATHS),
        np.array(PATHS, object),
        np.array([path.encode() for path in PATHS]),
        np.array(PATHS, np.dtypes.StringDType()),
        np.array(PATHS).reshape(-1, 1),
        pd.Series(PATHS),
        pd.Series(PATHS, dtype="string"),
        pd.Series(PATHS, dtype="category"),
        pd.Index(PATHS),
        pd.DataFrame({"path": PATHS}),
        pl.Series(PATHS),
        pl.DataFrame({"path": PATHS}),
        pa.array(PATHS),
        pa.chunked_array([PATHS[:1], PATHS[1:]]),
        pa.table({"path": PATHS}),
        deque(PATHS),
    ],
    ids=lambda container: f"{type(container).__name__} {getattr(container, 'dtype', '')}",
)
def test_paths_in_any_container(container):
    items = unpack_batch(container).items
    assert list(items) == PATHS
    assert all(isinstance(item, str) for item in items)


def test_missing_text_stays_missing():
    for container in (
        pd.Series(["a.png", None], dtype="string"),
        np.array(["a.png", None], np.dtypes.StringDType(na_object=None)),
        pl.Series(["a.png", None]),
        pa.array(["a.png", None]),
    ):
        assert pd.isna(unpack_batch(container).items[1])


@pytest.mark.parametrize("container", [TABLE["image"], TABLE[["image"]]], ids=["Series", "DataFrame"])
def test_a_column_of_images(container):
    assert [image.shape for image in check_images(container)] == [IMAGES[k].shape for k in SHUFFLED]
    assert unpack_batch(container).index.equals(TABLE.index)


def test_a_masked_stack_is_refused_with_the_way_on():
    masked = np.ma.masked_array(np.zeros((3, 8, 8), np.uint8), mask=True)
    with pytest.raises(ImageFormatError, match=r"masked array.*join_alpha\(image.data, ~image.mask\)"):
        check_images(masked)


# The index of a table


def expected_moments():
    return ColorMoments().set_output(transform="pandas").fit_transform(IMAGES).set_axis(list("abcdef")).loc[TABLE.index]


@pytest.mark.parametrize(
    "extractor",
    [
        ColorMoments(),
        make_pipeline(ImageReader(), ColorMoments()),
        ChunkedTransformer(ColorMoments(), chunk_size=2),
        ChunkedTransformer(make_pipeline(ImageReader(), ColorMoments()), chunk_size=4, n_jobs=2),
        make_pipeline(ImageReader(), ChunkedTransformer(ColorMoments())),
    ],
    ids=["extractor", "pipeline", "chunks", "chunks of a pipeline", "chunks in a pipeline"],
)
def test_the_index_comes_through(extractor):
    table = extractor.set_output(transform="pandas").fit_transform(TABLE["image"])
    pd.testing.assert_frame_equal(table, expected_moments())
    again = extractor.transform(TABLE[["image"]])
    pd.testing.assert_frame_equal(again, expected_moments())


@pytest.mark.parametrize(
    "columns", ["image", ["image"], make_column_selector("image")], ids=["one", "list", "selector"]
)
def test_features_stand_beside_the_rows_of_their_images(columns):
    features = make_pipeline(ImageReader(), ColorMoments())
    table = ColumnTransformer([("image", features, columns)], remainder="passthrough", verbose_feature_names_out=False)
    found = table.set_output(transform="pandas").fit_transform(TABLE)
    pd.testing.assert_frame_equal(found.drop(columns="age"), expected_moments())
    assert found["age"].tolist() == SHUFFLED


def test_a_union_of_an_extractor_and_a_pipeline_has_one_row_an_image():
    resized = make_pipeline(Resizer(height=24, width=24), HOG())
    union = make_union(ColorMoments(), resized).set_output(transform="pandas")
    found = union.fit_transform(TABLE["image"])
    assert found.index.equals(TABLE.index)
    assert found.iloc[:, :9].to_numpy() == pytest.approx(expected_moments().to_numpy())


INDEXES = {
    "of numbers": [30, 10, 20, 0, 50, 40],
    "with labels that come again": [1, 0, 1, 0, 2, 2],
    "of two levels": pd.MultiIndex.from_product([["b", "a"], [2, 0, 1]]),
    "of days": pd.date_range("2026-01-01", periods=6)[::-1],
}


@pytest.mark.parametrize("name", INDEXES)
@pytest.mark.parametrize("order", ["extractor first", "pipeline first", "chunks", "threads"])
def test_every_index_keeps_features_beside_their_rows(name, order):
    table = TABLE.set_axis(INDEXES[name])
    reading = make_pipeline(ImageReader(), Resizer(height=9, width=12), HOG(pixels_per_cell=(3, 4)))
    branches = {
        "extractor first": (ColorMoments(), reading),
        "pipeline first": (make_pipeline(ImageReader(), ColorMoments()), reading),
        "chunks": (ChunkedTransformer(ColorMoments(), chunk_size=4), reading),
        "threads": (ColorMoments(), reading),
    }[order]
    union = make_union(*branches, n_jobs=2 if order == "threads" else None)
    columns = ColumnTransformer([("images", union, "image")], remainder="passthrough", verbose_feature_names_out=False)
    with joblib.parallel_config("threading"):
        found = columns.set_output(transform="pandas").fit_transform(table)
    assert found.index.equals(table.index)
    assert found["age"].tolist() == SHUFFLED
    assert found.iloc[:, :9].to_numpy() == pytest.approx(expected_moments().to_numpy())


def test_metadata_and_index_together():
    sizes = pd.Series(np.arange(1.0, 7.0), index=TABLE.index)
    found = RegionMeasurements().set_output(transform="pandas").fit_transform(TABLE["image"], pixel_size=sizes)
    assert found.index.equals(TABLE.index)
    assert found["region_area"].tolist() == [
        IMAGES[k].shape[0] * 12 * size**2 for k, size in zip(SHUFFLED, sizes, strict=True)
    ]


@pytest.mark.parametrize("step", [Resizer(height=8, width=8), make_pipeline(ImageReader(), Resizer(height=8, width=8))])
def test_the_index_comes_through_chunks_of_images(step):
    chunks = make_pipeline(ChunkedTransformer(step, chunk_size=4), ColorMoments()).set_output(transform="pandas")
    found = chunks.fit_transform(TABLE["image"])
    assert found.index.equals(TABLE.index)
    expected = make_pipeline(Resizer(height=8, width=8), ColorMoments()).fit_transform(list(TABLE["image"]))
    np.testing.assert_array_equal(found.to_numpy(), expected)
    assert isinstance(ChunkedTransformer(step, chunk_size=4).fit_transform(TABLE["image"]), np.ndarray)


def test_the_index_comes_through_where_the_output_is_set_for_all():
    with sklearn.config_context(transform_output="pandas"):
        images = ChunkedTransformer(Resizer(height=8, width=8)).fit_transform(TABLE["image"])
        assert images.index.equals(TABLE.index)
        assert ColorMoments().fit_transform(images).index.equals(TABLE.index)


def told_chunks():
    measures = RegionMeasurements().set_transform_request(pixel_size=True)
    return ChunkedTransformer(measures, chunk_size=4).fit(TABLE["image"])


@sklearn.config_context(enable_metadata_routing=True)
def test_what_is_told_of_images_in_another_order_is_refused():
    sizes = pd.Series(np.arange(1.0, 7.0), index=list("abcdef"))
    for transform in (
        lambda: RegionMeasurements().transform(TABLE["image"], pixel_size=sizes),
        lambda: told_chunks().transform(TABLE["image"], pixel_size=sizes),
        lambda: measure_objects(TABLE["image"], pixel_size=sizes),
        lambda: extract_to_parquet(ColorMoments(), TABLE["image"], "nowhere", labels=sizes),
    ):
        with pytest.raises(ImageFormatError, match=r"with the index of the images.*loc\[images.index\]"):
            transform()
    aligned = RegionMeasurements().transform(TABLE["image"], pixel_size=sizes.loc[TABLE.index])
    np.testing.assert_array_equal(
        aligned, RegionMeasurements().transform(list(TABLE["image"]), pixel_size=np.array(SHUFFLED) + 1.0)
    )


@pytest.mark.parametrize("sizes", [2.0, {"a": 1.0}, "2", (size for size in range(6)), pd.DataFrame({"size": range(6)})])
def test_what_is_told_must_be_one_for_each_image(sizes):
    with pytest.raises(ImageFormatError, match="Expected pixel_size of each of 6 images in a list, array or Series"):
        RegionMeasurements().transform(IMAGES, pixel_size=sizes)


@pytest.mark.parametrize("container", [list, np.array, tuple, pl.Series, pa.array, pd.Series])
def test_what_is_told_in_any_container(container):
    found = RegionMeasurements().transform(IMAGES, pixel_size=container([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]))
    assert found[2, 1] == 11 * 12 * 9


def test_a_lazy_table_is_refused_with_the_way_on():
    with pytest.raises(ImageFormatError, match="collect"):
        check_images(pl.LazyFrame({"image": [1]}))


def test_images_stay_arrays_without_pandas_output():
    assert isinstance(Resizer(height=8, width=8).fit_transform(TABLE["image"]), np.ndarray)
    assert isinstance(ImageReader().fit_transform(TABLE["image"]), list)


def test_bagging_over_one_column_of_images():
    column = np.empty((6, 1), object)
    column[:, 0] = IMAGES
    model = make_pipeline(ImageReader(), ColorMoments(), SVC())
    labels = np.arange(6) % 2
    assert BaggingClassifier(model, n_estimators=2, random_state=0).fit(column, labels).predict(column).shape == (6,)


# Lists of equal images


def test_a_list_runs_the_stack_extractor():
    stack = RNG.integers(0, 256, (5, 24, 24)).astype(np.uint8)
    calls = []

    class Counted(HOG):
        def stack_extractor(self):
            extract = super().stack_extractor()
            return lambda images: calls.append(len(images)) or extract(images)

    rows = Counted().fit_transform(list(stack))
    assert calls == [5]
    assert np.array_equal(rows, HOG().fit_transform(stack))


class HubDataset:
    """What data sets of Hugging Face show of themselves: columns that are read when asked for, in slices."""

    def __init__(self, **columns):
        self._columns = columns
        self.column_names = list(columns)

    def __len__(self):
        return len(next(iter(self._columns.values())))

    def __getitem__(self, key):
        if isinstance(key, str):
            return HubColumn(self._columns[key])
        return {name: values[key] for name, values in self._columns.items()}


class HubColumn:
    def __init__(self, values):
        self._values = values

    def __len__(self):
        return len(self._values)

    def __getitem__(self, key):
        return self._values[key]


def hub_images(kind):
    if kind == "decoded":
        return [PIL.Image.fromarray(image) for image in IMAGES]
    files = [io.BytesIO() for _ in IMAGES]
    for file, image in zip(files, IMAGES):
        PIL.Image.fromarray(image).save(file, "PNG")
    return [{"bytes": file.getvalue(), "path": None} for file in files]


@pytest.mark.parametrize("kind", ["decoded", "undecoded"])
def test_columns_of_data_sets_of_hugging_face(kind, tmp_path):
    chain, images = make_pipeline(ImageReader(), ColorMoments()), hub_images(kind)
    expected = ColorMoments().fit_transform(IMAGES)
    for column in (HubDataset(image=images, label=list(range(6)))["image"], HubDataset(image=images)):
        np.testing.assert_array_equal(chain.fit_transform(column), expected)
        np.testing.assert_array_equal(ChunkedTransformer(chain, chunk_size=2).fit_transform(column), expected)
    assert extract_to_parquet(chain, HubDataset(image=images)["image"], tmp_path)[1:3] == (6, 0)


def test_a_data_set_of_several_columns_and_images_to_decode_say_what_to_do():
    data = HubDataset(image=hub_images("decoded"), label=list(range(6)))
    with pytest.raises(ImageFormatError, match=r"got a HubDataset of 2 columns\. Select one of them: X\['path'\]"):
        ImageReader().fit(data)
    with pytest.raises(ImageFormatError, match=r"Put ImageReader\(\) first"):
        ColorMoments().fit(data["image"])


@pytest.mark.parametrize("kind", ["array", "chunked", "table"])
def test_images_of_one_shape_in_arrow_are_the_stack(kind):
    stack = RNG.integers(0, 256, (5, 9, 12, 3)).astype(np.uint8)
    column = pa.FixedShapeTensorArray.from_numpy_ndarray(stack)
    parts = [pa.FixedShapeTensorArray.from_numpy_ndarray(part) for part in (stack[:2], stack[2:])]
    found = {"array": column, "chunked": pa.chunked_array(parts), "table": pa.table({"image": column})}[kind]
    np.testing.assert_array_equal(check_images(found), stack)


def test_sparse_and_lazy_batches_say_what_to_do():
    with pytest.raises(ImageFormatError, match=r"got a sparse csr_array\. Pass X\.toarray\(\)"):
        ChunkedTransformer(ColorMoments()).fit(scipy.sparse.csr_array((5, 64)))
    lazy = dask.dataframe.from_pandas(pd.DataFrame({"path": PATHS, "x": 1}), npartitions=2)
    for batch in (lazy, lazy["path"]):
        with pytest.raises(ImageFormatError, match=r"got a lazy table\. Call \.compute\(\) and select a column"):
            ImageReader().fit(batch)
