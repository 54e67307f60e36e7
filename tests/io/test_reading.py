"""`read_image` takes every kind of source, and says which file is at fault and why."""

import builtins
import errno
import io
import os

import numpy as np
import pytest
from PIL import Image

from featkit import read_image
from featkit.exceptions import ImageReadError
from tests.io.image_files import DEEP_GRAY, FILES, FLOAT, RGB, with_tifffile, write


@pytest.mark.parametrize("name", FILES)
def test_a_path_bytes_and_a_file_object_give_the_same_image(name, tmp_path):
    path = tmp_path / "no suffix at all"
    path.write_bytes(FILES[name])
    expected = read_image(FILES[name])
    stream = io.BytesIO(b"before" + FILES[name])
    stream.seek(6)
    with open(path, "rb") as file:
        for source in (path, str(path), np.str_(path), bytearray(FILES[name]), memoryview(FILES[name]), file, stream):
            np.testing.assert_array_equal(read_image(source), expected)
        assert file.tell() == 0
    assert stream.tell() == 6


UNREADABLE = {
    "missing": (
        lambda folder: folder / "cat.jpg",
        "cat.jpg: expected an image file, there is none of this name. Check",
    ),
    "directory": (lambda folder: folder, "got a directory. list_images"),
    "empty": (lambda folder: write(folder / "cat.jpg", b""), "cat.jpg: expected JPEG, PNG.* got an empty file"),
    "text": (
        lambda folder: write(folder / "cat.png", b"Dear reader,"),
        r"cat.png: expected.*begins with b'Dear reader,'",
    ),
    "truncated jpeg": (
        lambda folder: write(folder / "cat.jpg", FILES["jpeg rgb"][:-100]),
        "cat.jpg: expected a whole JPEG file, it is truncated: .* without an end-of-image marker. Copy it again",
    ),
    "truncated png": (
        lambda folder: write(folder / "cat.png", FILES["png rgb"][:-20]),
        "cat.png: expected a whole PNG file, it is truncated: .* without an IEND chunk. Copy it again",
    ),
    "damaged png": (
        lambda folder: write(folder / "cat.png", FILES["png rgb"][:60] + b"????" + FILES["png rgb"][64:]),
        "cat.png: expected a whole PNG file, the checksum of its IDAT chunk is wrong",
    ),
    "truncated tiff": (
        lambda folder: write(folder / "cat.tif", FILES["tiff 16 bit rgba"][:-20]),
        "cat.tif: expected a whole TIFF file, it is truncated",
    ),
    "truncated webp": (
        lambda folder: write(folder / "cat.webp", FILES["webp rgb"][:-20]),
        "cat.webp: expected a whole WebP file, it is truncated",
    ),
    "truncated gif": (
        lambda folder: write(folder / "cat.gif", FILES["gif palette"][:-20]),
        "cat.gif: expected a whole image file, the decoder says: ",
    ),
    "truncated bmp": (
        lambda folder: write(folder / "cat.bmp", FILES["bmp rgb"][:-20]),
        "cat.bmp: expected a whole image file, the decoder says: image file is truncated",
    ),
    "only a signature": (
        lambda folder: write(folder / "cat.jpg", b"\xff\xd8\xff"),
        "cat.jpg: expected a whole image file, the decoder says: ",
    ),
    "float tiff out of range": (
        lambda folder: write(folder / "height.tif", with_tifffile(FLOAT * 200)),
        r"height.tif: Expected a float image in \[0, 1\], got values from .*divide by 255 first",
    ),
    "integer tiff": (
        lambda folder: write(folder / "count.tif", with_tifffile(DEEP_GRAY.astype(np.int32))),
        "count.tif: Expected an image of dtype .* got int32",
    ),
    "multispectral tiff": (
        lambda folder: write(
            folder / "bands.tif",
            with_tifffile(np.zeros((5, 7, 6), np.uint16), photometric="minisblack", planarconfig="contig"),
        ),
        "bands.tif: expected gray or RGB channels with or without alpha, got ",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_files_say_which_and_why(name, tmp_path):
    make, message = UNREADABLE[name]
    path = make(tmp_path)
    for source in (path, str(path)):
        with pytest.raises(ImageReadError, match=message) as caught:
            read_image(source)
        assert caught.value.path == str(path)
        assert isinstance(caught.value, OSError)


def test_an_error_of_an_open_file_or_a_pillow_image_has_its_path(tmp_path):
    path = write(tmp_path / "cat.bmp", FILES["bmp rgb"][:-20])
    with open(path, "rb") as file, pytest.raises(ImageReadError, match="cat.bmp: ") as caught:
        read_image(file)
    assert caught.value.path == str(path)
    with Image.open(path) as image, pytest.raises(ImageReadError, match="cat.bmp: ") as caught:
        read_image(image)
    assert caught.value.path == str(path)


def test_sources_without_a_name_are_called_by_their_kind():
    with pytest.raises(ImageReadError, match="^bytes source: ") as caught:
        read_image(b"photos/cat.jpg")
    assert caught.value.path is None
    with pytest.raises(ImageReadError, match="^StringIO source: expected a file opened for bytes"):
        read_image(io.StringIO("text"))
    with pytest.raises(ImageReadError, match="^Image source: expected at most max_pixels=34"):
        read_image(Image.fromarray(RGB), max_pixels=34)
    with pytest.raises(ImageReadError, match="^Image source: expected integer pixels in 0..65535, got -1..3 "):
        read_image(Image.fromarray(np.array([[-1, 3]], np.int32)))


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO])
def test_other_errors_of_the_system_are_told(number, monkeypatch, tmp_path):
    def refuse(*args, **kwargs):
        raise OSError(number, os.strerror(number))

    path = write(tmp_path / "cat.jpg", b"")
    monkeypatch.setattr(builtins, "open", refuse)
    with pytest.raises(ImageReadError, match=f"cat.jpg: expected a readable file, got: {os.strerror(number)}"):
        read_image(path)
