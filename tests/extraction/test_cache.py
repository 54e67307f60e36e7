"""The cache gives back what was computed, to whoever asks for the same, whatever happens to its file."""

import io
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
import tifffile
from PIL import Image
from sklearn import config_context
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC

import featkit
from featkit import ChunkedTransformer, FeatureCache
from featkit.extraction import CacheError, CacheWarning, _cache_file
from featkit.testing import check_pictures

IMAGES = check_pictures(12)
LABELS = np.arange(12) % 2


@pytest.fixture
def cache(tmp_path):
    return FeatureCache(tmp_path / "features.sqlite")


def test_a_second_run_reads_every_row(cache):
    first = ChunkedTransformer(featkit.HOG(), chunk_size=5, cache=cache).fit_transform(IMAGES)
    assert cache.info() | {"bytes": 0} == {"rows": 12, "bytes": 0, "hits": 0, "misses": 12}
    second = ChunkedTransformer(featkit.HOG(), n_jobs=2, cache=cache.path).fit_transform(IMAGES)
    assert np.array_equal(first, second)
    assert first.dtype == second.dtype
    assert (cache.info()["hits"], cache.info()["misses"]) == (12, 12)
    assert np.array_equal(first, featkit.HOG().fit_transform(IMAGES))
    assert "12 rows" in repr(cache)
    assert "12 hits" in repr(cache)


def test_a_row_is_found_by_content_not_by_name(cache, tmp_path):
    for name in ("a.png", "b.png"):
        cv2.imwrite(str(tmp_path / name), IMAGES[0])
    reader = ChunkedTransformer(make_pipeline(featkit.ImageReader(), featkit.ColorMoments()), cache=cache)
    reader.fit([tmp_path / "a.png"])
    kinds = [tmp_path / "a.png", str(tmp_path / "b.png"), (tmp_path / "a.png").read_bytes(), IMAGES[0], IMAGES[1]]
    rows = np.concatenate([reader.transform([source]) for source in [*kinds, Image.fromarray(IMAGES[2])]])
    assert (cache.info()["hits"], cache.info()["misses"]) == (2, 4)
    assert np.array_equal(rows[0], rows[1])
    cv2.imwrite(str(tmp_path / "a.png"), IMAGES[5])
    assert not np.array_equal(reader.transform([tmp_path / "a.png"])[0], rows[0])


def test_another_transformer_finds_nothing(cache):
    pca = make_pipeline(featkit.RawPixels(), PCA(2))
    transformers = [
        featkit.HOG(),
        featkit.HOG(orientations=8),
        featkit.LocalBinaryPattern(),
        pca,
    ]
    for transformer in transformers:
        ChunkedTransformer(transformer, cache=cache).fit_transform(IMAGES[:6])
    ChunkedTransformer(pca, cache=cache).fit(IMAGES[6:]).transform(IMAGES[:6])  # it learnt something else
    assert cache.info()["hits"] == 0
    assert cache.info()["rows"] == 30


def test_a_row_is_found_by_what_was_told_of_its_image_too(cache):
    masks = np.zeros((12, *IMAGES.shape[1:3]), dtype=bool)
    masks[:, 5:20, 5:20] = True
    with config_context(enable_metadata_routing=True):
        features = make_pipeline(featkit.BackgroundRemover().set_transform_request(mask=True), featkit.ColorMoments())
        chunked = ChunkedTransformer(features, cache=cache).fit(IMAGES)
        plain = [features.fit(IMAGES).transform(IMAGES, mask=told) for told in (masks, ~masks)]
        for told, expected in zip((masks, masks, ~masks), (plain[0], *plain)):
            assert np.array_equal(chunked.transform(IMAGES, mask=told), expected)
    assert (cache.info()["hits"], cache.info()["misses"]) == (12, 24)


def test_an_error_names_the_image_of_the_batch_whatever_was_known(cache):
    chunked = ChunkedTransformer(featkit.ColorMoments(), cache=cache)
    chunked.fit_transform(IMAGES[:7])
    with pytest.raises(featkit.exceptions.ImageFormatError) as caught:
        chunked.transform([*IMAGES[:9], np.full((4, 4), 7.0)])
    assert caught.value.__notes__ == ["image 9 of the batch"]


