"""The dataset: its rows, its going on where it stopped, what it refuses; with real kills and a real Dask cluster."""

import multiprocessing
import os
import random
import signal
import sys
import tarfile
import threading
import time
import warnings
from pathlib import Path

import cv2
import joblib
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import FeatureUnion, make_pipeline

import featkit
from featkit import extract_to_parquet
from featkit.exceptions import ExtractionError, ImageFormatError
from featkit.extraction import ExtractionWarning
from featkit.testing import check_pictures

ROOT = Path(__file__).parents[2]


def transformer():
    features = FeatureUnion(
        [("a", featkit.ColorMoments()), ("b", featkit.RegionMeasurements())], verbose_feature_names_out=False
    )
    return make_pipeline(featkit.ImageReader(), featkit.BackgroundRemover(method="otsu"), features)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    for index, picture in enumerate(check_pictures(40, height=24, width=28)):
        place = folder / ("rose" if index % 2 else "lily")
        place.mkdir(exist_ok=True)
        cv2.imwrite(str(place / f"{index:02}.png"), picture)
    (folder / "lily" / "08.png").write_bytes(b"meow")
    return folder


def rows_of(folder):
    return pd.read_parquet(folder)


def test_the_dataset_holds_what_transform_gives(photos, tmp_path):
    done = extract_to_parquet(transformer(), photos, tmp_path / "out", part_size=7, n_jobs=2)
    assert (done.n_images, done.n_errors, done.n_parts, done.n_kept) == (40, 1, 6, 0)
    table = rows_of(tmp_path / "out")
    assert list(table.columns[:3]) == ["path", "label", "error"]
    assert table["path"].tolist() == featkit.list_images(photos).paths.tolist()
    assert table["label"].tolist() == ["lily"] * 20 + ["rose"] * 20
    broken = table["path"].str.endswith("08.png")
    assert table.loc[~broken, "error"].isna().all()
    assert "ImageReadError" in table.loc[broken, "error"].item()
    assert "08.png" in table.loc[broken, "error"].item()
    features = table.drop(columns=["path", "label", "error"])
    assert (features.dtypes == np.float32).all()
    assert features[broken].isna().all().all()
    whole = transformer().fit(table["path"][~broken].tolist())
    assert list(features.columns) == list(whole.get_feature_names_out())
    expected = whole.transform(table["path"][~broken].tolist()).astype(np.float32)
    assert np.array_equal(features[~broken].to_numpy(), expected, equal_nan=True)


def test_a_second_run_keeps_all_and_makes_again_what_is_gone_or_damaged(photos, tmp_path):
    extract_to_parquet(transformer(), photos, tmp_path, part_size=7)
    before = rows_of(tmp_path)
    times = {file.name: file.stat().st_mtime_ns for file in tmp_path.glob("part-*")}
    (tmp_path / "part-000003.parquet").unlink()
    content = (tmp_path / "part-000001.parquet").read_bytes()
    (tmp_path / "part-000001.parquet").write_bytes(content[:-30])
    (tmp_path / ".part-000002.parquet.killed.tmp").write_bytes(b"half")
    with pytest.warns(ExtractionWarning, match=r"part-000001.parquet is damaged"):
        done = extract_to_parquet(transformer(), photos, tmp_path, part_size=7)
    assert (done.n_kept, done.n_parts, done.n_images, done.n_errors) == (4, 6, 40, 1)
    pd.testing.assert_frame_equal(rows_of(tmp_path), before)
    changed = [file.name for file in tmp_path.glob("part-*") if file.stat().st_mtime_ns != times[file.name]]
    assert sorted(changed) == ["part-000001.parquet", "part-000003.parquet"]
    assert not list(tmp_path.glob(".part-*"))


