"""A store of objects over the network: S3, by moto's server, as input and as output."""

import io
import tarfile
import warnings
import zipfile

import fsspec
import numpy as np
import pyarrow.dataset
import pytest
from PIL import Image
from sklearn.pipeline import make_pipeline

from featkit import ChunkedTransformer, ColorMoments, ImageReader, cli, extract_to_parquet, read_image
from featkit.exceptions import ExtractionError, ImageReadError
from featkit.extraction.dataset.manifest import MANIFEST
from featkit.extraction.dataset.url_path import UrlPath
from featkit.testing import check_pictures

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of what they import
    import moto.server
    import s3fs

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:botocore", "ignore::ResourceWarning")

CHAIN = make_pipeline(ImageReader(), ColorMoments())
PICTURES = check_pictures(6)
ROWS = CHAIN.fit_transform(list(PICTURES))
OUT = "s3://results/features"


def png(image):
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    return file.getvalue()


@pytest.fixture(scope="module")
def server():
    server = moto.server.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def store(server, monkeypatch, tmp_path):
    """The file system, with the same six images as files in two folders, in a tar and in a zip archive."""
    monkeypatch.setitem(fsspec.config.conf, "s3", {"endpoint_url": server, "key": "testing", "secret": "testing"})
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setitem(fsspec.config.conf, "simplecache", {"cache_storage": str(tmp_path / "cache")})
    s3fs.S3FileSystem.clear_instance_cache()
    store = fsspec.filesystem("s3")
    for bucket in ("photos", "results"):
        store.mkdir(bucket)
    tar_file, zip_file = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=tar_file, mode="w") as tar, zipfile.ZipFile(zip_file, "w") as archive:
        for number, image in enumerate(PICTURES):
            content = png(image)
            store.pipe_file(f"photos/sorted/{'ab'[number // 3]}/{number}.png", content)
            member = tarfile.TarInfo(f"{number}.png")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
            archive.writestr(f"{'ab'[number // 3]}/{number}.png", content)
    store.pipe_file("photos/all.tar", tar_file.getvalue())
    store.pipe_file("photos/all.zip", zip_file.getvalue())
    yield store
    for bucket in ("photos", "results"):
        store.rm(bucket, recursive=True)


def read(store):
    return pyarrow.dataset.dataset("results/features", format="parquet", filesystem=store).to_table().to_pandas()


URLS = [f"s3://photos/sorted/{'ab'[number // 3]}/{number}.png" for number in range(6)]


@pytest.mark.parametrize("urls", [URLS, [f"simplecache::{url}" for url in URLS]], ids=["s3", "simplecache"])
def test_a_reader_alone_in_a_pipeline_and_in_chunks(store, urls):
    np.testing.assert_array_equal(read_image(urls[4]), PICTURES[4])
    np.testing.assert_array_equal(CHAIN.transform(urls), ROWS)
    np.testing.assert_array_equal(ChunkedTransformer(CHAIN, chunk_size=2, n_jobs=2).fit_transform(urls), ROWS)


@pytest.mark.parametrize(
    ("source", "labels"),
    [
        ("s3://photos/sorted", list("aaabbb")),
        ("s3://photos/sorted/*/*.png", [None] * 6),
        ("s3://photos/all.tar", [None] * 6),
        ("zip://*/*.png::s3://photos/all.zip", [None] * 6),
        ("simplecache::s3://photos/all.tar", [None] * 6),
    ],
)
def test_extraction_from_and_to_the_store(store, source, labels):
    done = extract_to_parquet(CHAIN, source, OUT, part_size=4, n_jobs=2)
    assert (done.n_images, done.n_errors, done.path) == (6, 0, OUT)
    table = read(store)
    np.testing.assert_array_equal(table.iloc[:, -ROWS.shape[1] :].to_numpy(), ROWS.astype(np.float32))
    if labels[0] is not None:
        assert table["label"].tolist() == labels
    assert extract_to_parquet(CHAIN, source, OUT, part_size=4).n_kept == done.n_parts


def test_it_goes_on_and_refuses_another(store):
    extract_to_parquet(CHAIN, URLS, OUT, part_size=2)
    store.rm("results/features/part-000001.parquet")
    assert extract_to_parquet(CHAIN, URLS, OUT, part_size=2).n_kept == 2
    with pytest.raises(ExtractionError, match=f"^{OUT} holds another extraction"):
        extract_to_parquet(CHAIN, URLS[:4], OUT, part_size=2)


def test_of_two_manifests_at_once_the_store_takes_one(store, monkeypatch):
    manifest = UrlPath(OUT) / MANIFEST
    manifest.write(lambda file: file.write(b"first"), replace=False)
    monkeypatch.setattr(s3fs.S3FileSystem, "exists", lambda *path: False)  # looked before the other one wrote
    with pytest.raises(FileExistsError):
        manifest.write(lambda file: file.write(b"second"), replace=False)
    assert manifest.read_bytes() == b"first"


def test_what_is_not_there_is_the_error_of_its_image(store):
    missing = "s3://photos/sorted/a/9.png"
    with pytest.raises(ImageReadError, match=f"^{missing}: "):
        read_image(missing)
    done = extract_to_parquet(CHAIN, [*URLS, missing], OUT)
    assert (done.n_images, done.n_errors) == (7, 1)
    store.pipe_file(missing, png(PICTURES[0]))
    assert extract_to_parquet(CHAIN, [*URLS, missing], OUT, retry_errors=True).n_errors == 0


def test_the_command(store, capsys):
    assert cli.main(["extract", "s3://photos/sorted", "--out", OUT]) == 0
    assert len(read(store)) == 6
