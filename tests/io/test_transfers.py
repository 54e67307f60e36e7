"""URLs of a server that fails in every way: one bad transfer is one bad row."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import aiohttp
import fsspec
import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline

import featkit
from featkit import ImageReader, extract_to_parquet, read_image
from featkit.exceptions import ImageReadError
from featkit.io import places
from featkit.io.inputs.finding import find_images
from tests.io.image_files import FILES, RGB

DATA = FILES["png rgb"]


class Answers(BaseHTTPRequestHandler):
    """What a path asks for; its last part does not matter."""

    protocol_version = "HTTP/1.1"
    asked: list[str] = []

    def do_GET(self):
        self.asked.append(self.path)
        name = self.path.split("/")[1]
        times = self.asked.count(self.path)
        if name == "slow":
            time.sleep(0.6)
        if name == "busy-once" and times < 2:
            name = "503"
        if name.isdecimal():
            return self.send_error(int(name))
        cut = name == "cut" or (name == "cut-once" and times < 2)
        length = {"short": len(DATA) - 30, "long": len(DATA) + 30, "huge": 10**12}.get(name, len(DATA))
        self.send_response(200)
        if name != "unknown-length":
            self.send_header("Content-Length", str(length))
        if name == "bad-codec":
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(DATA[:40] if cut else DATA)
        self.close_connection = True

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(places, "WAITS", (0.01, 0.01))
    monkeypatch.setitem(fsspec.config.conf, "http", {"client_kwargs": {"timeout": aiohttp.ClientTimeout(total=0.3)}})
    Answers.asked.clear()


BAD = {  # what is asked for, how often, and what is said
    "404": (1, "expected a readable file, there is none of this name. Check the URL"),
    "403": (1, "got: 403"),
    "500": (3, "got: 500"),
    "503": (3, "got: 503"),
    "429": (3, "got: 429"),
    "cut": (3, "got: .*payload"),
    "long": (3, "got: .*payload"),
    "short": (1, "truncated|got: 400"),
    "bad-codec": (3, "got: "),
    "slow": (3, "got: .*Timeout"),
    "huge": (1, "expected at most max_bytes=1000000000 bytes, got 1000000000000"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_transfer_is_an_error_of_its_image(name, server):
    times, message = BAD[name]
    url = f"{server}/{name}/a.png"
    with pytest.raises(ImageReadError, match=f"^{url}: .*{message}") as caught:
        read_image(url)
    assert caught.value.path == url
    assert len(Answers.asked) == times


@pytest.mark.parametrize("name", ["good", "unknown-length", "busy-once", "cut-once"])
def test_what_passes_is_tried_again(name, server):
    np.testing.assert_array_equal(read_image(f"{server}/{name}/a.png"), RGB)
    assert len(Answers.asked) == 1 + name.endswith("once")


def test_an_answer_of_unknown_length_is_read_up_to_the_limit(server):
    with pytest.raises(ImageReadError, match=f"at most max_bytes={len(DATA) - 1} bytes, got {len(DATA)} and more"):
        read_image(f"{server}/unknown-length/a.png", max_bytes=len(DATA) - 1)


def test_a_server_that_is_not_there_is_an_error_of_its_image():
    with pytest.raises(ImageReadError, match=r"^http://127.0.0.1:1/a.png: expected a readable file, got: "):
        read_image("http://127.0.0.1:1/a.png")


def test_a_run_goes_on_and_a_later_one_makes_up(server, tmp_path):
    urls = [f"{server}/{name}/{k}.png" for k, name in enumerate(["good", "cut", "404", "slow", "cut-once", "good"])]
    chain = make_pipeline(ImageReader(), featkit.ColorMoments())
    done = extract_to_parquet(chain, urls, tmp_path)
    table = pd.read_parquet(tmp_path)
    assert (done.n_images, done.n_errors) == (6, 3)
    assert table["path"].tolist() == urls
    assert table["error"].isna().tolist() == [True, False, False, False, True, True]
    again = extract_to_parquet(chain, urls, tmp_path, retry_errors=True)
    assert (again.n_errors, again.n_kept) == (3, 0)
    assert list(ImageReader().find_errors(urls)) == [1, 2, 3]


def test_the_limit_of_the_reader_is_that_of_what_is_fetched_for_it(server, tmp_path):
    urls = [f"{server}/{name}/a.png" for name in ("good", "unknown-length")]
    chain = make_pipeline(ImageReader(max_bytes=len(DATA) - 1), featkit.ColorMoments())
    with pytest.raises(ImageReadError, match=f"the first error was: .*at most max_bytes={len(DATA) - 1} bytes"):
        extract_to_parquet(chain, urls, tmp_path / "none")
    chain.set_params(imagereader__max_bytes=len(DATA))
    assert extract_to_parquet(chain, urls, tmp_path / "all").n_errors == 0
    (part,) = find_images(urls, max_bytes=len(DATA) - 1).parts
    assert len(ImageReader().find_errors([item.source for item in part.open()])) == 2


def test_a_shard_that_is_cut_keeps_the_images_before_the_cut(server):
    (part,) = find_images(f"{server}/cut/s.tar").parts
    with pytest.raises(ImageReadError, match=f"^{server}/cut/s.tar: expected a "):
        list(part.open())


@pytest.mark.parametrize("error", [RuntimeError("odd"), EOFError(), TimeoutError(), KeyError("key"), OSError()])
def test_any_exception_of_a_file_system_is_an_error_of_its_image(error, monkeypatch):
    memory = fsspec.filesystem("memory")

    def refuse(*args, **kwargs):
        raise error

    monkeypatch.setattr(type(memory), "_open", refuse)
    with pytest.raises(ImageReadError, match=f"^memory://a.png: expected a readable file, got: .*{error}") as caught:
        read_image("memory://a.png")
    assert caught.value.__cause__ is error or caught.value.__cause__.__cause__ is error
    monkeypatch.setattr(type(memory), "find", refuse)
    monkeypatch.setattr(type(memory), "isdir", lambda *args: True)
    with pytest.raises(ImageReadError, match="expected a place that fsspec can list"):
        find_images("memory://photos")