def test_two_extractions_do_not_mix(photos, tmp_path):
    extract_to_parquet(transformer(), photos, tmp_path, part_size=7)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    other = transformer().set_params(backgroundremover__method="border")
    with pytest.raises(ExtractionError, match="method: 'otsu', not 'border'"):
        extract_to_parquet(other, photos, tmp_path, part_size=7)
    with pytest.raises(ExtractionError, match="n_images: 40, not 20"):
        extract_to_parquet(transformer(), photos / "rose", tmp_path, part_size=7)
    paths = featkit.list_images(photos).paths.tolist()
    extract_to_parquet(transformer(), paths, tmp_path / "list", part_size=7)
    with pytest.raises(ExtractionError, match="other images"):
        extract_to_parquet(transformer(), paths[::-1], tmp_path / "list", part_size=7)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir() if file.is_file()} == before


def test_arrays_are_told_apart_by_their_content(tmp_path):
    pictures = list(check_pictures(9))
    extract_to_parquet(featkit.ColorMoments(), pictures, tmp_path, part_size=4)
    assert extract_to_parquet(featkit.ColorMoments(), pictures, tmp_path, part_size=4).n_kept == 3
    with pytest.raises(ExtractionError, match="other images"):
        extract_to_parquet(featkit.ColorMoments(), pictures[::-1], tmp_path, part_size=4)


def test_a_full_disk_loses_nothing_that_was_written(photos, tmp_path, monkeypatch):
    extract_to_parquet(transformer(), photos, tmp_path / "whole", part_size=7)
    fsync, written = os.fsync, []

    def fsync_until_full(stream):
        if len(written) == 4:
            raise OSError(28, "No space left on device")
        written.append(stream)
        fsync(stream)

    monkeypatch.setattr("featkit.io.writing.os.fsync", fsync_until_full)
    with pytest.raises(
        featkit.exceptions.FileWriteError, match=r"No space left on device. What was written before is whole"
    ):
        extract_to_parquet(transformer(), photos, tmp_path / "out", part_size=7)
    assert len(list((tmp_path / "out").glob("part-*"))) == 3
    assert not list((tmp_path / "out").glob(".part-*"))
    monkeypatch.undo()
    done = extract_to_parquet(transformer(), photos, tmp_path / "out", part_size=7)
    assert done.n_kept == 3
    pd.testing.assert_frame_equal(rows_of(tmp_path / "out"), rows_of(tmp_path / "whole"))


def test_what_learns_must_be_fitted(photos, tmp_path):
    learning = make_pipeline(featkit.ImageReader(), featkit.ColorMoments(), PCA(2))
    with pytest.raises(NotFittedError, match="PCA to be fitted"):
        extract_to_parquet(learning, photos / "rose", tmp_path)
    paths = featkit.list_images(photos / "rose", labels=False).paths.tolist()
    fitted = featkit.ChunkedTransformer(learning).fit(paths).transformer_
    extract_to_parquet(fitted, photos / "rose", tmp_path)
    assert list(rows_of(tmp_path).columns[3:]) == ["pca0", "pca1"]


