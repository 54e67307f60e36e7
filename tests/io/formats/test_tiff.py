"""TIFF: packed samples, compressions with imagecodecs and without it, previews, pages."""

import io
import lzma
import pickle
import subprocess
import sys
import tracemalloc
import warnings
import zlib
from contextlib import suppress

import imagecodecs
import numpy as np
import pytest
import tifffile

from featkit import read_image, read_mask
from featkit.exceptions import ImageReadError, LeftOutWarning
from tests.io.formats.raw.raw_files import LONG, SHORT, Blob, tiff
from tests.io.image_files import DEEP_GRAY, DEEP_RGB, GRAY, RGB, RGBA, as_stored, assert_is, with_tifffile

RNG = np.random.default_rng(1)
LARGE = RNG.integers(0, 256, (40, 56, 3)).astype(np.uint8)
SMALL = LARGE[::8, ::8].copy()


# Bit depth


@pytest.mark.parametrize("n_bits", [10, 12, 14])
@pytest.mark.parametrize("photometric", ["minisblack", "miniswhite"])
def test_white_of_packed_samples_is_full_range(n_bits, photometric):
    values = RNG.integers(0, 2**n_bits, (6, 9)).astype(np.uint16)
    values[0, :2] = 0, 2**n_bits - 1
    data = with_tifffile(values, bitspersample=n_bits, photometric=photometric)
    light = values if photometric == "minisblack" else 2**n_bits - 1 - values
    assert_is(read_image(data), np.rint(light * (65535 / (2**n_bits - 1))).astype(np.uint16), tolerance=1)
    assert {0, 65535} <= set(np.unique(read_image(data)).tolist())


@pytest.mark.parametrize("n_bits", [9, 10, 11, 12, 13, 14, 15])
@pytest.mark.parametrize("byte_order", "<>")
@pytest.mark.parametrize("n_channels", [1, 3])
def test_packed_samples_of_every_depth_and_byte_order(n_bits, byte_order, n_channels):
    """Samples are packed from the highest bit on, whatever the byte order; written here bit by bit."""
    values = RNG.integers(0, 2**n_bits, (5, 7, n_channels))
    values[0, :2] = [[0], [2**n_bits - 1]]
    bits = values.reshape(5, -1, 1) >> np.arange(n_bits - 1, -1, -1) & 1
    content = np.packbits(bits.reshape(5, -1).astype(np.uint8), axis=1).tobytes()
    file = io.BytesIO()
    with tifffile.TiffWriter(file, byteorder=byte_order) as writer:
        writer.write(
            iter([content]),
            shape=values.squeeze().shape,
            dtype=np.uint16,
            bitspersample=n_bits,
            photometric="minisblack" if n_channels == 1 else "rgb",
            rowsperstrip=5,
            metadata=None,
        )
    expected = np.rint(values.squeeze() * (65535 / (2**n_bits - 1))).astype(np.uint16)
    assert_is(read_image(file.getvalue()), expected, tolerance=1)


def test_packed_colors_are_stretched_too():
    values = RNG.integers(0, 4096, (6, 9, 3)).astype(np.uint16)
    data = with_tifffile(values, bitspersample=12, photometric="rgb")
    assert_is(read_image(data), np.rint(values * (65535 / 4095)).astype(np.uint16))


def test_a_jpeg_of_12_bits_in_a_tiff_is_full_range():
    ramp = np.linspace(0, 4095, 32 * 32).reshape(32, 32).astype(np.uint16)
    data = with_tifffile(ramp, bitspersample=12, photometric="minisblack", compression="jpeg")
    assert np.abs(read_image(data) / 65535 - ramp / 4095).max() < 0.01


def test_deep_ink_keeps_its_depth():
    ink = RNG.integers(0, 65536, (5, 7, 4)).astype(np.uint16)
    light = (65535.0 - ink[..., :3]) * (65535.0 - ink[..., 3:]) / 65535
    assert_is(read_image(with_tifffile(ink, photometric="separated")), np.rint(light).astype(np.uint16), tolerance=1)


# Channels that the file does not name

