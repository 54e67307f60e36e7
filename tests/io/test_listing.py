"""Folders become paths and labels; what is left out is told."""

import inspect
import os
import sys
from pathlib import Path

import pytest

from featkit import list_images
from featkit.exceptions import ImageReadError, LeftOutWarning
from featkit.io.inputs.finding import find_images
from featkit.io.listing import counts_of_suffixes


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")


def relative(paths, folder):
    return [Path(path).relative_to(folder).as_posix() for path in paths]


def test_classes_are_subfolders_in_natural_order(tmp_path):
    touch(tmp_path, "class 10/a.jpg", "class 9/img10.PNG", "class 9/img2.png", "class 9/Img1.tiff")
    paths, labels, skipped = list_images(tmp_path)
    assert relative(paths, tmp_path) == ["class 9/Img1.tiff", "class 9/img2.png", "class 9/img10.PNG", "class 10/a.jpg"]
    assert labels.tolist() == ["class 9"] * 3 + ["class 10"]
    assert skipped == []
    assert paths.dtype.kind == labels.dtype.kind == "U"
    assert list_images(str(tmp_path)).paths.tolist() == paths.tolist()


def test_what_is_no_image_is_left_out_and_counted(tmp_path):
    touch(tmp_path, "cat/1.jpg", "dog/1.jpg")
    left_out = [
        ".git/x.jpg",
        "cat/.hidden.jpg",
        "cat/._1.jpg",
        "cat/Thumbs.db",
        "dog/notes.txt",
        "labels.csv",
        "dog/jpg",
    ]
    touch(tmp_path, *left_out, "overview.jpg")
    found = list_images(tmp_path)
    assert relative(found.paths, tmp_path) == ["cat/1.jpg", "dog/1.jpg"]
    expected = {".git", *left_out[1:], "overview.jpg"}
    assert set(relative(found.skipped, tmp_path)) == expected
    assert len(found.skipped) == len(expected)


def test_nested_folders_belong_to_the_class_at_the_top(tmp_path):
    touch(tmp_path, "cat/2024/a.jpg", "cat/2025/05/b.jpg", "cat/c.jpg", "dog/d.jpg", "empty/notes.txt")
    found = list_images(tmp_path)
    assert found.labels.tolist() == ["cat", "cat", "cat", "dog"]
    assert relative(found.paths, tmp_path) == ["cat/2024/a.jpg", "cat/2025/05/b.jpg", "cat/c.jpg", "dog/d.jpg"]


def test_links_to_classes_are_followed_and_loops_are_not(tmp_path):
    touch(tmp_path / "elsewhere", "a.jpg")
    touch(tmp_path / "data", "cat/b.jpg")
    (tmp_path / "data" / "dog").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "data" / "cat" / "loop").symlink_to(tmp_path / "data")
    found = list_images(tmp_path / "data")
    assert found.labels.tolist() == ["cat", "dog"]
    assert relative(found.skipped, tmp_path / "data") == ["cat/loop"]


def test_images_without_labels(tmp_path):
    touch(tmp_path, "b10.jpg", "b9.jpg", "deeper/a.jpg", "notes.txt")
    found = list_images(tmp_path, labels=False)
    assert relative(found.paths, tmp_path) == ["b9.jpg", "b10.jpg", "deeper/a.jpg"]
    assert found.labels is None
    assert relative(found.skipped, tmp_path) == ["notes.txt"]


