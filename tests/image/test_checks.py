import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter

from featkit import ImageReader, RawPixels, check_image, check_images, foreground_mask, join_alpha
from featkit.exceptions import ImageFormatError, ImageValueWarning
from featkit.image import LazyImages, batches, to_gray
from featkit.image.checks import full_light

RNG = np.random.default_rng(0)
GRAY = RNG.integers(0, 256, (5, 7)).astype(np.uint8)
RGB = RNG.integers(0, 256, (5, 7, 3)).astype(np.uint8)
RGBA = RNG.integers(0, 256, (5, 7, 4)).astype(np.uint8)
MASK = RNG.random((5, 7)) < 0.5
DTYPES = [np.uint8, np.uint16, np.float32, np.float64]


def object_array(images):
    array = np.empty(len(images), object)
    array[:] = images
    return array


# What is a batch


@pytest.mark.parametrize("shape", [(2, 5, 7), (2, 5, 7, 3), (2, 5, 7, 4), (1, 3, 5), (2, 5, 1), (3, 1, 1)])
@pytest.mark.parametrize("dtype", [*DTYPES, bool])
def test_stacks_are_returned_as_they_are(shape, dtype):
    if dtype is bool and len(shape) == 4:
        return
    stack = np.full(shape, full_light(dtype), dtype)
    assert check_images(stack) is stack


@pytest.mark.parametrize("dtype", [">u2", ">f4", ">f8"])
def test_foreign_byte_order_becomes_the_machines_own(dtype):
    values = (RGB * np.uint16(257)).astype(dtype) if dtype == ">u2" else (RGB / 255).astype(dtype)
    for checked in (check_image(values), check_images(values[np.newaxis])[0], check_images([values])[0]):
        assert checked.dtype.isnative
        np.testing.assert_array_equal(checked, values)
    np.testing.assert_array_equal(to_gray(check_image(values)), to_gray(values.astype(values.dtype.newbyteorder("="))))


@pytest.mark.parametrize("dtype", ["<f4", "<f8", ">f4", ">f8"])
@pytest.mark.parametrize("value", [0, -0.0, 1, 1e-40, -1e-40, 1 + 2e-7, 2, -1, np.nan, -np.nan, np.inf, -np.inf])
def test_floats_are_an_image_from_zero_to_one(dtype, value):
    for image in (np.full((3, 4), 0.5, dtype), np.full((6, 8), 0.5, dtype)[::2, ::2]):
        image[1, 2] = value
        if 0 <= value <= 1:
            np.testing.assert_array_equal(check_image(image), image)
        else:
            with pytest.raises(ImageFormatError, match="float image in"):
                check_image(image)


@pytest.mark.parametrize("container", [list, tuple, object_array, pd.Series, lambda i: pl.Series(i, dtype=pl.Object)])
def test_ragged_batches_are_lists_of_the_same_arrays(container):
    images = [GRAY, RGB, RGBA, MASK, np.ones((2, 3)), np.ones((1, 1, 3), np.float32)]
    checked = check_images(container(images))
    assert isinstance(checked, list)
    assert all(image is original for image, original in zip(checked, images, strict=True))


