"""Files on this disk or behind URLs."""

from pathlib import Path

import pytest

from featkit.exceptions import ImageReadError
from featkit.io.places import expand_place, is_url, open_place, suffix_of


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("s3://bucket/a.png", True),
        ("zip://a.png::s3://bucket/b.zip", True),
        ("simplecache::s3://bucket/a.png", True),
        ("folder/a.png", False),
        ("C:/folder/a.png", False),
        (Path("folder/a.png"), False),
        (b"s3://bucket/a.png", False),
        (None, False),
    ],
)
def test_urls_are_texts_with_a_protocol(source, expected):
    assert is_url(source) == expected


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("a.PNG", ".png"),
        ("folder.x/a", ""),
        ("a.tar.gz", ".gz"),
        ("s3://bucket/a.JPG", ".jpg"),
        ("zip://a.png::s3://bucket/b.zip", ".png"),
        ("simplecache::s3://bucket/a.png", ".png"),
        (".hidden", ""),
    ],
)
def test_suffixes(name, suffix):
    assert suffix_of(name) == suffix


def test_patterns_are_expanded_in_order(tmp_path):
    for name in ("b.png", "a.png", "c.txt", "deep/d.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    assert expand_place(f"{tmp_path}/*.png") == [f"{tmp_path}/a.png", f"{tmp_path}/b.png"]
    assert [Path(found).name for found in expand_place(f"{tmp_path}/**/*.png")] == ["a.png", "b.png", "d.png"]
    assert expand_place("one.png") == ["one.png"]
    assert expand_place(f"{tmp_path}/*.gif") == []


def test_folders_and_patterns_behind_urls(tmp_path):
    import fsspec

    memory = fsspec.filesystem("memory")
    for name in ("b.png", "a.png", "deep/c.txt"):
        memory.pipe(f"/places/{name}", name.encode())
    try:
        urls = [f"memory:///places/{name}" for name in ("a.png", "b.png", "deep/c.txt")]
        assert expand_place("memory://places") == urls
        assert expand_place("memory://places/*.png") == urls[:2]
        assert expand_place("memory://places/a.png") == urls[:1]
        with open_place(urls[1]) as file:
            assert file.read() == b"b.png"
    finally:
        memory.rm("/places", recursive=True)


@pytest.mark.parametrize("place", ["nowhere.png", "nosuch://bucket/a.png"])
def test_what_cannot_be_opened_is_named(place):
    with pytest.raises(ImageReadError, match=f"^{place}: expected a readable file") as caught, open_place(place):
        pass
    assert caught.value.path == place