def test_nothing_but_broken_images_is_an_error(tmp_path):
    (tmp_path / "a.png").write_bytes(b"meow")
    with pytest.raises(featkit.exceptions.ImageReadError, match=r"got none; the first error was: .*a.png"):
        extract_to_parquet(transformer(), tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_arrays_with_labels_and_iterators(tmp_path):
    pictures = list(check_pictures(9))
    extract_to_parquet(featkit.ColorMoments(), pictures, tmp_path / "a", labels=range(9), part_size=4)
    done = extract_to_parquet(featkit.ColorMoments(), iter(pictures), tmp_path / "b", part_size=4)
    assert done.n_parts == 3
    one, other = rows_of(tmp_path / "a"), rows_of(tmp_path / "b")
    assert one["label"].tolist() == [str(k) for k in range(9)]
    assert np.array_equal(one.iloc[:, 3:], other.iloc[:, 3:])
    assert np.array_equal(one.iloc[:, 3:], featkit.ColorMoments().transform(pictures).astype(np.float32))


def test_what_can_only_be_iterated_over_is_read_as_it_goes(tmp_path):
    class Streamed:  # a column of a data set of Hugging Face that is streamed
        def __iter__(self):
            return iter(check_pictures(9))

        def __getitem__(self, name):
            raise KeyError(name)

    done = extract_to_parquet(featkit.ColorMoments(), Streamed(), tmp_path / "a", part_size=4, labels=list("abcabcabc"))
    assert done[1:4] == (9, 0, 3)
    table = rows_of(tmp_path / "a")
    assert table["label"].tolist() == list("abcabcabc")
    assert np.array_equal(
        table.iloc[:, 3:], featkit.ColorMoments().transform(list(check_pictures(9))).astype(np.float32)
    )


def test_an_open_file_is_no_list_of_images(tmp_path):
    with open(__file__, "rb") as file, pytest.raises(ImageFormatError, match="Put it into a list"):
        extract_to_parquet(featkit.ColorMoments(), file, tmp_path / "a")


def test_what_is_gone_between_listing_and_reading_has_its_row_and_reason(tmp_path):
    paths = []
    for index, picture in enumerate(check_pictures(6, height=24, width=28)):
        paths.append(tmp_path / f"{index}.png")
        cv2.imwrite(str(paths[-1]), picture)

    class Removes(featkit.ColorMoments):
        def transform(self, X):
            paths[3].unlink(missing_ok=True)
            (tmp_path / "gone.tar").unlink(missing_ok=True)
            return super().transform(X)

    removing = make_pipeline(featkit.ImageReader(), Removes())
    extract_to_parquet(removing, tmp_path, tmp_path / "files", chunk_size=2)
    table = rows_of(tmp_path / "files")
    assert table["error"].notna().tolist() == [False, False, False, True, False, False]
    assert "3.png: expected an image file, there is none of this name" in table["error"][3]
    for name in ("there.tar", "gone.tar"):
        with tarfile.open(tmp_path / name, "w") as shard:
            shard.add(paths[0], "0.png")
    extract_to_parquet(removing, [tmp_path / "there.tar", tmp_path / "gone.tar"], tmp_path / "shards")
    there, gone = rows_of(tmp_path / "shards")["error"]
    assert not isinstance(there, str)
    assert "gone.tar: expected a readable file" in gone


# Kills


def test_ten_kills_and_restarts_give_the_undisturbed_dataset(photos, tmp_path):
    extract_to_parquet(transformer(), photos, tmp_path / "whole", part_size=1)
    out = tmp_path / "out"
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["featkit.extraction.parquet", "featkit.features.shape.region_measurements", "pyarrow.parquet"]
    )
    rng = random.Random(0)
    kept, n_killed = [], 0
    for _ in range(10):
        work = {"part_size": 1, "n_jobs": 2}
        run = context.Process(target=extract_to_parquet, args=(transformer(), str(photos), out), kwargs=work)
        run.start()
        n_parts, wanted = len(list(out.glob("part-*"))), rng.randrange(3)
        until = time.monotonic() + 30
        while len(list(out.glob("part-*"))) < n_parts + wanted and run.is_alive() and time.monotonic() < until:
            time.sleep(0.001)
        time.sleep(rng.random() / 50)
        run.kill()  # no error where the run came to its end just before
        run.join()
        n_killed += run.exitcode == -signal.SIGKILL
        kept.append(len(list(out.glob("part-*"))))
    assert n_killed == 10
    assert kept == sorted(kept)
    assert 0 < kept[0] + kept[4] < 80
    done = extract_to_parquet(transformer(), photos, out, part_size=1)
    assert done.n_kept == kept[-1]
    pd.testing.assert_frame_equal(rows_of(out), rows_of(tmp_path / "whole"))


# More than one machine


class SlowMoments(featkit.ColorMoments):
    """Moments that take their time, so that a worker can be killed meanwhile."""

    def transform(self, X):
        time.sleep(0.05)
        return super().transform(X)


