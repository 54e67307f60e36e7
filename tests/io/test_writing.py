"""A place that takes no file: every writer says so by name, and nothing that was written before is lost."""

import fcntl
import os
import resource
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline

import featkit
from featkit.exceptions import FileWriteError
from featkit.io.writing import write_atomically
from featkit.testing import check_pictures

READ_ONLY = Path("/sys")  # takes no new file, not even from root, whom permissions do not stop
PICTURES = list(check_pictures(12, height=24, width=24))
MODEL = make_pipeline(featkit.ColorMoments(), GaussianNB()).fit(PICTURES, np.arange(12) % 2)


def run_benchmark(store=None):
    digits = load_digits(n_class=2)
    classifier = make_pipeline(featkit.RawPixels(), GaussianNB())
    options = {"baselines": {}, "cv": 3, "check_duplicates": False, "verbose": False, "store": store}
    return featkit.benchmark({"pixels": classifier}, digits.images[:60] / 16, digits.target[:60], **options)


@pytest.fixture(scope="module")
def found():
    return run_benchmark()


WRITERS = {
    "dataset": lambda place, found: featkit.extract_to_parquet(
        featkit.ColorMoments(), PICTURES, place / "dataset", part_size=4
    ),
    "predictions.csv": lambda place, found: featkit.predict_to_file(MODEL, PICTURES, place / "predictions.csv"),
    "predictions.parquet": lambda place, found: featkit.predict_to_file(MODEL, PICTURES, place / "predictions.parquet"),
    "model.skops": lambda place, found: featkit.save_model(MODEL, place / "model.skops"),
    "report.html": lambda place, found: featkit.write_report(place / "report.html", found),
    "benchmark.json": lambda place, found: found.save(place / "benchmark.json"),
    "store": lambda place, found: run_benchmark(place / "store"),
    "cache.sqlite": lambda place, found: featkit.FeatureCache(place / "cache.sqlite").info(),
}
by_writer = pytest.mark.parametrize("name", WRITERS)


@by_writer
def test_a_place_that_takes_no_file_is_named(name, found):
    refusals = "Permission denied|not permitted|Read-only|unable to open"
    with pytest.raises(featkit.exceptions.FeatkitError, match=rf"{READ_ONLY / name}\b.*({refusals}).*\.$"):
        WRITERS[name](READ_ONLY, found)


@by_writer
def test_a_place_below_a_file_is_named(name, found, tmp_path):
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises((featkit.exceptions.FeatkitError, ValueError), match=rf"{tmp_path / 'file' / name}\b"):
        WRITERS[name](tmp_path / "file", found)
    assert (tmp_path / "file").read_bytes() == b"mine"


@contextmanager
def full_disk(n_bytes=100):
    """The system refuses whatever a file gets beyond so many bytes, as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def content_of(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", [name for name in WRITERS if name != "cache.sqlite"])
def test_a_full_disk_loses_nothing_that_was_written_before(name, found, tmp_path):
    WRITERS[name](tmp_path, found)
    for piece in [*tmp_path.glob("dataset/part-000001.parquet"), *sorted(tmp_path.glob("store/*"))[:1]]:
        piece.unlink()  # so that there is something to make again
    before = content_of(tmp_path)
    with full_disk(), pytest.raises(FileWriteError, match="What was written before is whole; make room") as caught:
        WRITERS[name](tmp_path, found)
    assert name in caught.value.path
    assert content_of(tmp_path) == before
    WRITERS[name](tmp_path, found)
    assert set(before) <= set(content_of(tmp_path))


def test_a_cache_on_a_full_disk_costs_no_row(tmp_path):
    expected = featkit.ColorMoments().fit_transform(PICTURES)
    cache = featkit.FeatureCache(tmp_path / "cache.sqlite")
    cache.put({b"before": expected[0]})
    chunked = featkit.ChunkedTransformer(featkit.RawPixels(), cache=cache)  # 12 rows of 14 kB
    with (
        full_disk(40_000),
        pytest.warns(featkit.extraction.CacheWarning, match=r"cache.sqlite: .*computed but not kept"),
    ):
        rows = chunked.fit_transform(PICTURES)
    assert np.array_equal(rows, featkit.RawPixels().fit_transform(PICTURES))
    assert np.array_equal(cache.get([b"before"])[b"before"], expected[0])


def test_the_file_is_whole_or_not_there(tmp_path):
    file = tmp_path / "numbers"
    write_atomically(file, lambda stream: stream.write(b"12345"))
    assert file.read_bytes() == b"12345"

    def fail_in_the_middle(stream):
        stream.write(b"67")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_atomically(file, fail_in_the_middle)
    assert content_of(tmp_path) == {file: b"12345"}


def test_what_a_killed_writer_left_is_removed_and_what_a_living_one_writes_is_not(tmp_path):
    file = tmp_path / "table.csv"
    names = [".table.csv.killed.tmp", ".table.csv.living.tmp", ".other.csv.killed.tmp"]
    for name in names:
        (tmp_path / name).write_bytes(b"half")
        os.utime(tmp_path / name, (0, 0))
    with open(tmp_path / names[1], "rb") as living:
        fcntl.flock(living, fcntl.LOCK_EX)
        write_atomically(file, lambda stream: stream.write(b"whole"))
    assert file.read_bytes() == b"whole"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*names[1:], "table.csv"])


@pytest.mark.parametrize("name", ["n" * 251 + ".csv", "\u00e4" * 125 + ".csv"], ids=["letters", "umlauts"])
def test_a_name_may_be_as_long_as_the_file_system_lets_it(tmp_path, name):
    for content in (b"one", b"two"):
        write_atomically(tmp_path / name, lambda stream, content=content: stream.write(content))
        assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(name, content)]


@pytest.mark.parametrize("can_link", [True, False])
def test_a_new_file_replaces_none(tmp_path, monkeypatch, can_link):
    def refuse(source, target):
        raise PermissionError("no hard links here")

    if not can_link:
        monkeypatch.setattr("featkit.io.writing.os.link", refuse)
    file = tmp_path / "file"
    write_atomically(file, lambda stream: stream.write(b"first"), replace=False)
    with pytest.raises(FileExistsError):
        write_atomically(file, lambda stream: stream.write(b"second"), replace=False)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("file", b"first")]
