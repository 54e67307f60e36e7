"""A dataset behind a URL: whole files, resumed, and two writers."""

import json
import zipfile
from pathlib import Path

import fsspec
import numpy as np
import pyarrow.dataset
import pytest
from PIL import Image
from sklearn.pipeline import make_pipeline

from featkit import ColorMoments, ImageReader, cli, extract_to_parquet
from featkit.exceptions import ExtractionError, FileWriteError
from featkit.extraction.dataset import url_path
from featkit.extraction.dataset.manifest import MANIFEST
from featkit.extraction.dataset.url_path import UrlPath, place_of
from featkit.testing import check_pictures

CHAIN = make_pipeline(ImageReader(), ColorMoments())
OUT = "memory://sets/features"


@pytest.fixture
def store():
    memory = fsspec.filesystem("memory")
    yield memory
    memory.store.clear()
    memory.pseudo_dirs[:] = [""]


@pytest.fixture
def paths(tmp_path):
    paths = [tmp_path / f"{number}.png" for number in range(6)]
    for path, image in zip(paths, check_pictures(6)):
        Image.fromarray(image).save(path)
    return list(map(str, paths))


def read(store):
    return pyarrow.dataset.dataset("/sets/features", format="parquet", filesystem=store).to_table().to_pandas()


def test_rows_behind_a_url_are_those_of_a_folder(store, paths, tmp_path):
    there = extract_to_parquet(CHAIN, paths, OUT, part_size=2, n_jobs=2)
    here = extract_to_parquet(CHAIN, paths, tmp_path / "features", part_size=2)
    assert there[1:5] == here[1:5] == (6, 0, 3, 0)
    assert there.path == OUT
    local = pyarrow.dataset.dataset(str(tmp_path / "features"), format="parquet").to_table().to_pandas()
    assert read(store).equals(local)


def test_it_goes_on_where_it_was_stopped(store, paths, monkeypatch):
    pipe, n_put = store.pipe_file, []

    def stopping(path, value, **options):
        n_put.append(path)
        if len(n_put) == 3:
            raise OSError("connection lost")
        return pipe(path, value, **options)

    monkeypatch.setattr(type(store), "pipe_file", lambda self, *given, **options: stopping(*given, **options))
    with pytest.raises(FileWriteError, match=f"^{OUT}/part-000001.parquet could not be written: connection lost"):
        extract_to_parquet(CHAIN, paths, OUT, part_size=2)
    assert extract_to_parquet(CHAIN, paths, OUT, part_size=2).n_kept == 1
    assert extract_to_parquet(CHAIN, paths, OUT, part_size=2).n_kept == 3


def test_another_extraction_and_damage_are_found(store, paths):
    extract_to_parquet(CHAIN, paths, OUT, part_size=2)
    with pytest.raises(ExtractionError, match=f"^{OUT} holds another extraction"):
        extract_to_parquet(CHAIN, paths[:4], OUT, part_size=2)
    content = store.cat_file("/sets/features/part-000001.parquet")
    store.pipe_file("/sets/features/part-000001.parquet", content[:-20])
    with pytest.warns(UserWarning, match="part-000001.parquet is damaged"):
        assert extract_to_parquet(CHAIN, paths, OUT, part_size=2).n_kept == 2
    store.pipe_file("/sets/features/part-000007.parquet", content)
    with pytest.raises(ExtractionError, match="parts of more images than came: part-000007.parquet"):
        extract_to_parquet(CHAIN, paths, OUT, part_size=2)


@pytest.mark.parametrize("is_exclusive", [True, False])
def test_of_two_that_begin_at_once_one_at_most_ends_well(store, paths, monkeypatch, is_exclusive):
    def overtaken(self, write, *, replace=True):
        if not replace and not seen:
            seen.append(self)
            extract_to_parquet(make_pipeline(ImageReader(min_size=9), ColorMoments()), paths, OUT, part_size=2)
            if not is_exclusive:  # the store takes the manifest of the slower one, too
                replace = True
        return put(self, write, replace=replace)

    seen, put = [], UrlPath.write
    monkeypatch.setattr(UrlPath, "write", overtaken)
    with pytest.raises(ExtractionError, match="another extraction|from other images or by another transformer"):
        extract_to_parquet(CHAIN, paths, OUT, part_size=2)
    names = set(read(store)["path"])
    assert names == set(paths)


def test_a_manifest_replaced_meanwhile_is_an_error(store, paths, monkeypatch):
    make = url_path.UrlPath.write

    def replaced(self, write, *, replace=True):
        make(self, write, replace=replace)
        if self.name == "part-000002.parquet":
            manifest = json.loads(store.cat_file(f"/sets/features/{MANIFEST}"))
            store.pipe_file(f"/sets/features/{MANIFEST}", json.dumps(manifest | {"run": "another"}).encode())

    monkeypatch.setattr(UrlPath, "write", replaced)
    with pytest.raises(ExtractionError, match="was removed or replaced while this extraction ran"):
        extract_to_parquet(CHAIN, paths, OUT, part_size=2)


def test_the_command_line_names_what_failed(store, paths, tmp_path, capsys):
    (tmp_path / "broken.png").write_bytes(b"no image")
    assert cli.main(["extract", str(tmp_path), "--out", OUT, "--jobs", "1"]) == 1
    assert "1 of them gave no features (1 .png)" in capsys.readouterr().out
    assert np.isnan(read(store).set_index("path").loc[str(tmp_path / "broken.png")].iloc[3])


@pytest.mark.parametrize("place", ["zip://features::{}/none.zip", "nothing://features", "http://127.0.0.1:9/features"])
def test_a_place_that_cannot_be_reached_is_named_before_the_work(place, paths, tmp_path, capsys):
    place = place.format(tmp_path)
    assert cli.main(["extract", paths[0], "--out", place, "--jobs", "1"]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"featkit: {place}: expected a place that fsspec can list and write to, got: ")
    assert told.count("\n") == 1


def test_an_archive_that_is_read_only_is_not_written(paths, tmp_path):
    with zipfile.ZipFile(tmp_path / "there.zip", "w") as archive:
        archive.writestr("features/readme.txt", "")
    with pytest.raises(FileWriteError, match="could not be written: "):
        extract_to_parquet(CHAIN, paths, f"zip://features::{tmp_path}/there.zip")


def test_paths_and_file_urls_are_paths():
    assert place_of("features") == place_of(Path("features")) == Path("features")
    assert place_of("file:///tmp/features") == Path("/tmp/features")
    assert str(place_of("s3://bucket/features/") / "a.parquet") == "s3://bucket/features/a.parquet"
    inside = place_of("zip://features/::memory://a.zip") / "b.parquet"
    assert (str(inside), inside.name, inside.suffix) == (
        "zip://features/b.parquet::memory://a.zip",
        "b.parquet",
        ".parquet",
    )
