"""Rows without an image, columns of every library, dicts of data sets: the same everywhere."""

import base64
import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.pipeline import make_pipeline

from featkit import (
    ChunkedTransformer,
    ColorMoments,
    ImageReader,
    RegionMeasurements,
    extract_to_parquet,
    read_image,
    read_mask,
)
from featkit.exceptions import ImageFormatError, ImageReadError, ImageReadWarning
from featkit.extraction import ExtractionWarning
from featkit.io.inputs.finding import find_images
from featkit.io.sources import is_missing
from tests.io.image_files import FILES, GRAY, RGB, with_pillow

MISSING = {
    "None": None,
    "nan": float("nan"),
    "float32 nan": np.float32("nan"),
    "pandas NA": pd.NA,
    "pandas NaT": pd.NaT,
    "Arrow null": pa.scalar(None, pa.string()),
    "empty": "",
    "spaces": "  ",
    "decimal nan": Decimal("nan"),
    "masked": np.ma.masked,
    "empty dict": {"bytes": None, "path": None},
    "dict of one empty key": {"path": ""},
}


@pytest.mark.parametrize("name", MISSING)
def test_missing_values(name):
    assert is_missing(MISSING[name])


@pytest.mark.parametrize(
    "value",
    ["a.png", "nan", 0, 0.0, b"", False, np.zeros(1), datetime.date(2026, 1, 1), Decimal(0), {"bytes": b""}, {}],
)
def test_values_that_are_there(value):
    assert not is_missing(value)


@pytest.mark.parametrize("name", MISSING)
def test_missing_values_are_errors_of_their_images(name):
    sources = [FILES["png rgb"], MISSING[name]]
    with pytest.raises(ImageReadError, match="expected an image, this row has none"):
        ImageReader().fit_transform(sources)
    assert list(ImageReader().find_errors(sources)) == [1]
    with pytest.raises(ImageReadError, match="expected an image, this row has none"):
        read_mask(MISSING[name])


def test_a_dict_of_something_else_is_refused():
    with pytest.raises(ImageFormatError, match=r"'bytes' or 'path', got the keys \['image'\]"):
        read_image({"image": None})