def test_palettes_tell_images_of_the_same_indices_apart(cache):
    pictures = [Image.new("P", (4, 4), 1) for _ in range(2)]
    for picture, color in zip(pictures, (250, 20)):
        picture.putpalette([0, 0, 0, color, 9, 9])
    chunked = ChunkedTransformer(make_pipeline(featkit.ImageReader(), featkit.ColorMoments()), cache=cache)
    rows = chunked.fit(pictures).transform(pictures)
    assert np.array_equal(rows, chunked.transformer_.transform(pictures))
    assert not np.array_equal(rows[0], rows[1])


def test_what_can_be_read_once_is_read_by_the_transformer_only(cache):
    class Once(io.BytesIO):
        def seekable(self):
            return False

        def tell(self):
            raise AttributeError("no such thing on a socket")

    png = cv2.imencode(".png", IMAGES[0][..., ::-1])[1].tobytes()
    chunked = ChunkedTransformer(make_pipeline(featkit.ImageReader(), featkit.ColorMoments()), cache=cache).fit([png])
    assert np.array_equal(chunked.transform([Once(png)]), featkit.ColorMoments().transform(IMAGES[:1]))
    assert cache.info()["rows"] == 0


def test_more_rows_may_be_asked_for_than_sqlite_takes_at_once(cache, monkeypatch):
    opened = _cache_file._open

    def open_with_limit(path, patience):
        database = opened(path, patience)
        database.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 999)  # that of old versions
        return database

    monkeypatch.setattr(_cache_file, "_open", open_with_limit)
    cache.put({b"%d" % key: np.full(2, key, dtype=float) for key in range(3000)})
    rows = cache.get([b"%d" % key for key in range(1000, 5000)])
    assert {int(key): row.tolist() for key, row in rows.items()} == {key: [key, key] for key in range(1000, 3000)}
    assert (cache.info()["hits"], cache.info()["misses"]) == (2000, 2000)


def test_what_cannot_be_read_is_not_kept(cache, tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), IMAGES[0])
    chunked = ChunkedTransformer(make_pipeline(featkit.ImageReader(), featkit.HOG()), cache=cache, on_error="nan")
    with pytest.warns(featkit.extraction.ExtractionWarning):
        chunked.fit_transform([tmp_path / "a.png", tmp_path / "missing.png"])
    assert cache.info()["rows"] == 1


def test_images_are_not_kept(cache):
    with pytest.raises(ValueError, match="rows of features"):
        ChunkedTransformer(featkit.GrayscaleConverter(), cache=cache).fit_transform(IMAGES)


def test_a_grid_search_computes_each_row_once(cache):
    model = make_pipeline(ChunkedTransformer(featkit.HOG(), cache=cache), SVC())
    search = GridSearchCV(model, {"svc__C": [0.1, 1, 10]}, cv=3, refit=False).fit(IMAGES, LABELS)
    assert cache.info()["misses"] == 12
    assert cache.info()["hits"] == 3 * 3 * 12 - 12
    plain = GridSearchCV(make_pipeline(featkit.HOG(), SVC()), {"svc__C": [0.1, 1, 10]}, cv=3, refit=False)
    expected = plain.fit(IMAGES, LABELS).cv_results_["mean_test_score"]
    assert np.array_equal(search.cv_results_["mean_test_score"], expected)


def test_the_oldest_rows_go_where_there_are_too_many(tmp_path):
    cache = FeatureCache(tmp_path / "small.sqlite", max_bytes=30 * 500)
    for name in range(100):
        cache.put({b"%d" % name: np.zeros(100, dtype=np.float32)})
        assert cache.info()["bytes"] <= cache.max_bytes
    with sqlite3.connect(cache.path) as database:
        kept = {int(key) for (key,) in database.execute("SELECT key FROM rows")}
    database.close()
    assert 20 <= len(kept) <= 30
    assert kept == set(range(100 - len(kept), 100))


