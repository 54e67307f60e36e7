"""`ImageReader` reads batches of sources of any kind."""

import io
import threading
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import polars as pl
import pytest
from PIL import Image
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from featkit import ImageReader, RawPixels, Resizer, foreground_mask, list_images
from featkit.exceptions import ImageFormatError, ImageReadError, ImageReadWarning
from tests.io.image_files import BITS, DEEP_RGB, FILES, FLOAT, GRAY, RGB, RGBA, SMOOTH, assert_is, with_pillow, write


def mixed_sources(folder):
    return [
        str(write(folder / "a.png", FILES["png rgb"])),
        write(folder / "b.png", FILES["png gray"]),
        FILES["png rgba"],
        io.BytesIO(FILES["tiff 16 bit rgb, lzw"]),
        Image.fromarray(GRAY),
        RGB,
        BITS,
        FLOAT,
    ]


def object_array(items):
    array = np.empty(len(items), object)
    array[:] = items
    return array


@pytest.mark.parametrize("container", [list, tuple, object_array, pd.Series])
def test_mixed_sources_in_one_batch(container, tmp_path):
    batch = container(mixed_sources(tmp_path))
    reader = ImageReader().fit(batch)
    for _ in range(2):  # a file object is good for more than one reading
        images = reader.transform(batch)
        for image, expected in zip(images, [RGB, GRAY, RGBA, DEEP_RGB, GRAY, RGB, BITS, FLOAT], strict=True):
            np.testing.assert_array_equal(image, expected)
            assert image.dtype == expected.dtype