@pytest.fixture
def png(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(FILES["png rgb"])
    return str(path)


COLUMNS = {
    "list": lambda paths: paths,
    "objects": lambda paths: np.array(paths, object),
    "empty text": lambda paths: np.array([path or "" for path in paths]),
    "NumPy's text": lambda paths: np.array(paths, np.dtypes.StringDType(na_object=None)),
    "NumPy's text with nan": lambda paths: np.array(
        [path or np.nan for path in paths], np.dtypes.StringDType(na_object=np.nan)
    ),
    "pandas objects": lambda paths: pd.Series(paths, dtype=object),
    "pandas text": lambda paths: pd.Series(paths, dtype="string"),
    "pandas Arrow text": lambda paths: pd.Series(paths, dtype=pd.ArrowDtype(pa.string())),
    "pandas categories": lambda paths: pd.Series(paths, dtype="category"),
    "pandas table": lambda paths: pd.DataFrame({"path": paths}),
    "polars": lambda paths: pl.Series(paths),
    "polars table": lambda paths: pl.DataFrame({"path": paths}),
    "Arrow": lambda paths: pa.array(paths),
    "Arrow table": lambda paths: pa.table({"path": paths}),
    "Arrow chunks": lambda paths: pa.chunked_array([paths[:1], paths[1:]]),
    "one column": lambda paths: np.array(paths, object)[:, np.newaxis],
}
every_column = pytest.mark.parametrize("name", COLUMNS)


@every_column
def test_a_missing_path_follows_on_error(name, png):
    column = COLUMNS[name]([png, None, png])
    with pytest.raises(ImageReadError, match="expected an image, this row has none") as caught:
        ImageReader().fit_transform(column)
    assert "image 1 of the batch" in caught.value.__notes__
    assert list(ImageReader().find_errors(column)) == [1]
    with pytest.warns(ImageReadWarning, match="A blank stands in"):
        rows = make_pipeline(ImageReader(on_error="blank"), RegionMeasurements()).fit_transform(column)
    assert np.isnan(rows[:, 1]).tolist() == [False, True, False]


@every_column
def test_a_missing_path_in_chunks(name, png):
    column = COLUMNS[name]([png, None, png])
    moments = make_pipeline(ImageReader(), ColorMoments())
    with pytest.warns(ExtractionWarning, match="1 of 3 images .* is image 1"):
        rows = ChunkedTransformer(moments, chunk_size=2, on_error="nan").fit_transform(column)
    assert np.isnan(rows).all(axis=1).tolist() == [False, True, False]
    np.testing.assert_array_equal(rows[[0, 2]], moments.fit_transform([png, png]))


@every_column
def test_a_missing_path_and_label_in_an_extraction(name, png, tmp_path):
    make = COLUMNS[name]
    moments = make_pipeline(ImageReader(), ColorMoments())
    labels = make(["rose", "tulip", None])
    done = extract_to_parquet(moments, make([png, None, png]), tmp_path / "out", labels=labels)
    assert (done.n_images, done.n_errors) == (3, 1)
    table = pd.read_parquet(tmp_path / "out")
    assert table["label"].isna().tolist() == [False, False, True]
    assert "this row has none" in table["error"][1]


WHOLE_NUMBERS = {
    "pandas Int64": lambda values: pd.Series(values, dtype="Int64"),
    "pandas array": lambda values: pd.array(values, dtype="UInt8"),
    "pandas Arrow": lambda values: pd.Series(values, dtype=pd.ArrowDtype(pa.int64())),
    "pandas categories": lambda values: pd.Series(pd.Categorical(values)),
    "polars": lambda values: pl.Series(values),
    "polars table": lambda values: pl.DataFrame({"label": values}),
    "Arrow": lambda values: pa.array(values),
}


@pytest.mark.parametrize("name", WHOLE_NUMBERS)
def test_whole_numbers_with_missing_ones_among_them_stay_whole(name, png):
    large = 2**53 + 1 if "64" in name or "olars" in name else 200  # no float64
    (part,) = find_images([png] * 3, WHOLE_NUMBERS[name]([1, None, large])).parts
    labels = [item.label for item in part.open()]
    assert [None if label is None else str(label) for label in labels] == ["1", None, str(large)]


def test_missing_labels_of_an_iterator_are_none(png):
    (part,) = find_images(iter([png] * 3), [1, np.nan, ""]).parts
    assert [item.label for item in part.open()] == [1, None, None]


@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
def test_a_missing_path_and_label_in_a_table_file(suffix, png, tmp_path):
    separator = {".csv": ",", ".tsv": "\t"}[suffix]
    (tmp_path / f"t{suffix}").write_text("\n".join(separator.join(row) for row in TABLE))
    done = extract_to_parquet(make_pipeline(ImageReader(), ColorMoments()), tmp_path / f"t{suffix}", tmp_path / "out")
    assert (done.n_images, done.n_errors) == (3, 1)
    table = pd.read_parquet(tmp_path / "out")
    assert table["path"][1] == f"{tmp_path}/t{suffix}: line 3"
    assert table["label"].isna().tolist() == [False, False, True]


TABLE = [("path", "label"), ("a.png", "rose"), ('""', "tulip"), ("a.png", "")]


def test_a_part_of_labels_is_not_enough(png):
    with pytest.raises(ValueError, match="one label for each of 2 images, got 1"):
        find_images(pa.array([png, png]), pa.array(["rose"]))


def test_dicts_of_data_sets(png):
    data = with_pillow(GRAY, "PNG")
    with_bytes = [{"bytes": data, "path": None}, {"bytes": data, "path": "gone.png"}]
    column = pd.Series([*with_bytes, {"bytes": None, "path": png}])
    images = ImageReader().fit_transform(column)
    for image, expected in zip(images, [GRAY, GRAY, RGB], strict=True):
        np.testing.assert_array_equal(image, expected)
    with pytest.raises(ImageReadError, match=r"^gone.png: ") as caught:
        read_image({"bytes": data[:-9], "path": "gone.png"})
    assert caught.value.path == "gone.png"


PICTURES = [{"bytes": with_pillow(RGB, "PNG"), "path": None}, {"bytes": with_pillow(RGB, "PNG"), "path": "gone.png"}]
STRUCTS = {
    "polars": lambda: pl.Series(PICTURES),
    "polars table": lambda: pl.DataFrame({"image": PICTURES}),
    "Arrow": lambda: pa.array(PICTURES),
    "Arrow in pandas": lambda: pd.Series(pa.array(PICTURES), dtype=pd.ArrowDtype(pa.array(PICTURES).type)),
}


@pytest.mark.parametrize("column", STRUCTS.values(), ids=STRUCTS.keys())
def test_columns_of_pictures_as_parquet_files_of_data_sets_hold_them(column, tmp_path):
    for image in ImageReader().fit_transform(column()):
        np.testing.assert_array_equal(image, RGB)
    chain = make_pipeline(ImageReader(), ColorMoments())
    expected = ColorMoments().fit_transform([RGB, RGB])
    np.testing.assert_array_equal(ChunkedTransformer(chain, chunk_size=1).fit_transform(column()), expected)
    assert extract_to_parquet(chain, column(), tmp_path / "features").n_errors == 0


def test_a_missing_picture_of_a_polars_column_follows_on_error():
    reader = ImageReader(on_error="blank")
    with pytest.warns(ImageReadWarning):
        images = reader.fit_transform(pl.Series([*PICTURES, None]))
    assert len(images) == 3


def test_a_url_is_read_where_fsspec_opens_it():
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.pipe("/sources/a.png", FILES["png rgb"])
    try:
        np.testing.assert_array_equal(ImageReader().fit_transform(["memory://sources/a.png"])[0], RGB)
        with pytest.raises(
            ImageReadError, match="^memory://sources/b.png: expected a readable file, there is none of this name"
        ):
            read_image("memory://sources/b.png")
    finally:
        memory.rm("/sources", recursive=True)


def test_a_damaged_data_url_is_an_error():
    with pytest.raises(ImageReadError, match=r"^data:image/png;base64,iVBORw0KGgo=: expected"):
        read_image("data:image/png;base64,iVBORw0KGgo=")


def test_values_of_arrow_are_taken_for_what_they_hold(png):
    np.testing.assert_array_equal(ImageReader().fit_transform(list(pa.array([png])))[0], RGB)


def test_data_urls_are_decoded():
    url = "data:image/png;base64," + base64.b64encode(FILES["png rgb"]).decode()
    np.testing.assert_array_equal(read_image(url), RGB)
    np.testing.assert_array_equal(ImageReader().fit_transform(pd.Series([url]))[0], RGB)
    np.testing.assert_array_equal(read_image({"path": url}), RGB)
    head, text = url.split(",")
    for same in (
        f"DATA:image/PNG;name=a.png;BASE64,{text}",
        f"{head},{text[:40]}\r\n {text[40:]}\n",
        f"{head},{text.replace('+', '%2B').replace('/', '%2f').replace('=', '%3D')}",
    ):
        np.testing.assert_array_equal(read_image(same), RGB)
    with pytest.raises(ImageReadError, match="at most max_bytes=10 bytes"):
        read_image(url, max_bytes=10)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("data:image/png;base64," + 999 * "iVBORw0K", "expected JPEG, PNG, "),
        ("data:image/png;base64," + 999 * "?", "expected a data URL with whole base64 text, got: "),
        ("data:image/svg+xml," + 999 * "<", "expected a data URL 'data:image/png;base64,...', got another"),
        (999 * "iVBORw0K/", "Is it the content as base64. Pass base64.b64decode"),
        (999 * "a/../", "expected an image file|expected a readable file"),
    ],
)
def test_messages_show_the_beginning_of_what_is_no_path(text, message):
    with pytest.raises(ImageReadError, match=message) as raised:
        read_image(text)
    assert text[:37] in str(raised.value)
    assert text[:85] not in str(raised.value)
    assert raised.value.path == text


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF", b"II*\0", b"MM\0*"])
def test_base64_that_is_too_short_to_be_no_name_is_named(content):
    text = base64.b64encode(content + bytes(20))
    with pytest.raises(ImageReadError, match=r"Is it the content as base64\? Pass base64.b64decode\(text\)"):
        read_image(text.decode())
    with pytest.raises(ImageReadError, match=r"got an image in base64. Pass base64.b64decode\(content\)"):
        read_image(text)