def fill(path, seed):
    cache = FeatureCache(path)
    for start in range(0, 60, 6):
        cache.put({b"%d" % (start + k): np.full(50, start + k, dtype=float) for k in range(6)})
        cache.get([b"%d" % (seed + k) for k in range(9)])


def test_many_processes_write_at_once(cache):
    with ProcessPoolExecutor(3) as pool:
        list(pool.map(fill, [cache.path] * 3, range(3)))
    rows = cache.get([b"%d" % k for k in range(60)])
    assert all((rows[b"%d" % k] == k).all() for k in range(60))
    assert cache.info()["rows"] == 60
    assert cache.info()["hits"] + cache.info()["misses"] == 3 * 10 * 9 + 60
    assert cache.info()["bytes"] == 60 * 500


def test_a_killed_writer_leaves_a_whole_cache(cache):
    code = """
        import sys, numpy as np
        from featkit import FeatureCache
        cache = FeatureCache(sys.argv[1])
        for k in range(10**6):
            cache.put({b"%d" % k: np.full(200, k, dtype=float)})
            print(k, flush=True)
    """
    for _ in range(2):
        writer = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code), cache.path],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        for _ in range(30):
            writer.stdout.readline()
        os.kill(writer.pid, signal.SIGKILL)
        writer.communicate()
    rows = cache.get([b"%d" % k for k in range(30)])
    assert len(rows) == 30
    assert all((row == int(key)).all() for key, row in rows.items())


@pytest.mark.parametrize("content", [b"GIF89a, no database" * 100, b"\0" * 5000], ids=["foreign", "zeros"])
def test_a_foreign_file_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    chunked = ChunkedTransformer(featkit.HOG(), cache=path, chunk_size=3)
    with pytest.warns(
        CacheWarning, match=r"notes.txt: expected a cache .*not a database.* computed but not kept"
    ) as told:
        rows = chunked.fit_transform(IMAGES)
    assert len(told) == 1
    assert np.array_equal(rows, featkit.HOG().fit_transform(IMAGES))
    with pytest.raises(CacheError, match=r"notes.txt: expected a cache of features"):
        FeatureCache(path).info()
    assert path.read_bytes() == content


def test_another_database_is_refused_and_left_alone(tmp_path):
    with sqlite3.connect(tmp_path / "other.db") as database:
        database.execute("CREATE TABLE people (name TEXT)")
    database.close()
    content = (tmp_path / "other.db").read_bytes()
    with pytest.raises(CacheError, match="another database"):
        FeatureCache(tmp_path / "other.db").info()
    with pytest.warns(CacheWarning, match="another database"):
        ChunkedTransformer(featkit.HOG(), cache=tmp_path / "other.db").fit_transform(IMAGES)
    assert (tmp_path / "other.db").read_bytes() == content


def test_a_damaged_cache_is_named(cache):
    cache.put({b"%d" % k: np.zeros(500) for k in range(40)})
    with open(cache.path, "r+b") as file:
        file.seek(4096)
        file.write(os.urandom(8 * 4096))
    with pytest.raises(CacheError, match=r"features.sqlite: .*Delete the file"):
        ChunkedTransformer(featkit.HOG(), cache=cache).fit_transform(IMAGES)


def test_to_show_a_cache_neither_makes_a_file_nor_fails(cache):
    assert repr(cache) == f"FeatureCache: no file {cache.path!r} yet"
    assert not os.path.exists(cache.path)
    Path(cache.path).write_text("no database" * 100)
    assert "unreadable" in repr(ChunkedTransformer(featkit.HOG(), cache=cache))


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(CacheError, match="existing folder"):
        FeatureCache(tmp_path / "nowhere" / "features.sqlite").info()