OF_FOUR = RNG.integers(0, 256, (6, 9, 4)).astype(np.uint8)
UNNAMED = {
    "a fourth channel": (OF_FOUR, {"photometric": "rgb", "extrasamples": [0]}),
    "a fourth channel of 16 bits": (OF_FOUR.astype(np.uint16) * 257, {"photometric": "rgb", "extrasamples": [0]}),
    "a channel of its own": (
        np.moveaxis(OF_FOUR, 2, 0),
        {"photometric": "rgb", "extrasamples": [0], "planarconfig": "separate"},
    ),
    "a second channel": (
        OF_FOUR[..., :2],
        {"photometric": "minisblack", "extrasamples": [0], "planarconfig": "contig"},
    ),
}


@pytest.mark.parametrize("name", UNNAMED)
def test_a_channel_that_the_file_does_not_name_is_left_out_with_a_word(name):
    channels, options = UNNAMED[name]
    with pytest.warns(LeftOutWarning, match=r"its last channel was left out: .*ExtraSamples 0.*join_alpha") as caught:
        image = read_image(with_tifffile(channels, **options))
    assert len(caught) == 1
    expected = OF_FOUR[..., :3] if image.ndim == 3 else OF_FOUR[..., 0]
    assert_is(image, expected.astype(np.uint16) * 257 if image.dtype == np.uint16 else expected)


def test_a_channel_that_fills_up_pixels_is_left_out_without_a_word():
    channels = np.dstack([OF_FOUR[..., :3], np.zeros((6, 9), np.uint8)])
    assert_is(read_image(with_tifffile(channels, photometric="rgb", extrasamples=[0])), OF_FOUR[..., :3])


def test_of_a_stack_the_pages_and_the_channel_are_told():
    data = with_tifffile(np.stack([OF_FOUR, OF_FOUR]), photometric="rgb", extrasamples=[0])
    with pytest.warns(LeftOutWarning, match=r"only page 0 of its 2 pages.*its last channel was left out") as caught:
        read_image(data)
    assert len(caught) == 1


# Compressions, with imagecodecs and without

LYING = [(274, "H", 1, 6, True)]
COMPRESSED = {
    f"{name}, {compression}{', ' + str(options) if options else ''}": (
        with_tifffile(
            as_stored(image, 6), compression=compression, extratags=[(274, "H", 1, 6, True)], **kind, **options
        ),
        truth,
    )
    for name, image, truth, kind in [
        ("gray", GRAY, GRAY, {"photometric": "minisblack"}),
        ("white is zero", GRAY, 255 - GRAY, {"photometric": "miniswhite"}),
        ("rgb", RGB, RGB, {"photometric": "rgb"}),
        ("rgba", RGBA, RGBA, {"photometric": "rgb", "extrasamples": ["unassalpha"]}),
        ("deep gray", DEEP_GRAY, DEEP_GRAY, {"photometric": "minisblack"}),
        ("deep white is zero", DEEP_GRAY, 65535 - DEEP_GRAY, {"photometric": "miniswhite"}),
        ("deep rgb", DEEP_RGB, DEEP_RGB, {"photometric": "rgb"}),
        (
            "deep rgba",
            np.dstack([DEEP_RGB, DEEP_GRAY]),
            np.dstack([DEEP_RGB, DEEP_GRAY]),
            {"photometric": "rgb", "extrasamples": ["unassalpha"]},
        ),
    ]
    for compression in ("lzw", "deflate", "zstd")
    for options in ({}, {"predictor": True}, {"tile": (16, 16)})
}
WITHOUT = """
import pickle, sys
sys.modules["imagecodecs"] = None
from featkit import read_image, read_mask
results = {}
for name, data in pickle.load(sys.stdin.buffer).items():
    try:
        results[name] = read_image(data)
    except OSError as error:
        results[name] = str(error)
pickle.dump(results, sys.stdout.buffer)
"""


@pytest.fixture(scope="module")
def read_without_imagecodecs():
    files = pickle.dumps({name: data for name, (data, _) in COMPRESSED.items()})
    done = subprocess.run([sys.executable, "-c", WITHOUT], input=files, capture_output=True, check=True)
    return pickle.loads(done.stdout)


