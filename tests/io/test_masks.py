"""Mask files of every kind become masks; what may mean several things is refused."""

import io
import re
import struct
import zlib

import numpy as np
import pytest
import tifffile
from PIL import Image
from skimage.draw import polygon2mask
from skimage.measure import label as label_components

from featkit import read_mask
from featkit.exceptions import ImageFormatError, ImageReadError, ImageValueWarning, LeftOutWarning
from featkit.image.masks.explanation import explain_mask
from featkit.io import read_labels
from tests.io.image_files import as_stored, exif_of, png_chunk, with_pillow, with_tifffile

ROWS, COLS = np.mgrid[:40, :60]
DISK = (ROWS - 20) ** 2 + (COLS - 20) ** 2 <= 100
BAR = (abs(ROWS - 20) <= 8) & (abs(COLS - 48) <= 5)
TRUTH = DISK | BAR
LABELS = np.where(DISK, 1, np.where(BAR, 2, 0))


def palette_png(indices, colors, **options):
    image = Image.fromarray(indices.astype(np.uint8)).convert("P")
    image.putdata(indices.ravel().tolist())
    image.putpalette(np.asarray(colors, np.uint8).ravel().tolist())
    return with_pillow(image, "PNG", **options)


VOC = [(0, 0, 0), (128, 0, 0), (0, 128, 0)] + [(0, 0, 0)] * 252 + [(224, 224, 192)]
EDGE = np.where(TRUTH, LABELS, 0)
EDGE[8:10] = 255


def gray_png_of_2_bits(values):
    rows = b"".join(
        b"\0" + np.packbits(np.unpackbits(row.astype(np.uint8)[:, None], axis=1)[:, 6:].ravel()).tobytes()
        for row in values
    )
    header = struct.pack(">IIBBBBB", values.shape[1], values.shape[0], 2, 0, 0, 0, 0)
    body = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


MASKS = {
    "png 1 bit": with_pillow(Image.fromarray(TRUTH), "PNG"),
    "png 0/255": with_pillow((TRUTH * 255).astype(np.uint8), "PNG"),
    "png 0/1": with_pillow(TRUTH.astype(np.uint8), "PNG"),
    "png 0/65535": with_pillow((TRUTH * 65535).astype(np.uint16), "PNG"),
    "png gray as rgb": with_pillow(np.repeat((TRUTH * 255).astype(np.uint8)[..., None], 3, 2), "PNG"),
    "png with transparency": with_pillow(np.dstack([ROWS, COLS, ROWS, TRUTH * 255]).astype(np.uint8), "PNG"),
    "png labels": with_pillow(LABELS.astype(np.uint8), "PNG"),
    "png labels of 2 bits": gray_png_of_2_bits(LABELS),
    "png labels of 16 bits": with_pillow(LABELS.astype(np.uint16), "PNG"),
    "png palette": palette_png(LABELS, VOC),
    "png palette of two colors": palette_png(TRUTH, [(0, 0, 0), (250, 10, 10)]),
    "png palette of white and black": palette_png(~TRUTH, [(255, 255, 255), (0, 0, 0)]),
    "gif": with_pillow((TRUTH * 255).astype(np.uint8), "GIF"),
    "bmp 1 bit": with_pillow(Image.fromarray(TRUTH), "BMP"),
    "pbm": with_pillow(Image.fromarray(TRUTH), "PPM"),
    "jpeg": with_pillow((TRUTH * 255).astype(np.uint8), "JPEG", quality=95),
    "tiff 1 bit": with_pillow(Image.fromarray(TRUTH), "TIFF"),
    "tiff 1 bit, fax compression": with_pillow(Image.fromarray(TRUTH), "TIFF", compression="group4"),
    "tiff 1 bit of tifffile": with_tifffile(TRUTH),  # which shows True as black
    "tiff 1 bit of tifffile, compressed, turned": with_tifffile(
        TRUTH[::-1, ::-1], compression="packbits", extratags=[(274, "H", 1, 3, True)]
    ),
    "tiff 1 bit of tifffile, opened by Pillow": Image.open(io.BytesIO(with_tifffile(TRUTH))),
    "tiff 1 bit of a scanner, white is zero": with_tifffile(~TRUTH, photometric="miniswhite", software="scanner"),
    "tiff 0/255": with_tifffile((TRUTH * 255).astype(np.uint8)),
    "tiff 0/255, lzw": with_tifffile((TRUTH * 255).astype(np.uint8), compression="lzw"),
    "tiff labels of 16 bits": with_tifffile(LABELS.astype(np.uint16)),
    "tiff labels int32": with_tifffile(LABELS.astype(np.int32)),
    "tiff labels int64": with_tifffile(LABELS.astype(np.int64)),
    "tiff labels float of ImageJ": with_tifffile(LABELS.astype(np.float32), imagej=True),
    "tiff labels big-endian": with_tifffile(LABELS.astype(np.uint16), byteorder=">"),
    "tiff white is zero": with_tifffile(((~TRUTH) * 255).astype(np.uint8), photometric="miniswhite"),
    "tiff white is zero of ImageJ": with_tifffile(
        (TRUTH * 255).astype(np.uint8), photometric="miniswhite", description="ImageJ=1.54f\n", metadata=None
    ),
    "tiff palette": with_tifffile(
        LABELS.astype(np.uint8), photometric="palette", colormap=(np.asarray(VOC, np.uint16).T * 257)
    ),
    "bool array": TRUTH,
    "labels, int64": LABELS,
    "labels, float": LABELS.astype(float),
    "pillow 1": Image.fromarray(TRUTH),
    "pillow I": Image.fromarray(LABELS.astype(np.int32)),
    "pillow F": Image.fromarray(LABELS.astype(np.float32)),
    "pillow P": Image.open(io.BytesIO(palette_png(LABELS, VOC))),
    "pillow LA": Image.fromarray(np.dstack([ROWS, TRUTH * 255]).astype(np.uint8), "LA"),
}


