"""Where images come from, and what is said of places that hold none."""

import io
import os
import sys
import tarfile
import tracemalloc
import zipfile
from contextlib import nullcontext

import cv2
import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline

import featkit
from featkit import extract_to_parquet
from featkit.exceptions import ImageReadError, LeftOutWarning
from featkit.io.inputs.finding import find_images
from featkit.testing import check_pictures
from tests.io.image_files import with_tifffile

PICTURES = check_pictures(6)
PNGS = [cv2.imencode(".png", picture[..., ::-1])[1].tobytes() for picture in PICTURES]
MOMENTS = featkit.ColorMoments().transform(PICTURES).astype(np.float32)


def extract(images, out, **options):
    done = extract_to_parquet(make_pipeline(featkit.ImageReader(), featkit.ColorMoments()), images, out, **options)
    return done, pd.read_parquet(out)


def items_of(images, **options):
    return [item for part in find_images(images, **options).parts for item in part.open()]


def write_tar(path, members, mode="w"):
    with tarfile.open(path, mode) as tar:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def test_folder_without_subfolders_has_no_labels(tmp_path):
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(PNGS[0])
    assert [(item.name, item.label) for item in items_of(tmp_path)] == [
        (str(tmp_path / "a.png"), None),
        (str(tmp_path / "b.png"), None),
    ]


def test_one_file_is_one_image(tmp_path):
    (tmp_path / "cat.PNG").write_bytes(PNGS[0])
    (found,) = items_of(tmp_path / "cat.PNG")
    assert (found.name, found.label) == (str(tmp_path / "cat.PNG"), None)
    done, table = extract(str(tmp_path / "cat.PNG"), tmp_path / "out")
    assert done.n_images == 1
    np.testing.assert_array_equal(table.filter(like="color_").to_numpy(), MOMENTS[:1])
    with pytest.raises(ImageReadError, match="expected a folder of images, got a file"):
        find_images(__file__)


@pytest.mark.parametrize(("suffix", "separator"), [(".csv", ","), (".tsv", "\t")])
def test_a_table_names_paths_beside_it_and_labels(tmp_path, suffix, separator):
    (tmp_path / "in").mkdir()
    for index, png in enumerate(PNGS):
        (tmp_path / "in" / f"{index}, a.png").write_bytes(png)
    lines = [separator.join(["path", "label"]), *[f'"in/{k}, a.png"{separator}rose {k}' for k in range(6)]]
    (tmp_path / f"list{suffix}").write_text("\n".join(lines), "utf-8-sig")
    done, table = extract(tmp_path / f"list{suffix}", tmp_path / "out")
    assert done.n_errors == 0
    assert table["label"].tolist() == [f"rose {k}" for k in range(6)]
    assert np.array_equal(table.iloc[:, 3:], MOMENTS)


@pytest.mark.parametrize(
    ("content", "message"),
    [("name\na.png\n", "column 'path'"), ("", "no row"), ("path,label\n,rose\n", "1 empty cells")],
)
def test_a_table_without_paths_is_refused(tmp_path, content, message):
    (tmp_path / "list.csv").write_text(content)
    with pytest.raises(ImageReadError, match=message):
        find_images(tmp_path / "list.csv")


def test_shards_are_parts_with_labels_beside_the_images(tmp_path):
    for shard in range(2):
        members = []
        for k in range(3):
            members += [
                (f"{k}.cls", b"%d\n" % (3 * shard + k)),
                (f"{k}.png", PNGS[3 * shard + k]),
                (f"{k}.json", b"{}"),
            ]
        write_tar(tmp_path / f"s-{shard}.tar", members)
    done, table = extract(str(tmp_path / "s-*.tar"), tmp_path / "out", chunk_size=2)
    assert (done.n_parts, done.n_images, done.n_errors) == (2, 6, 0)
    assert table["label"].tolist() == list("012345")
    assert table["path"][4] == f"{tmp_path}/s-1.tar::1.png"
    assert np.array_equal(table.iloc[:, 3:], MOMENTS)


def test_a_tar_can_be_compressed(tmp_path):
    write_tar(tmp_path / "s.tar.gz", [(f"{k}.png", png) for k, png in enumerate(PNGS)], "w:gz")
    assert np.array_equal(extract(tmp_path / "s.tar.gz", tmp_path / "out")[1].iloc[:, 3:], MOMENTS)