@pytest.mark.parametrize("name", COMPRESSED)
def test_compressed_files_are_read_right(name):
    data, truth = COMPRESSED[name]
    assert_is(read_image(data), truth)


@pytest.mark.parametrize("name", COMPRESSED)
def test_without_imagecodecs_the_image_is_the_same_or_refused_naming_the_extra(name, read_without_imagecodecs):
    result, truth = read_without_imagecodecs[name], COMPRESSED[name][1]
    if isinstance(result, str):
        assert "[formats]" in result
        assert "Replace" not in result
        assert "zstd" in name or "deep" in name
    else:
        assert_is(result, truth)
        assert "zstd" not in name


@pytest.mark.parametrize("name", ["deep gray, lzw", "deep rgb, lzw", "rgba, lzw", "deep rgba, deflate"])
def test_usual_files_need_no_imagecodecs(name, read_without_imagecodecs):
    assert_is(read_without_imagecodecs[name], COMPRESSED[name][1])


def test_a_lossless_jpeg_in_a_tiff_is_refused():
    data = with_tifffile(GRAY, compression="jpeg", compressionargs={"lossless": True}, photometric="minisblack")
    with pytest.raises(
        ImageReadError, match="expected JPEGs of 8 bits in the TIFF file, got one of 8 bits, frame 0xc3"
    ):
        read_image(data)


# Strips that hold more than they may


def with_strip(content, compression):
    """A TIFF of 16 x 16 pixels in one strip of this content."""
    file = io.BytesIO()
    options = {"shape": (16, 16), "dtype": np.uint8, "photometric": "minisblack", "metadata": None, "rowsperstrip": 16}
    tifffile.imwrite(file, iter([content]), compression=compression, **options)
    return file.getvalue()


ROOM = bytes(range(256))
FITTING = {
    "adobe_deflate": zlib.compress(ROOM),
    "lzma": lzma.compress(ROOM),
    "packbits": b"\x7f" + ROOM[:128] + b"\x7f" + ROOM[128:],
    "png": imagecodecs.png_encode(np.frombuffer(ROOM, np.uint8).reshape(16, 16)),
    "jpeg2000": imagecodecs.jpeg2k_encode(np.frombuffer(ROOM, np.uint8).reshape(16, 16), codecformat="j2k"),
    "jpeg": imagecodecs.jpeg8_encode(np.full((16, 16), 7, np.uint8)),
}
LARGER = {
    "adobe_deflate": zlib.compress(ROOM + b"\0"),
    "lzma": lzma.compress(ROOM + b"\0"),
    "packbits": FITTING["packbits"] + b"\x81\0",
    "png": imagecodecs.png_encode(np.zeros((33, 16), np.uint8)),
    "jpeg2000": imagecodecs.jpeg2k_encode(np.zeros((16, 33), np.uint8), codecformat="j2k"),
    "jpeg": imagecodecs.jpeg8_encode(np.zeros((33, 16), np.uint8)),
}


@pytest.mark.parametrize("name", FITTING)
def test_a_strip_holds_no_more_than_its_share(name, monkeypatch):
    if name in ("adobe_deflate", "lzma", "packbits"):
        monkeypatch.setattr("featkit.io.formats._tiff_pages._has_imagecodecs", lambda: False)
    expected = np.full((16, 16), 7, np.uint8) if name == "jpeg" else np.frombuffer(ROOM, np.uint8).reshape(16, 16)
    assert_is(read_image(with_strip(FITTING[name], name)), expected)

    def decode(*args, **kwargs):
        raise AssertionError("decoded")

    monkeypatch.setattr(tifffile.TiffPage, "asarray", decode)
    with pytest.raises(ImageReadError, match="expected strips or tiles of at most .* in the TIFF file, as its header"):
        read_image(with_strip(LARGER[name], name))
    with pytest.raises(ImageReadError, match="expected strips or tiles of at most"):
        read_mask(with_strip(LARGER[name], name))