@pytest.mark.parametrize("name", MASKS)
def test_every_kind_of_mask(name):
    mask = read_mask(MASKS[name])
    assert mask.dtype == bool
    if name == "jpeg":
        assert (mask != TRUTH).mean() < 0.002
    else:
        np.testing.assert_array_equal(mask, TRUTH)


@pytest.mark.parametrize("name", [name for name in MASKS if "labels" in name or name.endswith(("palette", "P"))])
def test_one_label(name):
    np.testing.assert_array_equal(read_mask(MASKS[name], label=1), DISK)
    np.testing.assert_array_equal(read_mask(MASKS[name], label=2), BAR)
    assert not read_mask(MASKS[name], label=7).any()  # a class that this image does not show


@pytest.mark.parametrize("data", [palette_png(EDGE, VOC), with_pillow(EDGE.astype(np.uint8), "PNG")])
def test_the_void_of_voc_is_no_object(data):
    np.testing.assert_array_equal(read_mask(data), (EDGE == 1) | (EDGE == 2))
    np.testing.assert_array_equal(read_mask(data, label=255), EDGE == 255)


def test_void_alone_is_no_object_in_a_palette_and_white_in_gray():
    void = np.where(DISK, 255, 0)
    assert not read_mask(palette_png(void, VOC)).any()
    np.testing.assert_array_equal(read_mask(with_pillow(void.astype(np.uint8), "PNG")), DISK)


@pytest.mark.parametrize("colors", [VOC, None])
def test_touching_labels_are_kept_apart(colors):
    halves = np.where(DISK, np.where(COLS < 22, 1, 2), 0)
    data = palette_png(halves, colors) if colors else with_tifffile(halves.astype(np.int32))
    with pytest.warns(ImageValueWarning, match="Labels touch"):
        mask = read_mask(data)
    np.testing.assert_array_equal(mask, DISK & (COLS != 22))  # the smaller one gave way
    with pytest.raises(ImageReadError, match="too thin"):
        read_mask(with_pillow(np.where(COLS == 9, 1, 2 * DISK).astype(np.uint8)[20:21, 8:22], "PNG"))


