"""Arrays that are not in memory go through in chunks, and nobody reads them whole."""

import dask.array
import h5py
import numpy as np
import pandas as pd
import pytest
import zarr
from PIL import Image
from sklearn import config_context
from sklearn.decomposition import PCA, IncrementalPCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import featkit
from featkit import ChunkedTransformer, extract_to_parquet
from featkit.exceptions import ImageFormatError
from featkit.image.batches import unpack_batch
from featkit.image.on_demand.disk_arrays import DiskArray, read_by_slices
from featkit.testing import check_pictures

IMAGES = check_pictures(40)
LABELS = np.arange(40) % 2
ROWS = featkit.ColorMoments().fit_transform(IMAGES)


class Slices:
    """No more than a length and slices; tells how many images were read at once."""

    def __init__(self, images, as_list=False):
        self.images = list(images) if as_list else images
        self.largest = 0

    def __len__(self):
        return len(self.images)

    def __getitem__(self, key):
        assert isinstance(key, (int, slice))
        if isinstance(key, slice):
            self.largest = max(self.largest, len(range(*key.indices(len(self)))))
        return self.images[key]


class Array(Slices):
    """With a shape, and no conversion of the whole."""

    @property
    def shape(self):
        return self.images.shape

    def __array__(self, dtype=None, copy=None):
        raise AssertionError("it was read whole")


def with_h5py(images, folder):
    file = h5py.File(folder / "images.h5", "w")
    return file.create_dataset("images", data=images, chunks=(8, *images.shape[1:]))


def with_zarr(images, folder):
    return zarr.array(images, chunks=(8, *images.shape[1:]))


def with_memmap(images, folder):
    array = np.memmap(folder / "images", dtype=images.dtype, shape=images.shape, mode="w+")
    array[:] = images
    return array


KINDS = {
    "h5py": with_h5py,
    "zarr": with_zarr,
    "memmap": with_memmap,
    "dask": lambda images, folder: dask.array.from_array(images, chunks=(7, -1, -1, -1)),
    "slices": lambda images, folder: Slices(images),
    "lists": lambda images, folder: Slices(images, as_list=True),
    "array": lambda images, folder: Array(images),
}
by_kind = pytest.mark.parametrize("kind", KINDS)


@by_kind
def test_rows_are_those_of_the_array_in_memory(kind, tmp_path):
    chunked = ChunkedTransformer(featkit.ColorMoments(), chunk_size=6, cache=tmp_path / "cache.sqlite")
    images = KINDS[kind](IMAGES, tmp_path)
    for _ in range(2):
        np.testing.assert_array_equal(chunked.fit_transform(images, LABELS), ROWS)
    if isinstance(images, Slices):
        assert images.largest == 6


@by_kind
@pytest.mark.parametrize("learner", [PCA(3), IncrementalPCA(3)], ids=["sample", "partial_fit"])
def test_what_learns_sees_a_sample_or_all_in_parts(kind, learner, tmp_path):
    images = KINDS[kind](IMAGES, tmp_path)
    steps = make_pipeline(featkit.ColorMoments(), StandardScaler(), learner)
    options = {"chunk_size": 6, "fit_size": 15}
    expected = ChunkedTransformer(steps, **options).fit_transform(IMAGES, LABELS)
    np.testing.assert_array_equal(ChunkedTransformer(steps, **options).fit_transform(images, LABELS), expected)
    if isinstance(images, Slices):
        assert images.largest < 25


@by_kind
def test_they_are_extracted_in_parts(kind, tmp_path):
    images, out = KINDS[kind](IMAGES, tmp_path), tmp_path / "out"
    for n_kept in (0, 6):
        done = extract_to_parquet(featkit.ColorMoments(), images, out, labels=LABELS, part_size=7, n_jobs=2)
        assert done[1:5] == (40, 0, 6, n_kept)
    table = pd.read_parquet(out)
    np.testing.assert_array_equal(table.iloc[:, 3:], ROWS.astype(np.float32))
    assert table["label"].tolist() == [str(label) for label in LABELS]
    assert table["path"].tolist() == [f"image {k}" for k in range(40)]
    if kind == "array":
        assert images.largest <= 16


def test_another_array_is_another_extraction(tmp_path):
    extract_to_parquet(featkit.ColorMoments(), Array(IMAGES), tmp_path, part_size=7)
    with pytest.raises(featkit.exceptions.ExtractionError, match="other images"):
        extract_to_parquet(featkit.ColorMoments(), Array(IMAGES[::-1]), tmp_path, part_size=7)


def test_masks_and_labels_may_lie_on_disk_too(tmp_path):
    masks = np.zeros((40, *IMAGES.shape[1:3]), bool)
    masks[:, 5:25, 8:30] = True
    with config_context(enable_metadata_routing=True):
        remover = featkit.BackgroundRemover().set_transform_request(mask=True)
        steps = make_pipeline(remover, featkit.ColorMoments())
        expected = ChunkedTransformer(steps).fit(IMAGES).transform(IMAGES, mask=masks)
        chunked = ChunkedTransformer(steps, chunk_size=6).fit(with_h5py(IMAGES, tmp_path), y=zarr.array(LABELS))
        on_disk = Array(masks)
        np.testing.assert_array_equal(chunked.transform(zarr.array(IMAGES), mask=on_disk), expected)
    assert on_disk.largest == 6


def test_paths_in_an_array_stay_paths(tmp_path):
    paths = []
    for number, image in enumerate(IMAGES[:4]):
        paths.append(str(tmp_path / f"{number}.png"))
        Image.fromarray(image).save(paths[-1])
    steps = make_pipeline(featkit.ImageReader(), featkit.ColorMoments())
    extract_to_parquet(steps, Slices(paths), tmp_path / "out")
    assert pd.read_parquet(tmp_path / "out")["path"].tolist() == paths


def test_a_step_alone_says_that_chunks_are_needed():
    with pytest.raises(ImageFormatError, match="ChunkedTransformer"):
        featkit.ColorMoments().fit_transform(Array(IMAGES))


def test_positions_are_read_in_runs():
    images = Slices(IMAGES)
    np.testing.assert_array_equal(DiskArray(images)[[0, 1, 2, 7, 9, 10]], IMAGES[[0, 1, 2, 7, 9, 10]])
    assert images.largest == 3
    assert len(list(DiskArray(images))) == 40
    assert read_by_slices(IMAGES) is IMAGES
    assert isinstance(unpack_batch(Array(IMAGES)).items, DiskArray)