FOLDERS = {
    "missing": (lambda folder: folder / "none", "none: expected a folder of images, got nothing of this name"),
    "a file": (
        lambda folder: touch(folder, "cat.jpg") or folder / "cat.jpg",
        "cat.jpg: expected a folder of images, got a file",
    ),
    "empty": (lambda folder: folder, "expected images .*got none among 0 files. Check the path"),
    "without images": (lambda folder: touch(folder, "a/b.txt", "c.txt") or folder, "got none among 2 files"),
    "one class": (
        lambda folder: touch(folder, "cat/1.jpg", "cat/2.jpg") or folder,
        "at least two subfolders with images, one per class, got only 'cat'. Sort .* labels=False",
    ),
    "no class": (lambda folder: touch(folder, "1.jpg", "2.jpg") or folder, "got 2 images and no such subfolder"),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_folders_that_hold_no_classes(name, tmp_path):
    make, message = FOLDERS[name]
    folder = make(tmp_path)
    with pytest.raises(ImageReadError, match=message) as caught:
        list_images(folder)
    assert caught.value.path == str(folder)
    assert str(caught.value).startswith(f"{folder}: ")


def test_a_folder_that_cannot_be_listed_is_named(tmp_path, monkeypatch):
    touch(tmp_path, "cat/1.jpg", "dog/locked/1.jpg")
    listed = Path.iterdir

    def locked(folder):
        if folder.name == "locked":
            raise PermissionError(13, "Permission denied", str(folder))
        return listed(folder)

    monkeypatch.setattr(Path, "iterdir", locked)
    with pytest.raises(ImageReadError, match="locked: expected a folder that can be listed, got: Permission") as caught:
        list_images(tmp_path)
    assert caught.value.path == str(tmp_path / "dog" / "locked")


SPLITS = {
    "torchvision": (["train/cat/1.png", "train/dog/1.png", "val/cat/2.png", "val/dog/2.png"], "train", 0),
    "Keras": (["Training/cat/1.png", "Training/dog/1.png", "Testing/cat/2.png", "Valid/dog/2.png"], "Training", 0),
    "Kaggle": (["seg_train/cat/1.png", "seg_test/dog/2.png", "seg_pred/3.png"], "seg_train", 1),
    "COCO": (["train2017/cat/1.png", "val2017/dog/2.png"], "train2017", 0),
    "evaluation": (["train/cat/1.png", "eval/dog/2.png", "holdout/dog/3.png"], "train", 0),
    "short": (["trn/cat/1.png", "tst/dog/2.png", "dev/dog/2.png"], "dev", 0),
    "folds": (["fold1/cat/1.png", "fold2/dog/2.png", "Fold_10/dog/2.png"], "fold1", 0),
    "folds and test": (["fold1/cat/1.png", "test/dog/2.png"], "fold1", 0),
    "prefix": (["train_pets/cat/1.png", "test_pets/dog/2.png"], "train_pets", 0),
    "suffix": (["pets-eval/cat/1.png", "pets-holdout/dog/2.png"], "pets-eval", 0),
    "versions": (["train.v1/cat/1.png", "test.v2/dog/2.png"], "train.v1", 0),
    "after a dot": (["pets.train/cat/1.png", "pets.test/dog/2.png"], "pets.train", 0),
    "sizes": (["train_64x64/cat/1.png", "valid_32x32/dog/2.png"], "train_64x64", 0),
    "kinds of files": (["train_images_small/cat/1.png", "testset/dog/2.png"], "train_images_small", 0),
    "VOC": (["trainval/cat/1.png", "test/dog/2.png"], "trainval", 0),
    "each part in a folder of its name": (
        ["seg_train/seg_train/cat/1.png", "seg_test/seg_test/dog/2.png"],
        "seg_train",
        0,
    ),
    "without labels": (["train/cat/1.png", "train/dog/2.png", "Unlabelled/3.png"], "train", 1),
    "no training": (["val/cat/1.png", "test/dog/2.png"], "test", 0),
}


@pytest.mark.parametrize("name", SPLITS)
def test_classes_are_below_the_parts_of_a_data_set(name, tmp_path):
    files, part, n_left_out = SPLITS[name]
    touch(tmp_path, *files)
    with pytest.warns(LeftOutWarning, match=f"are put together; .*{tmp_path / part} lists one part") as caught:
        paths, labels, skipped = list_images(tmp_path)
    assert len(caught) == 1
    assert labels.tolist() == [Path(path).parent.name for path in paths]
    assert set(labels) == {"cat", "dog"}
    assert len(skipped) == n_left_out == len(files) - len(paths)
    assert len(list_images(tmp_path, labels=False).paths) == len(files)


@pytest.mark.parametrize(
    "parts",
    ["test, train", "test_cats, train_cats", "testA, testB, trainA, trainB", "eval, train", "fold1, fold2"]
    + ["test.v1, train.v1", "train_images, val_images", "train2017, val2017", "Testing, Training", "testset, trainset"],
)
def test_parts_of_a_data_set_without_classes_are_refused(parts, tmp_path):
    touch(tmp_path, *[f"{part}/1.png" for part in parts.split(", ")])
    with pytest.raises(ImageReadError, match=f"the parts of a data set: {parts}. .* labels=False") as told:
        list_images(tmp_path)
    assert told.value.path == str(tmp_path)


def test_parts_in_folders_of_their_name_are_no_classes_either(tmp_path):
    touch(tmp_path, "train/train/cat.0.png", "train/train/dog.1.png", "test1/test1/1.png")
    with pytest.raises(ImageReadError, match="the parts of a data set: test1, train"):
        list_images(tmp_path)


def test_parts_of_a_data_set_of_one_class_are_refused(tmp_path):
    touch(tmp_path, "train/cat/1.png", "test/cat/3.png")
    with pytest.warns(LeftOutWarning), pytest.raises(ImageReadError, match="got only 'cat'"):
        list_images(tmp_path)


@pytest.mark.parametrize(
    "folders",
    [
        "images masks",
        "images/train masks/train",
        "img labels",
        "cat cat_masks",
        "train train_masks",
        "b b-mask a a-mask",
    ],
)
def test_masks_beside_images_are_no_classes(folders, tmp_path):
    touch(tmp_path, *[f"{folder}/1.png" for folder in folders.split()])
    first = min(name.partition("/")[0] for name in folders.split())
    for find in (list_images, find_images):
        with pytest.raises(ImageReadError, match=rf"{tmp_path / first}\), .*ImageReader\(mask_pattern=\)") as told:
            find(tmp_path)
        assert told.value.path == str(tmp_path)


@pytest.mark.parametrize("masks", ["train/masks", "train/labels test/labels"])
def test_masks_beside_images_below_train_and_test_are_no_classes(masks, tmp_path):
    touch(tmp_path, *[f"{folder}/1.png" for folder in ["train/images", "test/images", *masks.split()]])
    for find in (list_images, find_images):
        with pytest.raises(ImageReadError, match=r"/images\), .*ImageReader\(mask_pattern=\)"):
            find(tmp_path)


def test_one_part_of_a_data_set_names_the_call_for_it(tmp_path):
    touch(tmp_path, "train/cat/1.png", "train/dog/1.png")
    with pytest.raises(ImageReadError, match=r"got only 'train'. .* list_images\('.*/train'\)") as told:
        list_images(tmp_path)
    folder = str(told.value).partition("list_images('")[2].partition("')")[0]
    assert list_images(folder).labels.tolist() == ["cat", "dog"]


@pytest.mark.parametrize(
    "names",
    [
        ["train", "bus"],
        ["train", "dog", "cat", "car"],
        ["fold1", "dog"],
        ["test tube", "training shoe"],
        ["test.v1", "cat"],
        ["trains", "tests"],
        ["Valencia", "Trieste"],
        ["masks", "gloves"],
        ["images", "masks", "dog"],
        ["mask", "face mask"],
    ],
)
def test_classes_of_like_names_are_classes(names, tmp_path):
    touch(tmp_path, *[f"{name}/1.png" for name in names])
    assert sorted(list_images(tmp_path).labels) == sorted(names)


def test_a_link_to_the_folder_or_above_it_is_no_class(tmp_path):
    touch(tmp_path / "data", "cat/1.png", "dog/1.png")
    (tmp_path / "other").mkdir()
    touch(tmp_path / "other", "2.png")
    for name, target in (("itself", "data"), ("above", "."), ("other", "other")):
        (tmp_path / "data" / name).symlink_to(tmp_path / target)
    found = list_images(tmp_path / "data")
    assert found.labels.tolist() == ["cat", "dog", "other"]
    assert sorted(Path(path).name for path in found.skipped) == ["above", "itself"]


def test_folders_may_be_deeper_than_calls(tmp_path):
    touch(tmp_path, "cat/1.png", f"dog/{'d/' * 150}2.png")
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 120)
    try:
        found = list_images(tmp_path)
    finally:
        sys.setrecursionlimit(limit)
    assert found.labels.tolist() == ["cat", "dog"]