def test_many_labels():
    rng = np.random.default_rng(0)
    cells = label_components(np.kron(rng.random((40, 50)) < 0.3, np.ones((3, 3))) > 0)
    assert cells.max() > 64
    np.testing.assert_array_equal(read_mask(with_tifffile(cells.astype(np.uint16))), cells > 0)
    np.testing.assert_array_equal(read_mask(with_pillow(cells.astype(np.uint16), "PNG"), label=70), cells == 70)
    few = np.where(cells < 250, cells, 0).astype(np.uint8)
    with pytest.raises(ImageReadError, match="which may be labels or a soft mask. Say which: mask_kind='labels'"):
        read_mask(with_pillow(few, "PNG"))
    np.testing.assert_array_equal(read_mask(with_pillow(few, "PNG"), mask_kind="labels"), few > 0)


@pytest.mark.parametrize(("fill", "expected"), [(0, False), (1, True), (255, True)])
def test_a_mask_of_one_value(fill, expected):
    assert (read_mask(with_pillow(np.full((4, 6), fill, np.uint8), "PNG")) == expected).all()


@pytest.mark.parametrize("orientation", [2, 6, 8])
def test_masks_are_turned_upright(orientation):
    stored = as_stored(LABELS.astype(np.uint8), orientation)
    np.testing.assert_array_equal(read_mask(with_pillow(stored, "PNG", exif=exif_of(orientation)), label=2), BAR)
    lying = [(274, "H", 1, orientation, True)]
    np.testing.assert_array_equal(read_mask(with_tifffile(stored.astype(np.int32), extratags=lying), label=2), BAR)
    palette = palette_png(stored, VOC, exif=exif_of(orientation))
    np.testing.assert_array_equal(read_mask(palette, label=2), BAR)


SOFT = np.clip(11 - np.hypot(ROWS - 20, COLS - 20), 0, 1)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float64])
def test_a_soft_mask_is_cut_at_one_half_where_that_is_asked_for(dtype):
    values = SOFT if dtype == np.float64 else np.rint(SOFT * np.iinfo(dtype).max).astype(dtype)
    with pytest.raises(ImageFormatError, match="mask_kind='soft'|mask >= 0.5"):
        read_mask(values)
    np.testing.assert_array_equal(read_mask(values, mask_kind="soft"), SOFT >= 0.5)


@pytest.mark.parametrize("name", ["png 1 bit", "png 0/255", "png 0/65535", "tiff 1 bit", "jpeg"])
def test_dark_objects_on_white(name):
    np.testing.assert_array_equal(read_mask(MASKS[name], mask_kind="dark"), ~read_mask(MASKS[name]))