def test_a_polars_series_of_equal_arrays_is_a_stack():
    column = pl.Series(np.stack([GRAY, GRAY // 2]))
    np.testing.assert_array_equal(check_images(column), [GRAY, GRAY // 2])


NO_BATCH = {
    "one rgb image": (RGB, r"one array of shape \(5, 7, 3\). One image\? Wrap it: image\[np.newaxis\]"),
    "one rgba image": (RGBA, r"one array of shape \(5, 7, 4\). One image\? Wrap it"),
    "gray images of width 3": (np.ones((8, 5, 3)), "one array of shape"),
    "one gray image": (GRAY, r"one array of shape \(5, 7\).*Flattened images\? Reshape them to \(n, height, width\)"),
    "one axis": (np.ones(5), r"stack of shape \(n, height, width\).*got \(5,\)"),
    "channels first": (np.ones((2, 3, 5, 7)), r"Channels first\? Put them last: stack.transpose\(0, 2, 3, 1\)"),
    "an axis for one channel": (np.ones((2, 5, 7, 1)), r"got \(2, 5, 7, 1\). A single channel .*: use stack\[..., 0\]"),
    "two channels": (np.ones((2, 5, 7, 2)), r"got \(2, 5, 7, 2\)"),
    "five axes": (np.ones((2, 5, 7, 3, 1)), r"got \(2, 5, 7, 3, 1\)"),
    "empty stack": (np.ones((0, 5, 7)), "at least one image"),
    "empty list": ([], "at least one image, got an empty batch"),
    "images of no pixels": (np.ones((2, 0, 7)), r"with pixels, got shape \(0, 7\)"),
    "path": ("cat.jpg", r"got str 'cat.jpg'. Put ImageReader\(\) first"),
    "Path": (Path("cat.jpg"), r"Put ImageReader\(\) first"),
    "bytes": (b"\x89PNG", r"Put ImageReader\(\) first"),
    "paths": (["cat.jpg", "dog.jpg"], r"got str 'cat.jpg'. Put ImageReader\(\) first"),
    "array of paths": (np.array(["cat.jpg", "dog.jpg"]), r"Put ImageReader\(\) first"),
    "Series of paths": (pd.Series(["cat.jpg"]), r"Put ImageReader\(\) first"),
    "polars Series of paths": (pl.Series(["cat.jpg"]), r"Put ImageReader\(\) first"),
    "PIL images": ([Image.fromarray(RGB)], r"Put ImageReader\(\) first"),
    "generator": ((image for image in [GRAY]), "got a generator. Make it a list; the extraction functions accept"),
    "DataFrame": (
        pd.DataFrame({"image": [GRAY], "age": [3]}),
        r"a DataFrame of 2 columns. Select one.*X\['image'\]",
    ),
    "dict": ({0: GRAY}, "array, list, tuple or Series"),
    "number": (3, "array, list, tuple or Series"),
    "nested lists": ([[[0, 1], [2, 3]]], "as a numpy array .* got list"),
}


@pytest.mark.parametrize("name", NO_BATCH)
def test_what_is_no_batch(name):
    batch, message = NO_BATCH[name]
    with pytest.raises(ImageFormatError, match=message):
        check_images(batch)


NO_IMAGE = {
    "two channels": (np.ones((5, 7, 2)), r"got shape \(5, 7, 2\).*use image\[..., 0\]"),
    "one channel with its own axis": (np.ones((5, 7, 1)), r"got shape \(5, 7, 1\).*use image\[..., 0\]"),
    "a row": (np.ones(5), r"got shape \(5,\)"),
    "int64": (
        GRAY.astype(np.int64),
        "dtype uint8, uint16, bool or float32/float64 .* got int64. It holds whole numbers from",
    ),
    "int8": (GRAY.astype(np.int8), "got int8"),
    "uint32": (GRAY.astype(np.uint32), "got uint32"),
    "float16": (np.ones((5, 7), np.float16), "got float16"),
    "complex": (np.ones((5, 7), complex), "got complex128"),
    "0..255 floats": (np.full((5, 7), 200.0), r"float image in \[0, 1\], got values from 200 to 200: divide by 255"),
    "negative floats": (np.linspace(-1, 1, 35).reshape(5, 7), "got values from -1 to 1: rescale it"),
    "a little above 1": (np.full((5, 7), 1.001), "got values from 1.001 to 1.001"),
    "nan": (np.where(MASK, np.nan, 0.5), "got values from nan to nan: rescale it or replace NaN"),
    "inf": (np.where(MASK, np.inf, 0.5), "to inf"),
    "bool in colour": (np.ones((5, 7, 3), bool), "bool image to be a mask"),
    "no pixels": (np.ones((0, 7)), "with pixels"),
}


@pytest.mark.parametrize("name", NO_IMAGE)
def test_what_is_no_image(name):
    image, message = NO_IMAGE[name]
    with pytest.raises(ImageFormatError, match=message):
        check_image(image)
    with pytest.raises(ImageFormatError, match=message) as caught:
        check_images([GRAY, image])
    assert caught.value.__notes__ == ["image 1 of the batch"]


@pytest.mark.parametrize(
    ("values", "hint"),
    [
        ([[-1000, 40, 3000]], r"np.interp\(image, \(-1000, 3000\), \(0, 1\)\)"),
        ([[0, 300, 70000]], r"np.interp\(image, \(0, 70000\), \(0, 1\)\)"),
        ([[0, 9, 200]], r"image / 255"),
        ([[0, 9, 4095]], r"image / 65535"),
    ],
)
@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.int64, np.uint32, np.uint64])
def test_the_hint_for_whole_numbers_without_a_range_scales_and_never_wraps(values, hint, dtype):
    image = np.array(values).astype(dtype)
    if not np.array_equal(image, values):
        return  # the dtype does not hold them
    with pytest.raises(ImageFormatError, match=hint) as caught:
        check_image(image)
    assert "astype" not in str(caught.value)
    assert "Rescale" in str(caught.value)
    low, high = min(values[0]), max(values[0])
    followed = (
        image / 255 if "255" in hint else image / 65535 if "65535" in hint else np.interp(image, (low, high), (0, 1))
    )
    check_image(np.clip(followed, 0, 1))


MASKED = [
    np.ma.masked_array(GRAY, mask=MASK),
    np.ma.masked_array(RGB, mask=False),
    np.ma.masked_array(RGB / 255, mask=RGB > 9),
    np.ma.masked_array(MASK),
]


@pytest.mark.parametrize("masked", MASKED, ids=["gray", "nothing masked", "float", "bool"])
def test_masked_arrays_are_refused_with_the_way_to_alpha(masked):
    with pytest.raises(ImageFormatError, match=r"masked array.*join_alpha\(a.data, ~np.ma.getmaskarray\(a\)"):
        check_image(masked)
    for batch in ([GRAY, masked], masked[np.newaxis]):
        with pytest.raises(ImageFormatError, match="masked"):
            check_images(batch)


def test_the_hint_for_masked_arrays_can_be_followed():
    a = np.ma.masked_array(RGB, mask=RGB > 200)
    image = join_alpha(a.data, ~np.ma.getmaskarray(a).any(axis=-1))
    np.testing.assert_array_equal(foreground_mask(image), (RGB <= 200).all(axis=-1))


def test_dark_uint16_batches_are_warned_of():
    dark = np.full((2, 4, 5), 4000, np.uint16)
    for batch in (dark, list(dark), [GRAY, dark[0]], np.full((1, 4, 5, 3), 900, np.uint16)):
        with pytest.warns(ImageValueWarning, match=r"No value of these uint16 images is above \d+"):
            check_images(batch)
    opaque = np.dstack([np.full((4, 5, 3), 900, np.uint16), np.full((4, 5), 65535, np.uint16)])
    with pytest.warns(ImageValueWarning, match=r"images << 6 for 10 bits"):
        check_images([opaque])
    for value in (4096, 16383):
        with pytest.warns(ImageValueWarning, match=r"less than 1/4 of .* by its whole range.*images << 2 for 14 bits"):
            check_images([np.full((4, 5), value, np.uint16), dark[0]])


@pytest.mark.parametrize(
    "image", [np.full((4, 5), 16384, np.uint16), np.zeros((4, 5), np.uint16), GRAY // 40, GRAY / 9999]
)
def test_other_dark_batches_are_not(image):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_images([image])
        check_images([image, np.full((4, 5), 65535, np.uint16)])


IS_OBJECT = np.hypot(*np.mgrid[-12:12, -16:16]) < 9
SOFTENED = gaussian_filter(IS_OBJECT * 100.0, 1.5)
FAINT = {
    "0 and 1": IS_OBJECT.astype(np.uint8),
    "1 everywhere": np.ones((24, 32), np.uint8),
    "percent": np.rint(SOFTENED).astype(np.uint8),
    "percent over 255": np.float32(SOFTENED / 255),
    "8 bits in uint16": np.rint(2.55 * SOFTENED).astype(np.uint16),
}


@pytest.mark.parametrize("name", FAINT)
def test_alpha_that_is_foreground_nowhere_is_warned_of_in_every_batch(name):
    alpha = FAINT[name]
    image = np.dstack([np.full((24, 32, 3), full_light(alpha.dtype), alpha.dtype), alpha])
    opaque, clear = image.copy(), image.copy()
    opaque[3, 4, 3], clear[..., 3] = full_light(alpha.dtype), 0
    resized = clear.copy()  # of one pixel little is left
    resized[5:7, 9:11, 3] = full_light(alpha.dtype) // 4 if alpha.dtype.kind == "u" else 0.25
    for batch in (np.stack([image, opaque]), [opaque, image], [image[:, ::-1]]):
        with pytest.warns(ImageValueWarning, match=r"No alpha of 1 of these images .RGBA. reaches one half of opaque"):
            check_images(batch)
    with pytest.warns(ImageValueWarning, match="No alpha of 1 of these images"):
        RawPixels().transform([image])
    as_told = join_alpha(image, image[..., 3] / alpha.max())
    np.testing.assert_array_equal(foreground_mask(as_told), alpha >= alpha.max() / 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_images([opaque, clear, resized, as_told])


@pytest.mark.parametrize("held", [0, 1 << 30])
def test_alpha_that_is_foreground_nowhere_is_warned_of_as_files_are_read(held, tmp_path, monkeypatch):
    monkeypatch.setattr(batches, "HELD_BYTES", held)
    is_object = np.arange(60, dtype=np.uint8).reshape(6, 10) % 2
    image = np.dstack([np.full((6, 10, 3), 90, np.uint8), is_object])
    Image.fromarray(image).save(tmp_path / "mask as alpha.png")
    images = ImageReader().transform([tmp_path / "mask as alpha.png"] * 3)
    assert isinstance(images, LazyImages) == (held == 0)
    with pytest.warns(ImageValueWarning, match="No alpha of . of these images .RGBA. reaches one half of opaque, 255"):
        RawPixels().transform(images)


def test_a_bad_image_in_a_stack_is_told_by_its_index():
    stack = np.zeros((4, 5, 7))
    stack[2, 1, 1] = 7
    with pytest.raises(ImageFormatError, match="from 0 to 7") as caught:
        check_images(stack)
    assert caught.value.__notes__ == ["image 2 of the batch"]


def test_an_image_is_returned_as_it_is():
    for image in (GRAY, RGB, RGBA, MASK, np.zeros((5, 7)), np.ones((5, 7), np.float32)):
        assert check_image(image) is image


class Tensor:
    """A tensor of another library, in memory, which NumPy reads by DLPack alone."""

    def __init__(self, values):
        self.values = values
        self.shape = values.shape

    def __len__(self):
        return len(self.values)

    def __getitem__(self, key):
        return Tensor(self.values[key])

    def __dlpack__(self, **options):
        return self.values.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.values.__dlpack_device__()


class OnAnotherDevice(Tensor):
    def __dlpack__(self, **options):
        raise BufferError("it is on the device cuda:0 " + 100 * "x")


class ArrayLike:
    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return self.values


@pytest.mark.parametrize("kind", [Tensor, ArrayLike])
def test_tensors_of_other_libraries_are_images(kind):
    images = np.random.default_rng(0).random((3, 6, 7))
    np.testing.assert_array_equal(check_image(kind(images[0])), images[0])
    np.testing.assert_array_equal(check_images([kind(image) for image in images])[2], images[2])
    if kind is Tensor:
        np.testing.assert_array_equal(check_images(Tensor(images)), images)


def test_a_tensor_elsewhere_says_so():
    images = np.zeros((3, 6, 7))
    for call in (lambda: check_image(OnAnotherDevice(images[0])), lambda: check_images(OnAnotherDevice(images))):
        with pytest.raises(ImageFormatError, match=r"got OnAnotherDevice: it is on .* cuda:0 x+\.\.\.x+\. Move it to"):
            call()