def test_nothing_in_a_tar_reaches_out_of_it(tmp_path):
    place = tmp_path / "deep" / "er"
    place.mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(PNGS[5])
    with tarfile.open(place / "evil.tar", "w") as tar:
        for name in ("../../out.png", "/tmp/featkit-out.png"):
            member = tarfile.TarInfo(name)
            member.size = len(PNGS[0])
            tar.addfile(member, io.BytesIO(PNGS[0]))
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
            member = tarfile.TarInfo("link.png")
            member.type, member.linkname = kind, "../../secret.png"
            tar.addfile(member)
    before = sorted(tmp_path.rglob("*"))
    with pytest.warns(LeftOutWarning, match="3 sparse files, links, pipes or devices were left out, first link.png"):
        _, table = extract(place / "evil.tar", tmp_path / "out")
    assert [name.partition("::")[2] for name in table["path"]] == ["../../out.png", "/tmp/featkit-out.png"]
    assert [path for path in sorted(tmp_path.rglob("*")) if "out" not in path.relative_to(tmp_path).parts] == before
    assert not os.path.exists("/tmp/featkit-out.png")


def test_a_tar_cut_off_keeps_the_images_before_the_cut(tmp_path):
    write_tar(tmp_path / "s.tar", [(f"{k}.png", png) for k, png in enumerate(PNGS)])
    content = (tmp_path / "s.tar").read_bytes()
    (tmp_path / "s.tar").write_bytes(content[: len(content) // 2])
    done, table = extract(tmp_path / "s.tar", tmp_path / "out")
    assert done.n_errors == 1
    assert done.n_images >= 3
    assert np.array_equal(table.iloc[:-1, 3:], MOMENTS[: len(table) - 1])
    assert "whole tar file" in table["error"].iloc[-1]
    assert table["path"].iloc[-1] == str(tmp_path / "s.tar")


def test_a_broken_shard_does_not_stop_the_others(tmp_path):
    (tmp_path / "a.tar").write_bytes(b"no tar at all" * 100)
    write_tar(tmp_path / "b.tar", [(f"{k}.png", png) for k, png in enumerate(PNGS)])
    done, table = extract(tmp_path / "*.tar", tmp_path / "out")
    assert (done.n_images, done.n_errors) == (7, 1)
    assert table["error"][0].startswith(f"ImageReadError: {tmp_path / 'a.tar'}: expected a whole tar file")
    assert np.array_equal(table.iloc[1:, 3:], MOMENTS)


def test_what_is_no_image_in_a_tar_is_passed_over_unread(tmp_path):
    members = [("0.png", PNGS[0]), ("0.mp4", bytes(3 * 10**7)), ("0.cls", b"rose")]
    write_tar(tmp_path / "s.tar", members)
    del members
    tracemalloc.start()
    (item,) = items_of(tmp_path / "s.tar")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert item.label == "rose"
    assert peak < 10**7


def test_what_is_no_tar_is_named(tmp_path):
    (tmp_path / "s.tar").write_bytes(b"no tar at all" * 100)
    with pytest.raises(ImageReadError, match="s.tar: expected a whole tar file"):
        extract(tmp_path / "s.tar", tmp_path / "out")


def test_urls_are_read_by_the_workers(tmp_path):
    import fsspec

    memory = fsspec.filesystem("memory")
    for index, png in enumerate(PNGS):
        memory.pipe(f"/photos/{index}.png", png)
    memory.pipe("/photos/notes.txt", b"no image")
    write_tar(tmp_path / "s.tar", [(f"{k}.png", png) for k, png in enumerate(PNGS)])
    memory.pipe("/shards/s.tar", (tmp_path / "s.tar").read_bytes())
    memory.pipe("/photos/list.csv", b"path,label\n3.png,x\n4.png,y\nno.png,z\n")
    try:
        for k, place in enumerate(["memory://photos", "memory://photos/*.png", "memory://shards/*.tar"]):
            expected = pytest.warns(LeftOutWarning, match="2 other files") if k == 0 else nullcontext()
            with expected:
                done, table = extract(place, tmp_path / f"out{k}")
            assert done.n_errors == 0
            assert np.array_equal(table.iloc[:, 3:], MOMENTS)
        done, table = extract("memory://photos/list.csv", tmp_path / "table")
        assert table["label"].tolist() == ["x", "y", "z"]
        assert done.n_errors == 1
        assert "no.png" in table["error"][2]
        assert np.array_equal(table.iloc[:2, 3:], MOMENTS[3:5])
    finally:
        memory.rm("/photos", recursive=True)
        memory.rm("/shards", recursive=True)


@pytest.mark.parametrize("place", ["nosuch://bucket/a", "memory://nothing/here*", "memory://nothing.csv"])
def test_a_url_that_leads_nowhere_is_named(place):
    with pytest.raises(ImageReadError, match=r"://.*expected"):
        find_images(place)


def test_odd_names_and_labels_arrive(tmp_path):
    names = ["ro se", "línea\nnueva", "a,b;\"c'", "日本", "odd?*[a]"]
    if sys.platform == "linux":
        names.append(os.fsdecode(b"latin-\xe9"))
    for name in names:
        (tmp_path / "in" / f"l{name}").mkdir(parents=True)
        (tmp_path / "in" / f"l{name}" / f"{name}.png").write_bytes(PNGS[0])
    done, table = extract(tmp_path / "in", tmp_path / "out")
    assert done.n_errors == 0
    shown = {name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace") for name in names}
    assert {label[1:] for label in table["label"]} == shown


def test_lists(tmp_path):
    (tmp_path / "a.png").write_bytes(PNGS[0])
    done, table = extract([tmp_path / "a.png", PNGS[1], PICTURES[2]], tmp_path / "out", labels=["x", "y", "z"])
    assert done.n_errors == 0
    assert table["path"].tolist() == [str(tmp_path / "a.png"), "image 1", "image 2"]
    assert np.array_equal(table.iloc[:, 3:], MOMENTS[:3])
    for images, labels, message in [
        ([], None, "empty batch"),
        (["a"], [1, 2], "one label"),
        (["a.tar", "b"], None, "alone"),
    ]:
        with pytest.raises(ValueError, match=message):
            find_images(images, labels)
    with pytest.raises(ValueError, match="with a list"):
        find_images(tmp_path, ["a"])


@pytest.mark.parametrize(("n_labels", "more"), [(5, "images"), (7, "labels")])
def test_an_iterator_of_images_has_one_label_for_each(n_labels, more):
    assert [item.label for item in items_of(iter(PICTURES), labels=iter("abcdef"))] == list("abcdef")
    with pytest.raises(ValueError, match=f"got more {more}"):
        items_of(iter(PICTURES), labels=range(n_labels))


@pytest.mark.parametrize(("n_images", "n_parts"), [(1, 1), (64, 1), (65, 2), (6400, 64), (10**5, 98)])
def test_parts_are_many_but_not_too_small(n_images, n_parts):
    found = find_images([f"{k}.png" for k in range(n_images)])
    assert found.n_parts == len(list(found.parts)) == n_parts


@pytest.mark.parametrize(("n_bytes", "size"), [(10**3, 256), (31_250, 250 * 4), (250_000, 125), (10**7, 64)])
def test_parts_of_small_images_have_more_rows(tmp_path, n_bytes, size):
    path = tmp_path / "image.png"
    path.write_bytes(b"0" * n_bytes)  # 16 times as much in memory
    found = find_images([str(path)] * 1000)
    assert found.part_size == min(size, 256)
    assert len(next(found.parts).items) == found.part_size


@pytest.mark.parametrize(
    "members",
    [
        ["photo.1.png", ("photo.1.cls", b"cat"), "photo.2.png", ("photo.2.cls", b"dog")],
        [("2024.01.05-a.cls", b"cat"), "2024.01.05-a.png", ("2024.01.05-b.cls", b"dog"), "2024.01.05-b.png"],
        ["a.png", ("a.cls", b"cat"), "a.png", ("a.cls", b"dog")],
        ["a.left.png", ("a.cls", b"cat"), "b.left.png", ("b.cls", b"dog")],
    ],
    ids=["dots", "dates", "a name twice", "one label of several images"],
)
def test_labels_of_a_tar_go_to_the_images_of_their_name(tmp_path, members):
    png = cv2.imencode(".png", check_pictures(1)[0])[1].tobytes()
    path = tmp_path / "shard.tar"
    with tarfile.open(path, "w") as shard:
        for member in members:
            name, content = (member, png) if isinstance(member, str) else member
            info = tarfile.TarInfo(name)
            info.size = len(content)
            shard.addfile(info, io.BytesIO(content))
    (part,) = find_images(str(path)).parts
    assert [item.label for item in part.open()] == ["cat", "dog"]


def test_a_part_without_images_is_refused():
    with pytest.raises(ValueError, match="part_size of at least 1, got -1"):
        find_images(["a.png"], part_size=-1)


def write_shard(path, members):
    write_tar(path, [(name, content.encode() if isinstance(content, str) else content) for name, content in members])
    (part,) = find_images(str(path)).parts
    return part


LABELS = {
    "text": [("a.txt", "rose\n")],
    "json": [("a.json", '{"label": "rose", "width": 3}')],
    "json, another key": [("a.json", '{"id": 5, "category": "rose"}')],
    "json, a value alone": [("a.json", '"rose"')],
    "cls before json before text": [("a.txt", "a caption"), ("a.json", '{"label": "no"}'), ("a.cls", "rose")],
    "json without a label, then text": [("a.json", '{"width": 3}'), ("a.txt", "rose")],
    "an empty cls, then text": [("a.cls", " "), ("a.txt", "rose")],
    "behind the image": [("a.png", PNGS[0]), ("a.txt", "rose")],
}


@pytest.mark.parametrize("name", LABELS)
def test_labels_of_webdataset(name, tmp_path):
    members = LABELS[name] if "behind" in name else [*LABELS[name], ("a.png", PNGS[0])]
    (item,) = write_shard(tmp_path / "s.tar", members).open()
    assert item.label == "rose"


def test_a_number_in_json_is_a_label(tmp_path):
    (item,) = write_shard(tmp_path / "s.tar", [("a.json", '{"label": 0}'), ("a.png", PNGS[0])]).open()
    assert item.label == "0"


def test_images_of_other_formats_in_a_shard_are_counted(tmp_path):
    part = write_shard(tmp_path / "s.tar", [("a.png", PNGS[0]), ("b.exr", b"x"), ("c.exr", b"x"), ("d.dng", b"x")])
    with pytest.warns(LeftOutWarning, match=r"s.tar: 3 images were left out \(2 .exr, 1 .dng\)"):
        assert len(list(part.open())) == 1


def test_what_a_folder_holds_besides_is_counted(tmp_path):
    for name in ("a/1.png", "a/2.exr", "b/1.png", "b/2.EXR", "notes.txt", ".hidden"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(PNGS[0])
    with pytest.warns(LeftOutWarning, match=r"3 other files were left out \(2 .exr, 1 .txt\)") as caught:
        assert find_images(tmp_path).n_images == 2
    assert len(caught) == 1


@pytest.mark.parametrize("suffixes", [(".cr2", ".dng", ".nef"), (".HDR", ".exr", ".pfm"), (".psd", "", ".mov")])
def test_what_an_archive_or_a_pattern_holds_besides_is_counted(tmp_path, suffixes):
    (tmp_path / "photos").mkdir()
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        for name in ("1.png", *(f"2{suffix}" for suffix in suffixes)):
            (tmp_path / "photos" / name).write_bytes(PNGS[0])
            archive.writestr(name, PNGS[0])
    for place in (tmp_path / "z.zip", f"{tmp_path}/photos/*", tmp_path / "photos"):
        with pytest.warns(LeftOutWarning, match=r"3 other files were left out") as caught:
            assert find_images(place).n_images == 1
        assert all(f"1 {suffix.lower() or 'without suffix'}" in str(caught[0].message) for suffix in suffixes)


def test_labels_below_train_and_test_are_the_classes(tmp_path):
    for name in ("train/rose/1.png", "train/tulip/1.png", "test/rose/2.png", "test/3.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_bytes(PNGS[0])
    labels = {item.name[len(str(tmp_path)) + 1 :]: item.label for item in items_of(tmp_path)}
    assert labels == {
        "train/rose/1.png": "rose",
        "train/tulip/1.png": "tulip",
        "test/rose/2.png": "rose",
        "test/3.png": None,
    }


@pytest.mark.parametrize("folder", ["", "pets/"])
@pytest.mark.parametrize(
    "parts",
    [
        ("train.v1/rose/1.png", "test.v1/tulip/2.png"),
        ("seg_train/seg_train/rose/1.png", "seg_test/seg_test/tulip/1.png"),
        ("train/rose/1.png", "train/tulip/2.png"),
        ("train/rose/1.png", "train/tulip/2.png", "unlabeled/3.png"),
    ],
)
def test_labels_below_parts_with_other_names_or_in_one_folder(tmp_path, folder, parts):
    for name in parts:
        (tmp_path / folder / name).parent.mkdir(parents=True)
        (tmp_path / folder / name).write_bytes(PNGS[0])
    assert sorted(item.label for item in items_of(tmp_path) if item.label is not None) == ["rose", "tulip"]


@pytest.mark.parametrize("parts", ["test train", "test.v1 train.v1", "Testing Training", "train", "a/test a/train"])
def test_parts_without_classes_are_told_and_give_no_labels(tmp_path, parts):
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        for part in parts.split():
            (tmp_path / "folder" / part).mkdir(parents=True)
            (tmp_path / "folder" / part / "1.png").write_bytes(PNGS[0])
            archive.writestr(f"{part}/1.png", PNGS[0])
    for place in (tmp_path / "folder", tmp_path / "z.zip"):
        with pytest.warns(LeftOutWarning, match=r"expected folders of classes .* left without labels.*CSV") as caught:
            found = find_images(place)
        assert len(caught) == 1
        assert [item.label for part in found.parts for item in part.open()] == [None] * len(parts.split())


def write_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        for k, png in enumerate(PNGS):
            archive.writestr(f"{'rose' if k < 3 else 'tulip'}/{k}.png", png)


@pytest.mark.parametrize(
    "place", ["{}", "zip://*/*.png::{}", "zip://**/*.png::{}", "zip://::{}"], ids=["file", "stars", "two stars", "all"]
)
def test_a_zip_archive(tmp_path, place):
    write_zip(tmp_path / "z.zip")
    place = place.format(tmp_path / "z.zip")
    done, table = extract(place, tmp_path / "out")
    assert (done.n_images, done.n_errors) == (6, 0)
    assert np.array_equal(table.iloc[:, 3:], MOMENTS)
    labels = [None] * 6 if "*" in place else ["rose"] * 3 + ["tulip"] * 3
    assert table["label"].replace({np.nan: None}).tolist() == labels
    assert table["path"][0] == f"zip://rose/0.png::{tmp_path}/z.zip"


def test_a_zip_archive_without_images_is_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("notes.txt", "no image")
    with pytest.raises(ImageReadError, match="z.zip: expected images in the archive, got none among 1 files"):
        find_images(tmp_path / "z.zip")


def test_a_chained_url_keeps_its_links(tmp_path):
    import fsspec

    memory = fsspec.filesystem("memory")
    for k, png in enumerate(PNGS):
        memory.pipe(f"/chained/{k}.png", png)
    try:
        done, table = extract("simplecache::memory://chained/*.png", tmp_path / "out")
        assert (done.n_images, done.n_errors) == (6, 0)
        assert table["path"][0] == "simplecache::memory:///chained/0.png"
    finally:
        memory.rm("/chained", recursive=True)


@pytest.fixture
def stacks(tmp_path):
    for name, n_pages in {"cat/a.tif": 3, "cat/b.tif": 1, "dog/c.tif": 2}.items():
        path = tmp_path / "stacks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(with_tifffile(np.stack(PICTURES[:n_pages]), photometric="rgb"))
    return tmp_path / "stacks"


def test_every_page_is_an_image_where_that_is_asked_for(stacks, tmp_path):
    names = ["cat/a.tif#page=0", "cat/a.tif#page=1", "cat/a.tif#page=2", "cat/b.tif", "dog/c.tif#page=0"]
    names += ["dog/c.tif#page=1"]
    expected = [(str(stacks / name), name[:3]) for name in names]
    assert [(item.name, item.label) for item in items_of(stacks, pages="all")] == expected
    assert len(items_of(stacks)) == 3

    paths, labels = [str(stacks / name) for name in ("cat/a.tif", "cat/b.tif", "dog/c.tif")], ["cat", "cat", "dog"]
    assert [(item.name, item.label) for item in items_of(paths, labels=labels, pages="all")] == expected
    assert [(i.name, i.label) for i in items_of(iter(paths), labels=labels, pages="all")] == expected
    (tmp_path / "table.csv").write_text("path,label\nstacks/cat/a.tif#page=1,x\nstacks/dog/c.tif,y\n")
    found = [(os.path.basename(item.name), item.label) for item in items_of(tmp_path / "table.csv", pages="all")]
    assert found == [("a.tif#page=1", "x"), ("c.tif#page=0", "y"), ("c.tif#page=1", "y")]

    done, table = extract(str(stacks), tmp_path / "out", pages="all")
    assert (done.n_images, done.n_errors) == (6, 0)
    assert table["path"].tolist() == [name for name, _ in expected]
    np.testing.assert_array_equal(table.filter(like="color_").to_numpy(), MOMENTS[[0, 1, 2, 0, 0, 1]])


def test_pages_of_what_is_not_on_this_disk_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("a.tif", with_tifffile(np.stack(PICTURES[:2]), photometric="rgb"))
    write_tar(tmp_path / "photos.tar", [("a.png", PNGS[0])])
    for place in (tmp_path / "photos.zip", tmp_path / "photos.tar", ["https://example.org/a.tif"]):
        with pytest.raises(ImageReadError, match="expected files on this disk"):
            items_of(place, pages="all")
    with pytest.raises(ValueError, match="pages"):
        items_of(tmp_path, pages="some")
