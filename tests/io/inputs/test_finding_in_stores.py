"""Zip archives and folders behind URLs hold what they hold on the disk."""

import zipfile

import fsspec
import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

import featkit
from featkit import ChunkedTransformer
from featkit.io.inputs.finding import find_images
from tests.io.inputs.test_finding import MOMENTS, PNGS, items_of, write_zip


@pytest.fixture
def memory():
    filesystem = fsspec.filesystem("memory")
    yield filesystem
    filesystem.store.clear()
    filesystem.pseudo_dirs[:] = [""]


@pytest.mark.parametrize("link", ["memory://", "simplecache::memory://"])
def test_zip_archives_behind_urls_in_patterns_and_lists(tmp_path, memory, link):
    write_zip(tmp_path / "z.zip")
    for name in ("a", "b"):
        memory.pipe(f"/zips/{name}.zip", (tmp_path / "z.zip").read_bytes())
    one = [f"zip://{'rose' if k < 3 else 'tulip'}/{k}.png::{link}zips/a.zip" for k in range(6)]
    items = items_of(f"{link}zips/a.zip")
    assert [(item.name, item.label) for item in items] == list(zip(one, 3 * ["rose"] + 3 * ["tulip"]))
    rows = ChunkedTransformer(make_pipeline(featkit.ImageReader(), featkit.ColorMoments())).fit_transform(one)
    assert np.array_equal(rows.astype(np.float32), MOMENTS)
    both = items_of(f"{link}zips/*.zip")
    assert [item.label for item in both] == 2 * (3 * ["rose"] + 3 * ["tulip"])
    listed = items_of([f"{link}zips/a.zip", f"{link}zips/b.zip"])
    assert [item.label for item in listed] == [item.label for item in both]
    with pytest.raises(ValueError, match="zip archives alone in a list"):
        find_images([f"{link}zips/a.zip", one[0]])


def test_folders_behind_a_url_are_labels_as_on_the_disk(memory):
    for k, png in enumerate(PNGS):
        memory.pipe(f"/photos/{'rose' if k < 3 else 'tulip'}/{k}.png", png)
    for place in ("memory://photos", "memory://photos/", "memory:///photos"):
        assert [item.label for item in items_of(place)] == 3 * ["rose"] + 3 * ["tulip"]
    assert [item.label for item in items_of("memory://photos/*/*.png")] == 6 * [None]
    assert [item.label for item in items_of("memory://photos/rose")] == 3 * [None]


def test_folders_in_an_archive_are_labels(tmp_path):
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        for k, png in enumerate(PNGS):
            archive.writestr(f"photos/{'rose' if k < 3 else 'tulip'}/{k}.png", png)
    for place in ("zip://photos", "zip://photos/", "zip:///photos"):
        assert [item.label for item in items_of(f"{place}::{tmp_path / 'z.zip'}")] == 3 * ["rose"] + 3 * ["tulip"]
    assert [item.label for item in items_of(f"zip://photos/rose::{tmp_path / 'z.zip'}")] == 3 * [None]