def test_a_dask_worker_that_is_killed_loses_nothing(photos, tmp_path):
    from dask.distributed import Client, LocalCluster

    slow = make_pipeline(featkit.ImageReader(), SlowMoments())
    extract_to_parquet(slow, photos, tmp_path / "serial", part_size=2)
    out = tmp_path / "out"
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": ":0"}
    with LocalCluster(**options) as cluster, Client(cluster) as client:
        client.run(lambda places: sys.path.__setitem__(slice(0, 0), places), [str(ROOT), str(Path(__file__).parent)])
        workers = client.run(os.getpid)

        def kill_one_in_the_middle(client_out=out):
            while len(list(client_out.glob("part-*"))) < 4:
                time.sleep(0.005)
            os.kill(next(iter(workers.values())), signal.SIGKILL)

        killer = threading.Thread(target=kill_one_in_the_middle)
        killer.start()
        with joblib.parallel_config("dask"):
            done = extract_to_parquet(slow, photos, out, part_size=2, chunk_size=2)
        killer.join()
        assert os.getpid() not in workers.values()
    assert (done.n_parts, done.n_images) == (20, 40)
    pd.testing.assert_frame_equal(rows_of(out), rows_of(tmp_path / "serial"))


def test_images_that_failed_are_tried_again_where_that_is_asked_for(tmp_path, monkeypatch):
    pictures = list(check_pictures(6))
    paths = [tmp_path / f"{k}.png" for k in range(6)]
    for path, picture in zip(paths, pictures):
        Image.fromarray(picture).save(path)
    reading = make_pipeline(featkit.ImageReader(), featkit.ColorMoments())
    out = tmp_path / "out"

    def fail_from_the_fourth(reader, X, **more):
        if paths.index(Path(X[-1])) >= 4:
            raise OSError("the store is away")
        return [np.asarray(Image.open(path)) for path in X]

    with monkeypatch.context() as patched:
        patched.setattr(featkit.ImageReader, "transform", fail_from_the_fourth)
        assert extract_to_parquet(reading, paths, out, part_size=2)[1:5] == (6, 2, 3, 0)
    assert extract_to_parquet(reading, paths, out, part_size=2)[1:5] == (6, 2, 3, 3)
    assert extract_to_parquet(reading, paths, out, part_size=2, retry_errors=True)[1:5] == (6, 0, 3, 2)
    rows = pd.read_parquet(out)
    assert rows["error"].isna().all()
    expected = featkit.ColorMoments().fit_transform(pictures).astype(np.float32)
    np.testing.assert_array_equal(rows.iloc[:, 3:], expected)


# No mixing


def saved(pictures, folder):
    folder.mkdir()
    paths = [folder / f"{k}.png" for k in range(len(pictures))]
    for path, picture in zip(paths, pictures):
        Image.fromarray(picture).save(path)
    return paths


def test_a_file_replaced_under_its_name_is_noticed(tmp_path):
    reading = make_pipeline(featkit.ImageReader(), featkit.ColorMoments())
    pictures = list(check_pictures(6))
    paths, out = saved(pictures, tmp_path / "in"), tmp_path / "out"
    extract_to_parquet(reading, paths, out, part_size=2)
    Image.fromarray(255 - pictures[2]).save(paths[2])
    paths[5].unlink()
    with pytest.warns(ExtractionWarning, match="2 of 3 parts of .* files of theirs have changed since"):
        assert extract_to_parquet(reading, paths, out, part_size=2)[1:5] == (6, 1, 3, 1)
    expected = featkit.ColorMoments().fit_transform([*pictures[:2], 255 - pictures[2], *pictures[3:5]])
    np.testing.assert_array_equal(rows_of(out).iloc[:5, 3:], expected.astype(np.float32))
    assert extract_to_parquet(reading, paths, out, part_size=2).n_kept == 3


def test_files_that_grow_are_cut_into_the_same_parts_again(tmp_path):
    reading = make_pipeline(featkit.ImageReader(), featkit.ColorMoments())
    pictures = list(check_pictures(70, height=8, width=8))
    paths, out = saved(pictures, tmp_path / "in"), tmp_path / "out"
    assert extract_to_parquet(reading, paths, out).n_parts == 1
    for path in paths:  # with what stands behind their end they count as photos, of which 64 make a part
        path.write_bytes(path.read_bytes().ljust(600_000))
    assert extract_to_parquet(reading, paths, tmp_path / "other").n_parts == 2
    with pytest.warns(ExtractionWarning, match="1 of 1 parts of .* files of theirs have changed since"):
        done = extract_to_parquet(reading, paths, out)
    assert (done.n_parts, done.n_kept, done.n_errors) == (1, 0, 0)
    with pytest.raises(ExtractionError, match="part_size: 256, not 64"):
        extract_to_parquet(reading, paths, out, part_size=64)