@pytest.mark.parametrize("is_chunked", [False, True])
@pytest.mark.parametrize(
    "content",
    [np.frombuffer(FILES["png rgb"], np.uint8), list(FILES["png rgb"]), "photo.png"],
    ids=["array", "list", "str"],
)
def test_under_bytes_there_are_bytes(content, is_chunked):
    reading = make_pipeline(ImageReader(), ColorMoments())
    with pytest.raises(ImageFormatError, match=r"as bytes under 'bytes', got \w+ .*Pass bytes\(numbers\)"):
        (ChunkedTransformer(reading) if is_chunked else reading).fit_transform([{"bytes": content, "path": None}])


def test_content_in_an_array_and_in_a_data_url_as_bytes_is_named():
    content = np.frombuffer(FILES["png rgb"], np.uint8)
    for batch in ([content, content], np.array([content, content[:-1]], object)):
        with pytest.raises(ImageFormatError, match=r"Pass bytes\(image\) to ImageReader"):
            ImageReader().fit_transform(batch)
    np.testing.assert_array_equal(read_image(content.tobytes()), RGB)
    with pytest.raises(ImageReadError, match=r"got a data URL as bytes. Pass it as str: content.decode\(\)"):
        read_image(b"data:image/png;base64," + base64.b64encode(FILES["png rgb"]))


def test_a_path_in_bytes_is_named(tmp_path):
    with pytest.raises(ImageReadError, match=r"got text like a path. Pass it as str: path.decode\(\)"):
        read_image(bytes(tmp_path / "leaf of 2024.jpeg"))


def test_tensors_are_sources():
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            return RGB

    np.testing.assert_array_equal(read_image(Tensor()), RGB)
    np.testing.assert_array_equal(ImageReader().fit_transform([Tensor(), RGB])[0], RGB)


def test_a_stack_that_dlpack_alone_reads_is_a_batch():
    class Capsule:
        def __init__(self, values):
            self.__dlpack__, self.__dlpack_device__ = values.__dlpack__, values.__dlpack_device__

    images = np.stack([RGB, RGB[::-1]])
    np.testing.assert_array_equal(ImageReader().fit_transform(Capsule(images)), images)
    np.testing.assert_array_equal(ColorMoments().fit_transform(Capsule(images)), ColorMoments().fit_transform(images))