AMBIGUOUS = {
    "labels without background": (with_pillow(np.where(DISK, 1, 2).astype(np.uint8), "PNG"), "label=1|mask_kind"),
    "a photo": (with_pillow((ROWS * 3 + COLS).astype(np.uint8), "PNG"), "160 different values|different values"),
    "a photo as JPEG": (with_pillow((ROWS * 3 + COLS).astype(np.uint8), "JPEG"), "different values"),
    "colors": (with_pillow(np.dstack([TRUTH * 255, ROWS * 0, ROWS * 0]).astype(np.uint8), "PNG"), "got colors.*axis=2"),
    "labels from -1": (with_tifffile((LABELS - 1).astype(np.int32)), r"add 1: labels \+ 1"),
    "float": (with_tifffile((LABELS / 3).astype(np.float32)), "mask >= 0.5"),
    "float with nan": (with_tifffile(np.where(TRUTH, 1, np.nan).astype(np.float32)), "nan_to_num"),
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_what_may_mean_several_things_is_refused(name, tmp_path):
    data, message = AMBIGUOUS[name]
    (tmp_path / "m").write_bytes(data)
    with pytest.raises(ImageReadError, match=message) as caught:
        read_mask(tmp_path / "m")
    assert caught.value.path == str(tmp_path / "m")


def test_masks_on_several_pages():
    data = with_tifffile(np.stack([DISK, BAR]).astype(np.uint8) * 255, photometric="minisblack")
    with pytest.warns(LeftOutWarning, match="page 0 of its 2 pages"):
        np.testing.assert_array_equal(read_mask(data), DISK)
    np.testing.assert_array_equal(read_mask(data, page=1), BAR)


# What is no mask, and the line that cures it


SQUARE = np.array([[10.0, 10.0], [20.0, 10.0], [20.0, 20.0], [10.0, 20.0]])  # (x, y)
NO_MASKS = {
    "run lengths": ({"size": [40, 60], "counts": b"abc"}, "run-length encoding of COCO.*pycocotools.mask.decode"),
    "an annotation": ({"segmentation": [[1, 2, 3, 4, 5, 6]], "area": 3}, "annotation of COCO.*annToMask"),
    "a polygon": (SQUARE, "polygon of 4 corners.*polygon2mask"),
    "a polygon as a list": (SQUARE.tolist(), "polygon of 4 corners.*polygon2mask"),
    "a polygon of COCO": ([SQUARE.ravel().tolist()], r"polygon of COCO.*reshape\(polygon, \(-1, 2\)\).*polygon2mask"),
    "a stack": (np.stack([DISK, BAR, DISK, BAR, DISK]), r"stack of 5 masks.*mask\[0\].*any\(axis=0\)"),
    "soft": (SOFT, "soft mask.*mask >= 0.5"),
    "float labels": (LABELS.astype(float), "labels as float64.*mask > 0.*mask == 1"),
    "a path": ("mask.png", r"a path.*read_mask\(path\)"),
    "one channel": (TRUTH[..., None], r"mask\[..., 0\]"),
    "colors": (np.zeros((4, 5, 3), np.uint8), r"an image of shape \(4, 5, 3\)"),
    "None": (None, "None"),
}


@pytest.mark.parametrize("name", NO_MASKS)
def test_what_is_no_mask_is_named_with_the_cure(name):
    value, message = NO_MASKS[name]
    assert re.search(message, explain_mask(value))


@pytest.mark.parametrize("name", ["run lengths", "an annotation", "a stack", "a polygon as a list", "soft"])
def test_read_mask_says_it_too(name):
    value, message = NO_MASKS[name]
    with pytest.raises(ImageFormatError, match=message):
        read_mask(value)


# The recipes of docs/questions.md, against the libraries whose formats they are


def drawn(polygon, shape):
    xy = np.reshape(polygon, (-1, 2))
    return polygon2mask(shape, xy[:, ::-1] - 0.5)


STAR = np.array([[12.0, 4.0], [15.0, 13.0], [25.0, 13.0], [17.0, 19.0], [20.0, 29.0], [12.0, 23.0], [4.0, 29.0]]) + 0.25


of_pycocotools = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.mark.parametrize("polygon", [SQUARE, STAR, SQUARE * [2, 1] + [3, 7]])
def test_a_polygon_along_pixel_edges_is_that_of_rasterio(polygon):
    from rasterio.features import rasterize

    shape = (40, 60)
    theirs = rasterize([{"type": "Polygon", "coordinates": [polygon.tolist()]}], out_shape=shape).astype(bool)
    np.testing.assert_array_equal(drawn(polygon, shape), theirs)
    if polygon is SQUARE:
        assert theirs.sum() == 100


@of_pycocotools
@pytest.mark.parametrize("polygon", [SQUARE, SQUARE * [2, 1] + [3, 7]])
def test_a_polygon_of_coco_is_that_of_pycocotools(polygon):
    from pycocotools import mask as coco

    (lengths,) = coco.frPyObjects([polygon.ravel().tolist()], 40, 60)
    theirs = coco.decode(lengths).astype(bool)
    np.testing.assert_array_equal(drawn(polygon, (40, 60)), theirs)


@of_pycocotools
def test_a_star_of_coco_is_nearly_that_of_pycocotools():
    from pycocotools import mask as coco

    (lengths,) = coco.frPyObjects([STAR.ravel().tolist()], 40, 60)
    theirs = coco.decode(lengths).astype(bool)
    assert (drawn(STAR, (40, 60)) != theirs).sum() <= 0.05 * theirs.sum()


@of_pycocotools
def test_run_lengths_are_decoded_by_the_line_of_the_message():
    from pycocotools import mask as coco

    lengths = coco.encode(np.asfortranarray(TRUTH.astype(np.uint8)))
    np.testing.assert_array_equal(coco.decode(lengths).astype(bool), TRUTH)


def test_a_contour_of_opencv_runs_through_pixel_centers():
    import cv2

    contour = SQUARE.astype(np.int32)
    filled = cv2.drawContours(np.zeros((40, 60), np.uint8), [contour], -1, 1, cv2.FILLED)
    assert filled.sum() == 121


def test_the_header_is_asked_for_the_size_first():
    data = MASKS["png 0/255"]
    read_mask(data, max_pixels=TRUTH.size)
    with pytest.raises(ImageReadError, match=f"max_pixels={TRUTH.size - 1}"):
        read_mask(data, max_pixels=TRUTH.size - 1)


# Label images


def test_labels_are_read_as_they_are_stored():
    labels = np.array([[0, 1, 1], [0, 300, 7]], np.uint16)
    file = io.BytesIO()
    Image.fromarray(labels).save(file, "PNG")
    found = read_labels(file.getvalue())
    assert found.dtype == np.int32
    assert found.tolist() == labels.tolist()


def test_labels_in_a_float_tiff_are_whole_numbers():
    file = io.BytesIO()
    tifffile.imwrite(file, np.array([[0, 1], [2, 70000]], np.float32))
    assert read_labels(file.getvalue()).tolist() == [[0, 1], [2, 70000]]
    file = io.BytesIO()
    tifffile.imwrite(file, np.array([[0, 1], [2, 0.5]], np.float32))
    with pytest.raises(ImageReadError):
        read_labels(file.getvalue())


@pytest.mark.parametrize("high", [1, 255])
def test_two_values_are_a_mask(high):
    file = io.BytesIO()
    Image.fromarray(np.array([[0, high], [high, 0]], np.uint8)).save(file, "PNG")
    found = read_labels(file.getvalue())
    assert found.dtype == bool
    assert found.tolist() == [[False, True], [True, False]]


def test_void_is_background_and_labels_need_a_background():
    file = io.BytesIO()
    Image.fromarray(np.array([[0, 1], [2, 255]], np.uint8)).save(file, "PNG")
    assert read_labels(file.getvalue()).tolist() == [[0, 1], [2, 0]]
    file = io.BytesIO()
    Image.fromarray(np.array([[1, 2], [3, 4]], np.uint8)).save(file, "PNG")
    with pytest.raises(ImageReadError, match="no 0"):
        read_labels(file.getvalue())


def test_colors_are_no_labels():
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (4, 4, 3)).astype(np.uint8)).save(file, "PNG")
    with pytest.raises(ImageReadError, match="colors"):
        read_labels(file.getvalue())


def test_unknown_pixels_of_a_label_image():
    scribble = np.where(DISK, 255, np.where(BAR, 0, 128)).astype(np.uint8)
    assert (read_labels(with_pillow(scribble, "PNG"), unknown=128) == np.where(DISK, 1, np.where(BAR, 0, -1))).all()
    void = np.where(LABELS == 2, 255, LABELS).astype(np.uint8)
    assert (read_labels(with_pillow(void, "PNG"), unknown=255) == np.where(LABELS == 2, -1, LABELS)).all()
    with pytest.raises(ImageReadError, match="two values"):
        read_labels(with_pillow(DISK, "PNG"), unknown=128)


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.float64])
def test_masked_arrays_are_no_masks(dtype):
    with pytest.raises(ImageFormatError, match="numpy masked array, whose mask would be ignored"):
        read_mask(np.ma.masked_array(np.eye(4, dtype=dtype), mask=np.eye(4) > 0))
