"""Labels in tar files: where they are, and why an image has none."""

import io
import os
import tarfile
import warnings

import pytest

from featkit import ImageReader, read_image
from featkit.exceptions import ImageReadError, LeftOutWarning
from featkit.io.inputs.shards import ShardPart
from tests.io.image_files import FILES

PNG = FILES["png rgb"]


def shard(folder, *members, label_key=None):
    path = str(folder / "s.tar")
    with tarfile.open(path, "w") as tar:
        for name, content in members:
            content = content if isinstance(content, bytes) else content.encode()
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return ShardPart(path, label_key=label_key)


def labels_and_warnings(part):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        labels = [item.label for item in part.open()]
    assert all(warning.category is LeftOutWarning for warning in caught)
    return labels, [str(warning.message).partition("s.tar: ")[2] for warning in caught]


LABELS = {
    "BOM": (".txt", b"\xef\xbb\xbfcat"),
    "UTF-16": (".txt", "cat\n".encode("utf-16")),
    "UTF-16, big end first": (".cls", b"\xfe\xff" + "cat".encode("utf-16-be")),
    "JSON with BOM": (".json", b'\xef\xbb\xbf{"label": "cat"}'),
    "JSON in UTF-16": (".json", '{"label": "cat"}'.encode("utf-16")),
    "JSON of another key": (".json", '{"label": NaN, "class": "cat"}'),
    "JSON text": (".json", '"cat"'),
}


@pytest.mark.parametrize("name", LABELS)
def test_labels_in_every_encoding(name, tmp_path):
    suffix, content = LABELS[name]
    assert labels_and_warnings(shard(tmp_path, ("a.png", b""), (f"a{suffix}", content))) == (["cat"], [])


CAUSES = {
    "no key": (".json", '{"width": 3}', "their .json has none of the keys"),
    "broken": (".json", '{"label":', "their .json is not valid JSON"),
    "too deep": (".json", "[" * 200_000, "their .json is not valid JSON"),
    "list": (".json", '{"label": [1, 2]}', "the label in their .json is a list"),
    "null": (".json", '{"label": null}', "the label in their .json is null, NaN or empty"),
    "NaN": (".json", '{"label": NaN}', "the label in their .json is null, NaN or empty"),
    "bare NaN": (".json", "NaN", "the label in their .json is null, NaN or empty"),
    "large": (".json", '{"label": "x"}' + " " * (1 << 20), "their .json is larger than 1048576 bytes"),
    "large text": (".txt", "x" * ((1 << 20) + 1), "their .txt is larger than 1048576 bytes"),
    "empty": (".txt", "", "their .txt is empty"),
    "blank": (".cls", b"\xef\xbb\xbf \n", "their .cls is empty"),
    "Latin-1": (".txt", b"caf\xe9", "their .txt is no text in UTF-8 or UTF-16"),
    "UTF-16 without a mark": (".txt", "cat".encode("utf-16-le"), "their .txt is no text in UTF-8 or UTF-16"),
}


@pytest.mark.parametrize("name", CAUSES)
def test_the_cause_of_a_missing_label_is_told(name, tmp_path):
    suffix, content, cause = CAUSES[name]
    labels, told = labels_and_warnings(shard(tmp_path, (f"a{suffix}", content), ("a.png", b"")))
    assert labels == [None]
    assert len(told) == 1
    assert told[0].startswith(f"1 images have no label: {cause}")
    assert "(1, first a.png)" in told[0]


def test_another_member_gives_the_label(tmp_path):
    members = [("a.png", b""), ("a.json", "{"), ("a.txt", "cat")]
    assert labels_and_warnings(shard(tmp_path, *members)) == (["cat"], [])


def test_a_named_key_alone_is_asked(tmp_path):
    members = [("a.png", b""), ("a.cls", "1"), ("a.json", '{"label": "cat", "species": "Felis catus"}')]
    assert labels_and_warnings(shard(tmp_path, *members, label_key="species")) == (["Felis catus"], [])
    for content in ('{"label": "cat"}', '"cat"', "[1]"):
        labels, told = labels_and_warnings(shard(tmp_path, *members[:2], ("a.json", content), label_key="species"))
        assert labels == [None]
        assert told[0].startswith("1 images have no label: their .json has no key 'species' (1, first a.png)")
    assert labels_and_warnings(shard(tmp_path, *members[:2], label_key="species"))[0] == [None]


@pytest.mark.parametrize(
    ("key", "label"),
    [("note.species", "Felis catus"), ("note.of.id", "7"), ("a.b", "own"), ("note", None), ("note.none", None)],
)
def test_a_named_key_may_lie_in_another(key, label, tmp_path):
    content = '{"note": {"species": "Felis catus", "of": {"id": 7}}, "a.b": "own", "a": {"b": "other"}}'
    labels, told = labels_and_warnings(
        shard(tmp_path, ("a.png", b""), ("a.json", content), label_key=key),
    )
    assert labels == [label]
    assert len(told) == (label is None)


def test_images_without_a_label_among_labelled_ones_are_told(tmp_path):
    members = [("a.png", b""), ("a.cls", "1"), ("b.png", b""), ("c.png", b""), ("d.png", b""), ("d.cls", "2")]
    labels, told = labels_and_warnings(shard(tmp_path, *members))
    assert labels == ["1", None, None, "2"]
    assert len(told) == 1
    assert told[0].startswith("2 images have no label: no member .cls, .json, .txt of their name stands next to them")
    assert "(2, first b.png)" in told[0]