def test_a_full_cache_costs_no_row(cache, monkeypatch):
    cache.info()
    opened = _cache_file._open

    def open_nearly_full(path, patience):
        database = opened(path, patience)
        database.execute(f"PRAGMA max_page_count = {database.execute('PRAGMA page_count').fetchone()[0]}")
        return database

    monkeypatch.setattr(_cache_file, "_open", open_nearly_full)
    with pytest.warns(CacheWarning, match="full"):
        rows = ChunkedTransformer(featkit.HOG(), cache=cache).fit_transform(IMAGES)
    assert np.array_equal(rows, featkit.HOG().fit_transform(IMAGES))
    assert cache.info()["rows"] == 0


def test_a_cache_under_lock_is_waited_for(cache, monkeypatch):
    cache.info()
    monkeypatch.setattr("featkit.extraction.cache.PATIENCE", 0.2)
    holder = sqlite3.connect(cache.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    start = time.monotonic()
    with pytest.warns(CacheWarning, match="locked"):
        cache.put({b"a": np.zeros(3)})
    assert time.monotonic() - start >= 0.2
    holder.close()
    cache.put({b"a": np.zeros(3)})
    assert cache.info()["rows"] == 1
    shutil.rmtree(Path(cache.path).parent)


@pytest.mark.parametrize("chunk_size", [2, 6, 100])
def test_places_in_a_shuffled_series_are_positions(cache, tmp_path, chunk_size):
    paths = [str(tmp_path / f"{number}.png") for number in range(6)]
    for number, path in enumerate(paths):
        cv2.imwrite(path, np.full((8, 8), 40 * number, np.uint8))
    shuffled = pd.Series(paths).sample(frac=1, random_state=0)
    steps = make_pipeline(featkit.ImageReader(), featkit.ColorMoments())
    expected = steps.fit_transform(shuffled.tolist())
    chunked = ChunkedTransformer(steps, cache=cache, chunk_size=chunk_size)
    np.testing.assert_array_equal(chunked.fit_transform(shuffled), expected)
    np.testing.assert_array_equal(chunked.fit_transform(shuffled.tolist()), expected)
    np.testing.assert_array_equal(chunked.fit_transform(np.array(shuffled, dtype="S")), expected)
    assert cache.info()["rows"] == 6


def test_a_stack_comes_as_a_stack_with_a_cache_too(cache):
    flat = FunctionTransformer(lambda stack: stack.reshape(len(stack), -1) / 255.0)
    chunked = ChunkedTransformer(flat, cache=cache, chunk_size=5)
    expected = IMAGES.reshape(len(IMAGES), -1) / 255.0
    for _ in range(2):
        np.testing.assert_array_equal(chunked.fit_transform(IMAGES), expected)


def test_objects_that_are_no_images_are_not_kept(cache):
    """Their addresses are used again."""

    class Box:
        def __init__(self, value):
            self.value = value

    values = FunctionTransformer(lambda boxes: np.array([[box.value] for box in boxes], dtype=float))
    chunked = ChunkedTransformer(values, cache=cache)
    assert [chunked.fit_transform([Box(value)])[0, 0] for value in range(30)] == list(range(30))
    assert cache.info()["rows"] == 0


def test_a_path_that_cannot_be_one_is_a_row_of_nan_with_a_cache_too(cache, tmp_path):
    path = str(tmp_path / "a.png")
    cv2.imwrite(path, IMAGES[0])
    chunked = ChunkedTransformer(
        make_pipeline(featkit.ImageReader(), featkit.ColorMoments()), cache=cache, on_error="nan"
    )
    with pytest.warns(featkit.extraction.ExtractionWarning):
        rows = chunked.fit([path]).transform([path, "a\0b.png"])
    assert np.isnan(rows).all(axis=1).tolist() == [False, True]


# What may become of the file


def stored(cache):
    """The file as it is on disk, with all that other files hold of it."""
    with sqlite3.connect(cache.path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return Path(cache.path).read_bytes()


def test_a_flipped_bit_never_gives_another_number(cache):
    """`tools/faults/flip_bits.py` flips more of them."""
    rows = {b"%d" % k: np.linspace(k, k + 1, 5 + k % 3, dtype=[np.float32, np.float64][k % 2]) for k in range(20)}
    cache.put(rows)
    whole, outcomes = stored(cache), Counter()
    rng = random.Random(0)
    for _ in range(80):
        damaged = bytearray(whole)
        place = rng.randrange(len(whole))
        damaged[place] ^= 1 << rng.randrange(8)
        Path(cache.path).write_bytes(damaged)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CacheWarning)
            try:
                found = cache.get(list(rows))
            except CacheError as error:
                outcomes["refused", "Delete the file" in str(error)] += 1
                continue
        assert set(found) <= set(rows)
        for key, row in found.items():
            assert row.dtype == rows[key].dtype
            np.testing.assert_array_equal(row, rows[key])
        outcomes[len(found) == len(rows)] += 1
    assert outcomes["refused", True] > 5
    assert outcomes["refused", False] == 0
    assert outcomes[True] > 5


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE rows SET row = SUBSTR(row, 1, LENGTH(row) - 4)",
        "UPDATE rows SET dtype = '<f4'",
        "UPDATE rows SET dtype = 'V4'",
        "UPDATE rows SET dtype = NULL",
        "UPDATE rows SET dtype = x'ff'",
        "UPDATE rows SET dtype = '<U9'",
        "UPDATE rows SET row = NULL",
        "UPDATE rows SET row = 'text'",
        "UPDATE rows SET row = 12",
        "UPDATE rows SET row = (SELECT row FROM rows ORDER BY key LIMIT 1)",
        "DROP TABLE rows",
        "DROP TABLE counts",
        "ALTER TABLE rows RENAME COLUMN dtype TO kind",
    ],
)
def test_odd_cells_and_tables_are_named(cache, harm):
    chunked = ChunkedTransformer(featkit.ColorMoments(), cache=cache).fit(IMAGES)
    chunked.transform(IMAGES)
    with sqlite3.connect(cache.path) as database:
        database.execute(harm)
    database.close()
    with pytest.raises(CacheError, match=r"features.sqlite: .*damaged.*Delete the file"):
        chunked.transform(IMAGES)


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM counts",
        "INSERT INTO counts VALUES (0, 0, 0)",
        "UPDATE counts SET bytes = -1000",
        "UPDATE counts SET hits = 'many'",
        "UPDATE counts SET misses = NULL",
        f"UPDATE counts SET hits = {2**63 - 1} + 1.0",
    ],
)
def test_odd_counts_are_named(cache, harm):
    cache.put({b"a": np.zeros(3)})
    with sqlite3.connect(cache.path) as database:
        database.execute(harm)
    database.close()
    with pytest.raises(CacheError, match="expected three counts"):
        cache.info()
    with pytest.raises(CacheError, match="Delete the file"):
        cache.put({b"b": np.zeros(3)})


