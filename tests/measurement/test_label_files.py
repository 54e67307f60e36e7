"""The label image of a photo is found by its name."""

import pytest

from featkit.exceptions import ImageReadError
from featkit.measurement._label_files import label_file_of


@pytest.fixture
def masks(tmp_path):
    for name in ("a.png", "deep/a.tif", "b.png", "c.png", "c.tif", "notes.txt"):
        (tmp_path / "masks" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "masks" / name).touch()
    return tmp_path / "masks"


def test_the_same_subfolder_comes_first_then_the_top(masks):
    assert label_file_of("photos/a.jpg", masks, "photos") == str(masks / "a.png")
    assert label_file_of("photos/deep/a.jpg", masks, "photos") == str(masks / "deep" / "a.tif")
    assert label_file_of("photos/deep/b.jpg", masks, "photos") == str(masks / "b.png")
    for name in ("photos.tar::deep/b.jpg", "zip://deep/b.jpg::photos.zip"):
        assert label_file_of(name, masks, None) == str(masks / "b.png")


def test_patterns(masks):
    assert label_file_of(str(masks.parent / "photos" / "a.jpg"), "{parent}/masks/{stem}.*", None) == str(
        masks / "a.png"
    )


@pytest.mark.parametrize(("photo", "message"), [("photos/c.jpg", "expected one"), ("photos/notes.jpg", "found none")])
def test_none_or_several_are_an_error(masks, photo, message):
    with pytest.raises(ImageReadError, match=message):
        label_file_of(photo, masks, "photos")


def test_a_page_has_the_label_file_of_its_photo(masks):
    assert label_file_of("photos/a.tif#page=2", masks, "photos") == str(masks / "a.png")
    pattern = str(masks / "{stem}{suffix}")
    assert label_file_of("photos/c.tif#page=2", pattern, "photos") == str(masks / "c.tif")