@pytest.mark.parametrize("name", ["zstd", "lzw"])
def test_imagecodecs_stops_where_a_strip_is_full(name):
    encode = getattr(imagecodecs, f"{name}_encode")
    assert_is(read_image(with_strip(encode(ROOM), name)), np.frombuffer(ROOM, np.uint8).reshape(16, 16))
    larger = with_strip(encode(bytes(3_000_000) if name == "zstd" else bytes(20_000)), name)
    tracemalloc.start()
    try:
        with suppress(ImageReadError):
            read_image(larger)
        assert tracemalloc.get_traced_memory()[1] < 500_000
    finally:
        tracemalloc.stop()


def test_an_image_in_a_box_is_measured_too():
    boxed = imagecodecs.jpeg2k_encode(np.zeros((16, 33), np.uint8), codecformat="jp2")
    assert boxed[4:8] == b"jP  "
    with pytest.raises(ImageReadError, match="of at most 16 x 16 pixels in the TIFF file, as its header says, got an"):
        read_image(with_strip(boxed, "jpeg2000"))


def test_what_cannot_be_measured_before_it_is_unpacked_is_refused():
    data = with_strip(imagecodecs.lerc_encode(np.zeros((16, 16), np.uint8)), "lerc")
    with pytest.raises(ImageReadError, match="compression LERC, whose size is not known before it is unpacked. Save"):
        read_image(data)