@pytest.mark.parametrize("how", ["locked", "foreign", "folder gone", "a folder", "read-only"])
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_cache_that_cannot_be_used_costs_one_wait_and_one_warning(tmp_path, monkeypatch, how, n_jobs):
    folder = tmp_path / "folder"
    folder.mkdir()
    cache = FeatureCache(folder / "features.sqlite")
    chunked = ChunkedTransformer(featkit.ColorMoments(), cache=cache, chunk_size=2, n_jobs=n_jobs).fit(IMAGES)
    expected = chunked.transform(IMAGES)
    monkeypatch.setattr("featkit.extraction.cache.PATIENCE", 0.5)
    monkeypatch.setattr("featkit.extraction.cache.LITTLE_PATIENCE", 0.02)
    holder = None
    if how == "locked":
        holder = sqlite3.connect(cache.path, isolation_level=None)
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("PRAGMA journal_mode = DELETE")
        holder.execute("BEGIN EXCLUSIVE")
    elif how == "foreign":
        Path(cache.path).write_bytes(b"GIF89a, no database" * 100)
    elif how == "folder gone":
        shutil.rmtree(folder)
    elif how == "a folder":
        Path(cache.path).unlink()
        Path(cache.path).mkdir()
    waits, connect = [], sqlite3.connect

    def connect_and_note(path, timeout, **options):
        waits.append(timeout)
        return connect(f"file:{path}?mode=ro" if how == "read-only" else path, timeout=timeout, uri=True, **options)

    monkeypatch.setattr(sqlite3, "connect", connect_and_note)
    for repeat in range(3):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            np.testing.assert_array_equal(chunked.transform(IMAGES), expected)
        assert [warning.category for warning in told] == [CacheWarning] * (repeat == 0)
    assert waits.count(0.5) <= n_jobs
    if holder is not None:
        holder.close()
        monkeypatch.undo()
        chunked.transform(IMAGES)
        assert cache.info()["hits"] > 0  # it is used again