def test_labels_behind_all_images_are_told(tmp_path):
    members = [("a.png", b""), ("b.png", b""), ("c.png", b""), ("a.cls", "1"), ("b.cls", "2"), ("c.cls", "2")]
    labels, told = labels_and_warnings(shard(tmp_path, *members))
    assert labels == [None] * 3
    assert len(told) == 1
    assert told[0].startswith("3 images have no label: no member")
    assert "(3, first a.png)" in told[0]


def test_images_without_any_label_are_not_told(tmp_path):
    assert labels_and_warnings(shard(tmp_path, ("a.png", b""), ("b.png", b""))) == ([None, None], [])


@pytest.mark.parametrize("suffix", [".class", ".label", ".cls.npy"])
def test_members_that_are_read_by_others_as_labels_are_named(suffix, tmp_path):
    members = [("a.png", b""), (f"a{suffix}", "1"), ("b.png", b""), (f"b{suffix}", "2")]
    labels, told = labels_and_warnings(shard(tmp_path, *members))
    assert labels == [None, None]
    last = suffix[suffix.rindex(".") :]
    assert told == [
        f"no image has a label: labels are read from .cls, .json, .txt. 2 other files were left out (2 {last})."
    ]


def test_causes_are_counted_apart(tmp_path):
    members = [("a.png", b""), ("a.txt", ""), ("b.png", b""), ("c.png", b""), ("c.txt", ""), ("d.png", b"")]
    labels, told = labels_and_warnings(shard(tmp_path, *members))
    assert labels == [None] * 4
    assert told[0].startswith("4 images have no label: their .txt is empty (2, first a.png); no member")
    assert told[0].endswith("(2, first b.png).")


def test_members_that_are_too_large_are_errors_of_their_own(tmp_path):
    part = shard(tmp_path, ("a.png", PNG), ("b.png", PNG + b"\0"), ("c.png", PNG))
    items = list(ShardPart(part.path, max_bytes=len(PNG)).open())
    assert [item.name.partition("::")[2] for item in items] == ["a.png", "b.png", "c.png"]
    errors = ImageReader().find_errors([item.source for item in items])
    assert list(errors) == [1]
    assert f"b.png: expected at most max_bytes={len(PNG)} bytes, got {len(PNG) + 1}" in str(errors[1])


def test_images_of_one_name_are_not_gathered_beyond_the_limit(tmp_path):
    part = shard(tmp_path, ("a.1.png", b"x" * 60), ("a.2.png", b"x" * 60), ("a.cls", "cat"))
    assert [item.label for item in ShardPart(part.path).open()] == ["cat", "cat"]
    with pytest.warns(LeftOutWarning, match="1 images have no label"):
        assert [item.label for item in ShardPart(part.path, max_bytes=100).open()] == [None, "cat"]


def test_sparse_members_and_devices_are_left_out_with_a_count(tmp_path):
    path = tmp_path / "s.tar"
    with tarfile.open(path, "w") as tar:
        member = tarfile.TarInfo("a.png")
        member.size = len(PNG)
        tar.addfile(member, io.BytesIO(PNG))
        sparse = tarfile.TarInfo("b.png")  # 1 GB that takes no room
        sparse.pax_headers = {"GNU.sparse.map": "0,0", "GNU.sparse.size": "1000000000"}
        tar.addfile(sparse)
        device = tarfile.TarInfo("c.png")
        device.type = tarfile.CHRTYPE
        tar.addfile(device)
    with pytest.warns(LeftOutWarning, match="2 sparse files, links, pipes or devices were left out, first b.png"):
        assert [item.name for item in ShardPart(str(path)).open()] == [f"{path}::a.png"]


def test_a_header_as_large_as_a_file_is_refused(tmp_path):
    path = str(tmp_path / "s.tar")
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        tar.addfile(tarfile.TarInfo("long" * 50 + ".png"))
        tar.addfile(tarfile.TarInfo("b.png"))
        tar.addfile(tarfile.TarInfo("n" * ((1 << 20) + 1) + ".png"))
    items = ShardPart(path).open()
    assert next(items).name.endswith("long.png")
    with pytest.raises(ImageReadError, match="expected a whole tar file, got: the header of a member has 1048"):
        next(items)


def test_a_pipe_is_no_shard(tmp_path):
    os.mkfifo(tmp_path / "s.tar")
    with pytest.raises(ImageReadError, match="s.tar: expected a regular file, got a named pipe"):
        next(ShardPart(str(tmp_path / "s.tar")).open())


def test_too_little_memory_is_an_error_of_the_member(tmp_path, monkeypatch):
    def refuse(stream, *args):
        raise MemoryError

    part = shard(tmp_path, ("a.png", PNG), ("b.png", PNG))
    items = part.open()
    next(items)
    monkeypatch.setattr(tarfile.ExFileObject, "read", refuse)
    items = list(part.open())
    assert len(items) == 2
    with pytest.raises(ImageReadError, match="a.png: expected a file that fits into memory, it has"):
        read_image(items[0].source)