@pytest.mark.parametrize("n_bits", [2, 4])
@pytest.mark.parametrize("order", "<>")
def test_colors_of_few_bits_are_stretched(n_bits, order):
    """Written here bit by bit."""
    values = RNG.integers(0, 2**n_bits, (5, 8, 3))
    bits = values.reshape(5, -1, 1) >> np.arange(n_bits - 1, -1, -1) & 1
    content = np.packbits(bits.reshape(5, -1).astype(np.uint8), axis=1).tobytes()
    tags = {256: (LONG, [8]), 257: (LONG, [5]), 258: (SHORT, [n_bits] * 3), 259: (SHORT, [1]), 262: (SHORT, [2])}
    tags |= {273: Blob(content), 277: (SHORT, [3]), 278: (LONG, [5]), 279: (LONG, [len(content)])}
    assert_is(read_image(tiff([tags], order=order)), (values * (255 // (2**n_bits - 1))).astype(np.uint8))


def test_channels_that_are_not_read_are_named():
    data = with_tifffile(np.zeros((5, 7, 5), np.uint8), photometric="separated", extrasamples=["unassalpha"])
    with pytest.raises(ImageReadError, match="5 channels of 8 bits as SEPARATED.*Save it as RGB"):
        read_image(data)


@pytest.mark.parametrize(("photometric", "name"), [("cielab", "CIE"), ("icclab", "ICC"), ("itulab", "ITU")])
@pytest.mark.parametrize("channels", [DEEP_RGB, RGB], ids=["16 bits", "8 bits"])
def test_lab_colors_are_named(photometric, name, channels):
    with pytest.raises(ImageReadError, match=f"{name} Lab colors.*Save it as RGB"):
        read_image(with_tifffile(channels, photometric=photometric))


@pytest.mark.parametrize("photometric", ["cfa", "linear_raw"])
def test_raw_files_are_to_be_developed(photometric):
    data = with_tifffile(DEEP_RGB if photometric == "linear_raw" else DEEP_GRAY, photometric=photometric)
    with pytest.raises(ImageReadError, match="raw .*rawpy"):
        read_image(data)


# Pages


def written(*pages):
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as tiff:
        for page, options in pages:
            tiff.write(page, photometric="rgb", metadata=None, **options)
    return file.getvalue()


PREVIEWS = {
    "the image below the preview": written((SMALL, {"subfiletype": 1, "subifds": 1}), (LARGE, {})),
    "the image behind the preview": written((SMALL, {"subfiletype": 1}), (LARGE, {})),
    "the image behind two previews": written((SMALL, {"subfiletype": 1}), (SMALL, {"subfiletype": 1}), (LARGE, {})),
    "the image behind the preview of an old writer": written(
        (SMALL, {"extratags": [(255, "H", 1, 2, True)]}), (LARGE, {"extratags": [(255, "H", 1, 1, True)]})
    ),
    "a thumbnail behind the image": written((LARGE, {}), (SMALL, {"subfiletype": 1})),
    "a pyramid": written((LARGE, {"subifds": 2}), (LARGE[::2, ::2], {"subfiletype": 1}), (SMALL, {"subfiletype": 1})),
    "previews alone": written((SMALL, {"subfiletype": 1}), (LARGE, {"subfiletype": 1})),
    "a compressed image below the preview": written(
        (SMALL, {"subfiletype": 1, "subifds": 1}), (LARGE, {"compression": "deflate"})
    ),
}


@pytest.mark.parametrize("name", PREVIEWS)
def test_a_preview_is_not_taken_for_the_image(name):
    assert_is(read_image(PREVIEWS[name]), LARGE)  # without a warning: nothing is left out


def test_a_preview_is_read_where_it_is_meant():
    assert_is(read_image(PREVIEWS["the image behind the preview"], page=0), SMALL)


def test_the_size_of_the_image_counts_not_that_of_its_preview():
    with pytest.raises(ImageReadError, match="max_pixels=2239 pixels, got 40 x 56"):
        read_image(PREVIEWS["the image below the preview"], max_pixels=2239)


STACK = RNG.integers(0, 65536, (5, 6, 9)).astype(np.uint16)
STACKS = {
    "pages": ({"photometric": "minisblack", "metadata": None}, "5 pages"),
    "channels": ({"metadata": {"axes": "CYX"}}, r"5 pages \(axes CYX"),
    "OME": ({"ome": True, "metadata": {"axes": "CYX"}}, r"5 pages \(axes CYX"),
    "ImageJ": ({"imagej": True, "metadata": {"axes": "ZYX"}}, r"5 pages \(axes ZYX"),
}


@pytest.mark.parametrize("name", STACKS)
def test_pages_that_are_left_out_are_told_once(name):
    options, message = STACKS[name]
    data = with_tifffile(STACK, **options)
    with pytest.warns(LeftOutWarning, match=f"only page 0 of its {message}.*page=0, 1, ... says") as caught:
        assert_is(read_image(data), STACK[0])
    assert len(caught) == 1
    for page in range(5):
        assert_is(read_image(data, page=page), STACK[page])  # without a warning


def test_a_page_that_is_not_there_is_refused():
    with pytest.raises(ImageReadError, match="a page below 5, the number of its pages, got 5"):
        read_image(with_tifffile(STACK, photometric="minisblack"), page=5)
    with pytest.raises(ImageReadError, match="got page=1 of a JPEG file"):
        read_image(b"\xff\xd8" + b"\xff\xc0\0\x0b\x08\0\x05\0\x07\x01\x01\x11\0\xff\xda\xff\xd9", page=1)


def test_a_stack_of_imagej_with_one_page_is_told():
    data = with_tifffile(GRAY, imagej=True, metadata={"axes": "YX"})
    description = b"ImageJ=1.11a\nimages=1\n"
    assert description in data
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        read_image(data)
        read_image(data.replace(description, b"ImageJ=1.11a\nimages=7\n"))
    assert [str(warning.message) for warning in caught if "of its 7 pages" in str(warning.message)]
    assert len(caught) == 1


def test_pages_that_run_in_a_circle_are_refused():
    data = bytearray(with_tifffile(np.stack([GRAY] * 3), photometric="minisblack", metadata=None))
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as file:
        first, last = file.pages[0], file.pages[2]
        end = last.offset + 2 + 12 * len(last.tags)
    data[end : end + 4] = first.offset.to_bytes(4, "little")
    for options in ({}, {"page": 1}, {"projection": "max"}, {"channel": 0}):
        with pytest.raises(ImageReadError, match="page 3 is one of those before"):
            read_image(bytes(data), **options)


def test_of_raw_light_the_preview_is_read_when_it_is_asked_for():
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        writer.write(RGB, photometric="rgb", subfiletype=1, subifds=1, metadata=None)
        writer.write(np.zeros((10, 14), np.uint16), photometric="cfa", metadata=None)
    with pytest.raises(ImageReadError, match="raw mosaic of a camera. Develop it"):
        read_image(file.getvalue())
    assert np.array_equal(read_image(file.getvalue(), page=0), RGB)