def test_a_cache_that_a_worker_process_cannot_use_is_told_in_this_one(cache, monkeypatch):
    transform_cached = featkit.extraction._chunks.transform_cached

    def transform_elsewhere(*given, **options):
        chunk = transform_cached(*given, **options)
        monkeypatch.setattr("featkit.extraction.cache._given_up", {})  # stays in the other process
        return chunk

    monkeypatch.setattr("featkit.extraction.chunked.transform_cached", transform_elsewhere)
    Path(cache.path).write_bytes(b"GIF89a, no database" * 100)
    chunked = ChunkedTransformer(featkit.ColorMoments(), cache=cache, chunk_size=4)
    with pytest.warns(CacheWarning, match="not a database") as told:
        rows = chunked.fit_transform(IMAGES)
    assert [warning.category for warning in told] == [CacheWarning]
    np.testing.assert_array_equal(rows, featkit.ColorMoments().fit_transform(IMAGES))


def test_rows_written_while_the_clock_ran_ahead_do_not_stay_for_ever(tmp_path, monkeypatch):
    cache = FeatureCache(tmp_path / "small.sqlite", max_bytes=30 * 500)
    now = time.time()
    monkeypatch.setattr("featkit.extraction.cache.time.time", lambda: now + 1e8)
    cache.put({b"ahead%d" % k: np.zeros(100, dtype=np.float32) for k in range(25)})
    monkeypatch.undo()
    for k in range(60):
        cache.put({b"%d" % k: np.zeros(100, dtype=np.float32)})
    assert cache.get([b"ahead%d" % k for k in range(25)]) == {}
    assert len(cache.get([b"%d" % k for k in range(40, 60)])) == 20


class Meanwhile(FeatureCache):
    """A cache in whose file an image becomes another one between the look at its content and its decoding."""

    def __init__(self, path, *, before, after=lambda: None):
        super().__init__(path)
        self.before, self.after = before, after

    def get(self, keys, **options):
        found = super().get(keys, **options)
        self.before()
        return found

    def put(self, rows, **options):
        self.after()
        super().put(rows, **options)


def replaced(path, image):
    """Another file under the name, as editors and transfers write it."""
    cv2.imwrite(f"{path}.new.png", image)
    os.replace(f"{path}.new.png", path)


WAYS = {
    "written over": (lambda path: cv2.imwrite(path, IMAGES[9]), lambda path: None),
    "replaced": (lambda path: replaced(path, IMAGES[9]), lambda path: None),
    "there and back": (lambda path: cv2.imwrite(path, IMAGES[9]), lambda path: cv2.imwrite(path, IMAGES[1])),
    "removed": (os.remove, lambda path: None),
}


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("container", [list, np.array, lambda paths: [Path(path) for path in paths], pd.Series])
def test_a_reader_decodes_the_bytes_that_the_cache_looked_at(name, container, tmp_path):
    paths = [str(tmp_path / f"{number}.png") for number in range(4)]
    for path, image in zip(paths, IMAGES):
        cv2.imwrite(path, image)
    before, after = (lambda change=change: change(paths[1]) for change in WAYS[name])
    cache = Meanwhile(tmp_path / "features.sqlite", before=before, after=after)
    steps = make_pipeline(featkit.ImageReader(), featkit.ColorMoments())
    chunked = ChunkedTransformer(steps, cache=cache).fit(paths[:1])
    expected = steps.fit_transform([read_as_rgb(image) for image in IMAGES])
    np.testing.assert_array_equal(chunked.transform(container(paths)), expected[:4])
    assert cache.info()["rows"] == 4
    for content in (9, 1):  # each content has its row, whatever was there meanwhile
        cv2.imwrite(paths[1], IMAGES[content])
        kept = ChunkedTransformer(steps, cache=cache.path).fit(paths[:1])
        np.testing.assert_array_equal(kept.transform(paths), expected[[0, content, 2, 3]])
    assert cache.info()["rows"] == 5