@pytest.mark.parametrize("container", [list, np.array, object_array, pd.Series, pl.Series, lambda p: np.array(p, "S")])
def test_columns_of_paths(container, tmp_path):
    paths = [str(write(tmp_path / f"{n}.png", with_pillow(GRAY // (n + 1), "PNG"))) for n in range(3)]
    images = ImageReader().fit_transform(container(paths))
    assert images.shape == (3, 5, 7)
    np.testing.assert_array_equal(images[2], GRAY // 3)


def test_a_stack_of_images_passes_through():
    stack = np.stack([RGB, RGB // 2])
    np.testing.assert_array_equal(ImageReader().fit_transform(stack), stack)


WRONG_BATCHES = {
    "one path": ("cat.jpg", "got one str. Put it into a list"),
    "one Path": (Path("cat.jpg"), "got one PosixPath|got one WindowsPath"),
    "bytes": (b"...", "got one bytes"),
    "one PIL image": (Image.fromarray(RGB), "got one Image"),
    "one file": (io.BytesIO(), "got one BytesIO"),
    "one image": (RGB, r"one array of shape \(5, 7, 3\).*image\[np.newaxis\]"),
    "generator": ((path for path in ["a.jpg"]), "got a generator. Make it a list"),
    "DataFrame": (
        pd.DataFrame({"path": ["a.jpg"], "age": [3]}),
        r"got a DataFrame of 2 columns. Select one of them: X\['path'\]",
    ),
    "columns of a table": (np.array([["a.jpg", "x"]]), r"along one axis, got <U5 of shape \(1, 2\)"),
    "dict": ({"a": "a.jpg"}, "got dict"),
    "number": (3, "got int"),
    "nothing": ([], "at least one path or image, got an empty batch"),
    "a dict of something else": ([{"image": "a.jpg"}], r"a dict of an image with 'bytes' or 'path', got the keys"),
    "a number among paths": (["a.jpg", 3], "got int 3. Leave out rows"),
}


@pytest.mark.parametrize("name", WRONG_BATCHES)
def test_wrong_batches(name):
    batch, message = WRONG_BATCHES[name]
    with pytest.raises(ImageFormatError, match=message):
        ImageReader().fit(batch)


def test_a_wrong_item_is_told_by_its_index():
    with pytest.raises(ImageFormatError) as caught:
        ImageReader().fit(["a.jpg", 3])
    assert caught.value.__notes__ == ["image 1 of the batch"]


def test_a_broken_file_is_told_by_its_path_and_index(tmp_path):
    paths = [write(tmp_path / "good.png", FILES["png rgb"]), write(tmp_path / "bad.png", FILES["png rgb"][:-9])]
    with pytest.raises(ImageReadError, match="bad.png: ") as caught:
        make_pipeline(ImageReader(), Resizer(height=4, width=4), RawPixels()).fit_transform(paths)
    way_on, place = caught.value.__notes__
    assert "find_errors" in way_on
    assert "on_error='blank'" in way_on
    assert place == "image 1 of the batch"
    assert caught.value.path == str(paths[1])


def test_fit_opens_no_file():
    reader = ImageReader().fit(["there/is/no/such.jpg"])
    assert not [name for name in vars(reader) if name.endswith("_")]


def test_a_blank_keeps_the_rows(tmp_path):
    batch = [FILES["png rgb"], tmp_path / "gone.png", b"no image", GRAY]
    reader = ImageReader(on_error="blank")
    with pytest.warns(ImageReadWarning) as caught:
        images = reader.fit_transform(batch)
    assert [str(warning.message).split(": ")[0] for warning in caught] == [
        f"A blank stands in for {tmp_path / 'gone.png'}",
        "A blank stands in for bytes source",
    ]
    assert len(images) == 4
    for blank in images[1:3]:
        assert_is(blank, np.zeros((1, 1, 4), np.uint8))
        assert not foreground_mask(blank).any()
    resized = Resizer(height=6, width=8, mode="pad").fit_transform(images)
    assert resized.shape == (4, 6, 8, 4)
    assert not resized[1:3].any()


def test_blank_does_not_excuse_wrong_arrays():
    with pytest.raises(ImageFormatError, match="got int64"):
        ImageReader(on_error="blank").fit_transform([np.zeros((3, 5), np.int64)])


def test_find_errors_reports_by_index(tmp_path):
    batch = [FILES["png rgb"], tmp_path / "gone.png", GRAY, b"no image"]
    errors = ImageReader(on_error="blank").find_errors(batch)
    assert list(errors) == [1, 3]
    assert errors[1].path == str(tmp_path / "gone.png")
    assert all(isinstance(error, ImageReadError) for error in errors.values())
    assert ImageReader().find_errors([GRAY]) == {}
    assert list(ImageReader(max_pixels=34).find_errors([FILES["png rgb"]])) == [0]


def test_the_reader_passes_its_parameters_on():
    large = with_pillow(cv2.resize(SMOOTH, (400, 240)), "JPEG")
    assert clone(ImageReader(min_size=60)).fit_transform([large]).shape == (1, 60, 100, 3)
    with pytest.raises(ImageReadError, match="max_pixels=95999"):
        ImageReader(max_pixels=95_999).fit_transform([large])


def test_threads_read_what_one_thread_reads():
    batch = list(FILES.values())
    expected = ImageReader().fit_transform(batch)
    results = {}

    def read(number):
        results[number] = ImageReader().transform(batch)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for images in results.values():
        assert all(np.array_equal(image, other) for image, other in zip(images, expected, strict=True))
    assert len(results) == 3


def test_a_folder_that_cannot_be_listed_is_named(tmp_path, monkeypatch):
    for name in ("cat/1.jpg", "dog/1.jpg"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    iterdir = Path.iterdir

    def refuse(folder):
        if folder.name == "dog":
            raise PermissionError(13, "Permission denied")
        return iterdir(folder)

    monkeypatch.setattr(Path, "iterdir", refuse)  # a mode of 0 would not stop root
    with pytest.raises(ImageReadError, match="dog: expected a folder that can be listed, got: Permission") as told:
        list_images(tmp_path)
    assert told.value.path == str(tmp_path / "dog")


def test_a_file_removed_after_it_was_listed_is_named(tmp_path):
    for name in ("cat/1.png", "cat/2.png", "dog/1.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("L", (4, 4)).save(tmp_path / name)
    paths = list_images(tmp_path).paths
    (tmp_path / "cat" / "2.png").unlink()
    with pytest.raises(ImageReadError, match="2.png: expected an image file, there is none of this name") as told:
        ImageReader().fit_transform(paths)
    assert "image 1 of the batch" in told.value.__notes__


def test_from_a_folder_to_rows(tmp_path):
    for label, value in {"dark": 10, "light": 240}.items():
        (tmp_path / label).mkdir()
        for number in range(3):
            write(tmp_path / label / f"{number}.png", with_pillow(np.full((4 + number, 6), value, np.uint8), "PNG"))
    paths, labels, _ = list_images(tmp_path)
    rows = make_pipeline(ImageReader(), Resizer(height=3, width=3), RawPixels()).fit_transform(paths)
    assert rows.shape == (6, 9)
    np.testing.assert_allclose(rows.mean(axis=1), np.where(labels == "dark", 10, 240) / 255, rtol=1e-6)