@pytest.mark.parametrize(
    ("paths", "counts"),
    [
        (["a.heic", "b.HEIC", "c.txt"], "2 .heic, 1 .txt"),
        (["x/README"], "1 without suffix"),
        ([f"a.{letter}" for letter in "abcdefg"], "1 .a, 1 .b, 1 .c, 1 .d, 1 .e, ..."),
    ],
)
def test_what_is_left_out_is_counted_by_suffix(paths, counts):
    assert counts_of_suffixes(paths) == counts


def test_pipes_and_sockets_are_skipped_and_links_to_nothing_are_errors_of_their_own(tmp_path):
    for name in ("cat/a.png", "dog/b.png"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    os.mkfifo(tmp_path / "cat" / "pipe.png")
    (tmp_path / "dog" / "device.png").symlink_to("/dev/zero")
    (tmp_path / "dog" / "gone.png").symlink_to(tmp_path / "nothing.png")
    paths, _, skipped = list_images(tmp_path)
    assert [Path(path).name for path in paths] == ["a.png", "b.png", "gone.png"]
    assert [Path(path).name for path in skipped] == ["pipe.png", "device.png"]
    with pytest.warns(LeftOutWarning, match=r"2 other files were left out \(2 .png; 2 of them pipes, devices or socke"):
        assert find_images(tmp_path).n_images == 3