def read_as_rgb(image):
    return cv2.imencode(".png", image)[1].tobytes()


@pytest.mark.parametrize("way", ["masks", "pages"])
def test_masks_and_pages_are_of_the_bytes_that_the_cache_looked_at(way, tmp_path):
    path, beside = str(tmp_path / "image.tif"), str(tmp_path / "image_mask.png")
    stack, other = (np.stack(IMAGES[first : first + 3])[..., :3] for first in (0, 3))
    mask = np.zeros(IMAGES[0].shape[:2], np.uint8)
    mask[4:, :9] = 255

    def write(values, of_mask):
        tifffile.imwrite(path, values, photometric="rgb")
        cv2.imwrite(beside, of_mask)

    write(stack, mask)
    reader = featkit.ImageReader(mask_pattern="{parent}/{folder}/{stem}_mask.png", page=0)
    sources = [path]
    if way == "pages":
        reader, sources = featkit.ImageReader(), [f"{path}#page={page}" for page in range(3)]
    steps = make_pipeline(reader, featkit.ColorMoments())
    expected = steps.fit_transform(sources)
    cache = Meanwhile(tmp_path / "features.sqlite", before=lambda: write(other, 255 - mask))
    chunked = ChunkedTransformer(steps, cache=cache).fit(sources)
    write(stack, mask)
    np.testing.assert_array_equal(chunked.transform(sources), expected)
    assert cache.info()["rows"] == len(sources)


@pytest.mark.parametrize("name", WAYS)
def test_what_other_readers_made_of_a_file_that_changed_is_not_kept(name, tmp_path):
    paths = [str(tmp_path / f"{number}.png") for number in range(3)]
    for path, image in zip(paths, IMAGES):
        cv2.imwrite(path, image)
        os.utime(path, (1, 1))
    before, after = (lambda change=change: change(paths[1]) for change in WAYS[name])
    cache = Meanwhile(tmp_path / "features.sqlite", before=before, after=after)
    steps = make_pipeline(FunctionTransformer(opened), featkit.ColorMoments())
    chunked = ChunkedTransformer(steps, cache=cache, on_error="nan").fit(paths[:1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", featkit.extraction.ExtractionWarning)
        chunked.transform(paths)
    assert cache.info()["rows"] == 2


def opened(paths):
    return [np.ascontiguousarray(cv2.imread(path)[..., ::-1]) for path in paths]


def test_a_changed_mask_beside_an_image_is_noticed(cache, tmp_path):
    paths = [str(tmp_path / f"{number}.png") for number in range(3)]
    for path in paths:  # equal images of other masks
        cv2.imwrite(path, IMAGES[0])
    mask = np.zeros(IMAGES[0].shape[:2], np.uint8)
    for number in range(3):
        mask[:, : 4 + 4 * number] = 255
        cv2.imwrite(str(tmp_path / f"{number}_mask.bmp"), mask)
    steps = make_pipeline(featkit.ImageReader(mask_pattern=str(tmp_path / "{stem}_mask.bmp")), featkit.ColorMoments())
    chunked = ChunkedTransformer(steps, cache=cache)
    np.testing.assert_array_equal(chunked.fit_transform(paths), steps.fit_transform(paths))
    assert cache.info()["rows"] == 3
    cv2.imwrite(str(tmp_path / "1_mask.bmp"), 255 - mask)
    np.testing.assert_array_equal(chunked.transform(paths), steps.transform(paths))
    assert cache.info()["rows"] == 4
