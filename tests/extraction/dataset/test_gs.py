"""Google's store of objects over the network, by a server that stands in for it, as input and as output."""

import socket

import cv2
import fsspec
import numpy as np
import pyarrow.dataset
import pytest
from gcp_storage_emulator.server import create_server
from sklearn.pipeline import make_pipeline

from featkit import ChunkedTransformer, ColorMoments, ImageReader, cli, extract_to_parquet, read_image
from featkit.exceptions import ExtractionError, ImageReadError
from featkit.testing import check_pictures

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")

CHAIN = make_pipeline(ImageReader(), ColorMoments())
PICTURES = check_pictures(6)
ROWS = CHAIN.fit_transform(list(PICTURES))
URLS = [f"gs://photos/sorted/{'ab'[number // 3]}/{number}.png" for number in range(6)]
OUT = "gs://results/features"


def png(image):
    return cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes()


@pytest.fixture
def store(monkeypatch):
    """The file system, with six images in two folders."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server, url = create_server("127.0.0.1", port, in_memory=True), f"http://127.0.0.1:{port}"
    server.start()
    try:
        monkeypatch.setenv("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")  # which asks Google by another protocol
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", url)  # for the server's own links
        for name in ("gs", "gcs"):
            monkeypatch.setitem(fsspec.config.conf, name, {"token": "anon", "project": "testing", "endpoint_url": url})
        store = fsspec.filesystem("gs")
        for bucket in ("photos", "results"):
            store.mkdir(bucket)
        for url, image in zip(URLS, PICTURES):
            store.pipe_file(url, png(image))
        yield store
    finally:
        server.stop()
        fsspec.get_filesystem_class("gs").clear_instance_cache()


def read(store):
    store.invalidate_cache()
    return pyarrow.dataset.dataset("results/features", format="parquet", filesystem=store).to_table().to_pandas()


def test_a_reader_alone_in_a_pipeline_and_in_chunks(store):
    np.testing.assert_array_equal(read_image(URLS[4]), PICTURES[4])
    np.testing.assert_array_equal(CHAIN.transform(URLS), ROWS)
    np.testing.assert_array_equal(ChunkedTransformer(CHAIN, chunk_size=2, n_jobs=2).fit_transform(URLS), ROWS)


@pytest.mark.parametrize(
    ("source", "labels"), [("gs://photos/sorted", list("aaabbb")), ("gs://photos/sorted/*/*.png", None)]
)
def test_extraction_from_and_to_the_store(store, source, labels):
    done = extract_to_parquet(CHAIN, source, OUT, part_size=4, n_jobs=2)
    assert (done.n_images, done.n_errors, done.path) == (6, 0, OUT)
    table = read(store)
    np.testing.assert_array_equal(table.iloc[:, -ROWS.shape[1] :].to_numpy(), ROWS.astype(np.float32))
    assert table["label"].isna().all() if labels is None else table["label"].tolist() == labels
    assert extract_to_parquet(CHAIN, source, OUT, part_size=4).n_kept == done.n_parts


def test_it_goes_on_and_refuses_another(store):
    extract_to_parquet(CHAIN, URLS, OUT, part_size=2)
    store.rm("results/features/part-000001.parquet")
    assert extract_to_parquet(CHAIN, URLS, OUT, part_size=2).n_kept == 2
    with pytest.raises(ExtractionError, match=f"^{OUT} holds another extraction"):
        extract_to_parquet(CHAIN, URLS[:4], OUT, part_size=2)


def test_what_is_not_there_is_the_error_of_its_image(store):
    missing = "gs://photos/sorted/a/9.png"
    with pytest.raises(ImageReadError, match=f"^{missing}: "):
        read_image(missing)
    assert extract_to_parquet(CHAIN, [*URLS, missing], OUT).n_errors == 1
    store.pipe_file(missing, png(PICTURES[0]))
    assert extract_to_parquet(CHAIN, [*URLS, missing], OUT, retry_errors=True).n_errors == 0


def test_the_command(store):
    assert cli.main(["extract", "gs://photos/sorted", "--out", OUT]) == 0
    assert len(read(store)) == 6
