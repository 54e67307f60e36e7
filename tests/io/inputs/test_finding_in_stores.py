"""Zip archives and folders behind URLs hold what they hold on the disk."""

import io
import tarfile
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


def test_hidden_files_are_left_out_as_on_the_disk(tmp_path, memory):
    """As macOS packs them beside every file: ._0.png and __MACOSX/._0.png, which are no images."""
    names = [f"{'rose' if k < 3 else 'tulip'}/{k}.png" for k in range(6)]
    labels = 3 * ["rose"] + 3 * ["tulip"]
    odd = ["__MACOSX/rose/._0.png", "rose/._1.png", ".thumbnails/2.png"]
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive, tarfile.open(tmp_path / "t.tar", "w") as shard:
        for name, content in [*zip(names, PNGS), *((name, b"Mac OS X") for name in odd)]:
            archive.writestr(name, content)
            memory.pipe(f"/photos/{name}", content)
            info = tarfile.TarInfo(f"./{name}")
            info.size = len(content)
            shard.addfile(info, io.BytesIO(content))
    for place in (tmp_path / "z.zip", "memory://photos", f"zip://::{tmp_path / 'z.zip'}"):
        assert [item.label for item in items_of(place)] == labels, place
    assert len(items_of(f"zip://rose/*.png::{tmp_path / 'z.zip'}")) == 3
    assert len(items_of("memory://photos/rose/*.png")) == 3
    assert [item.name.rpartition("::./")[2] for item in items_of(tmp_path / "t.tar")] == names
    assert len(items_of("memory://photos/rose/._1.png")) == 1  # asked for by its name