def test_a_tar_replaced_under_its_name_is_noticed(tmp_path):
    reading = make_pipeline(featkit.ImageReader(), featkit.ColorMoments())
    paths, shard = saved(list(check_pictures(3)), tmp_path / "in"), tmp_path / "a.tar"
    for n_images in (3, 2):
        with tarfile.open(shard, "w") as archive:
            for path in paths[:n_images]:
                archive.add(path, path.name)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            done = extract_to_parquet(reading, [shard], tmp_path / "out")
        assert (done.n_images, done.n_kept, len(rows_of(tmp_path / "out"))) == (n_images, 0, n_images)
        assert [warning.category for warning in told] == [ExtractionWarning] * (n_images == 2)


def run_beside(monkeypatch, when, other):
    """Let another run come in just before a file of such a name is made."""
    link = os.link

    def link_after_the_other(source, target):
        if when in str(target):
            monkeypatch.setattr("featkit.io.writing.os.link", link)
            other()
        link(source, target)

    monkeypatch.setattr("featkit.io.writing.os.link", link_after_the_other)


@pytest.mark.parametrize("when", ["_manifest", "part-000000", "part-000002"])
def test_another_extraction_that_comes_in_between_is_refused_or_refuses(tmp_path, monkeypatch, when):
    pictures, out = list(check_pictures(9)), tmp_path / "out"
    refused = []

    def other():
        try:
            extract_to_parquet(featkit.RegionMeasurements(), pictures, out, part_size=3)
        except ExtractionError as error:
            refused.append(error)

    run_beside(monkeypatch, when, other)
    if when == "_manifest":
        with pytest.raises(ExtractionError, match=r"holds another extraction .*RegionMeasurements"):
            extract_to_parquet(featkit.ColorMoments(), pictures, out, part_size=3)
        expected = featkit.RegionMeasurements().fit_transform(pictures)
    else:
        extract_to_parquet(featkit.ColorMoments(), pictures, out, part_size=3)
        expected = featkit.ColorMoments().fit_transform(pictures)
    assert len(refused) == (when != "_manifest")
    np.testing.assert_array_equal(rows_of(out).iloc[:, 3:], expected.astype(np.float32))


@pytest.mark.parametrize("when", ["_manifest", "part-000000", "part-000002"])
def test_an_equal_extraction_may_come_in_between(tmp_path, monkeypatch, when):
    pictures, out = list(check_pictures(9)), tmp_path / "out"
    run_beside(monkeypatch, when, lambda: extract_to_parquet(featkit.ColorMoments(), pictures, out, part_size=3))
    assert extract_to_parquet(featkit.ColorMoments(), pictures, out, part_size=3)[1:4] == (9, 0, 3)
    expected = featkit.ColorMoments().fit_transform(pictures).astype(np.float32)
    np.testing.assert_array_equal(rows_of(out).iloc[:, 3:], expected)


@pytest.mark.parametrize(("when", "other_is_first"), [("part-000001", True), ("part-000002", False)])
def test_arrays_that_begin_alike_are_not_mixed(tmp_path, monkeypatch, when, other_is_first):
    pictures, out = list(check_pictures(9)), tmp_path / "out"
    others = [*pictures[:3], *pictures[:2:-1]]

    def extract(images):
        try:
            return extract_to_parquet(featkit.ColorMoments(), images, out, part_size=3).n_images == 9
        except ExtractionError as error:
            return "other images" not in str(error)

    succeeded = {}
    run_beside(monkeypatch, when, lambda: succeeded.update(other=extract(others)))
    succeeded["one"] = extract(pictures)
    assert succeeded == {"other": other_is_first, "one": not other_is_first}
    expected = featkit.ColorMoments().fit_transform(others if other_is_first else pictures).astype(np.float32)
    np.testing.assert_array_equal(rows_of(out).iloc[:, 3:], expected)
