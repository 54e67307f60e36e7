"""Images with labels from names of files and columns of tables."""

import re

import pytest

from featkit import list_labelled_images
from featkit.exceptions import ImageReadError, LeftOutWarning


@pytest.fixture
def folder(tmp_path):
    for name in ["cat_1.jpg", "cat_2.png", "deep/dog_1.jpg", "notes.txt"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def table(folder, text):
    path = folder / "labels.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize("pattern", [r"(\w+)_\d+", r"_(?P<label>never)|(?P<other>x)|^", r"(?:^|/)([a-z]+)_[0-9]"])
def test_labels_are_the_group_in_the_path_below_the_folder(folder, pattern):
    if "never" in pattern:
        with pytest.raises(ImageReadError, match="names of images that match .* got none of 3, such as"):
            list_labelled_images(folder, label_from=pattern)
        return
    found = list_labelled_images(folder, label_from=pattern)
    assert found.labels.tolist() == ["cat", "cat", "dog"]
    assert [path.rpartition("/")[2] for path in found.paths] == ["cat_1.jpg", "cat_2.png", "dog_1.jpg"]
    assert [path.rpartition("/")[2] for path in found.skipped] == ["notes.txt"]


def test_images_without_a_match_are_left_out_once(folder):
    (folder / "fish.jpg").touch()
    with pytest.warns(LeftOutWarning, match="1 images whose names do not match were left out, such as .*fish.jpg"):
        found = list_labelled_images(folder, label_from=r"(\w+)_\d")
    assert len(found.paths) == 3
    assert found.skipped[-1].endswith("fish.jpg")


@pytest.mark.parametrize(("pattern", "message"), [("(", "regular expression"), ("cat", "a group in parentheses")])
def test_a_pattern_without_a_group_is_refused(folder, pattern, message):
    with pytest.raises(ValueError, match=message):
        list_labelled_images(folder, label_from=pattern)


def test_without_a_pattern_subfolders_are_classes(folder):
    (folder / "other").mkdir()
    (folder / "other" / "a.png").touch()
    assert list_labelled_images(folder).labels.tolist() == ["deep", "other"]


def test_names_of_columns_are_free_and_ids_are_found(folder):
    path = table(folder, "ID,Age,cat,dog,tags\ncat_1,3,1,0,a b\ndog_1,11.5,0,1,\ncat_2.png,4,1,1,b\n")
    found = list_labelled_images(path, path_column="id", label_column="age")
    assert found.labels.tolist() == ["3", "11.5", "4"]
    assert [name[len(str(folder)) + 1 :] for name in found.paths] == ["cat_1.jpg", "deep/dog_1.jpg", "cat_2.png"]
    found = list_labelled_images(path, path_column="id", label_column=["cat", "dog"])
    assert found.labels.tolist() == [{"cat"}, {"dog"}, {"cat", "dog"}]
    found = list_labelled_images(path, path_column="id", label_column="tags", label_separator=" ")
    assert found.labels.tolist() == [{"a", "b"}, set(), {"b"}]


def test_names_of_files_are_found_below_the_folder_of_the_table(folder):
    rows = "image,label\ndog_1.jpg,dog\ncat_2.png,cat\nother/dog_1.jpg,dog\ngone.jpg,cat\n"
    found = list_labelled_images(table(folder, rows), path_column="image")
    names = [name[len(str(folder)) + 1 :] for name in found.paths]
    assert names == ["deep/dog_1.jpg", "cat_2.png", "other/dog_1.jpg", "gone.jpg"]


def test_rows_without_a_label_are_left_out_once(folder):
    path = table(folder, "path,label\ncat_1.jpg,cat\ncat_2.png,\n,dog\n")
    with pytest.warns(LeftOutWarning, match="2 rows without a path or a label were left out, such as .*cat_2.png"):
        found = list_labelled_images(path)
    assert found.labels.tolist() == ["cat"]


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("id,label\nx,1\n", {}, "a column 'path'"),
        ("path,label\nx.jpg,1\n", {"label_column": "age"}, r"expected the columns \['age'\], got \['path', 'label'\]"),
        ("path\nx.jpg\n", {}, r"a path and a cell in \['label'\], got none in 1"),
        ("path,label\nunknown,1\n", {}, "expected one image of the name 'unknown' in its folder, got none"),
        ("path,label\ntwice,1\n", {}, "expected one image of the name 'twice' in its folder, got 2: "),
        ("path,label\nagain.png,1\n", {}, "expected one image of the name 'again.png' in its folder, got 2: "),
    ],
)
def test_what_a_table_does_not_say_is_an_error(folder, text, options, message):
    for name in ("twice.png", "deep/twice.png", "a/again.png", "deep/again.png"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    with pytest.raises(ImageReadError, match=message):
        list_labelled_images(table(folder, text), **options)


def test_options_that_contradict_each_other_are_refused(folder):
    path = table(folder, "path,a,b\ncat_1.jpg,1,maybe\n")
    for options, message in [
        ({"label_from": "(a)"}, "Expected label_from with a folder"),
        ({"label_column": ["a", "b"], "label_separator": ","}, "one label_column with a label_separator"),
        ({"label_column": ["a", "b"]}, "expected 0 or 1 in the column 'b' of several labels, got 'maybe'"),
    ]:
        with pytest.raises(ValueError, match=re.escape(message)):
            list_labelled_images(path, **options)
