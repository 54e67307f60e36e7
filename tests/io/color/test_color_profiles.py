"""Embedded color profiles: pixels come in sRGB, sRGB comes as it is, alpha is never touched."""

import struct
import warnings

import numpy as np
import pytest
from PIL import Image, ImageCms

from featkit import ImageReader, read_image, read_mask
from featkit.exceptions import ImageReadError, ImageValueWarning
from featkit.io.color._icc_profiles import Profile, read_profile
from featkit.io.color.color_profiles import FoundProfile, note_profiles, to_srgb
from tests.io.icc_profiles import (
    ADOBE,
    GAMMA,
    GRAY_18,
    P3,
    PAPER,
    PROFILES,
    SCANNER,
    SRGB,
    SRGB_CURVE,
    assert_near,
    by_littlecms,
    decoded_srgb,
    encoded_srgb,
    gamma_curve,
    gray_profile,
    iccp,
    parametric_curve,
    rgb_profile,
    table_curve,
    truth,
    webp,
)
from tests.io.image_files import (
    DEEP_GRAY,
    DEEP_RGB,
    DEEP_RGBA,
    GRAY,
    INK,
    LIGHT,
    RGB,
    RGBA,
    png_of_words,
    with_pillow,
    with_tifffile,
    without_adobe_marker,
)

WIDE = rgb_profile("ProPhoto", gamma_curve(1.8))

# Truth


def test_every_color_of_8_bits_is_within_a_level_of_littlecms():
    """All of a grid of 64 levels of each channel, and all neutral ones."""
    levels = np.r_[0:256:4, 255].astype(np.uint8)
    grid = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(65, -1, 3)
    gray = np.arange(256, dtype=np.uint8)[np.newaxis, :, np.newaxis].repeat(3, axis=2)
    for pixels in (grid, gray):
        for profile in (P3, ADOBE, WIDE):
            assert_near(to_srgb(pixels, profile, "convert"), by_littlecms(pixels, profile), 1)


OFFSET = rgb_profile("Display P3", parametric_curve(4, 2, 0.75, 0, 0.25, 0.25, 0.125, 0.0625))  # no black


@pytest.mark.parametrize("profile", [P3, ADOBE, WIDE, OFFSET], ids=["P3", "Adobe RGB", "ProPhoto", "offset"])
def test_tables_of_8_bits_are_the_closed_form_and_keep_gray(profile):
    """Both kinds of tables: those of pairs, where blue adds nothing to red and green, and those of any matrix."""
    known = read_profile(profile)
    levels = np.r_[0:256:5, 1:9].astype(np.uint8)
    grid = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(len(levels), -1, 3)
    gray = np.arange(256, dtype=np.uint8)[np.newaxis, :, np.newaxis].repeat(3, axis=2)
    for pixels in (grid, gray):
        light = np.stack([curve(pixels[..., index] / 255) for index, curve in enumerate(known.curves)], axis=2)
        exact = 255 * encoded_srgb(light @ known.matrix.T)
        assert np.abs(to_srgb(pixels, profile, "convert") - exact).max() < 0.75
    converted = to_srgb(gray, profile, "convert")
    assert (converted == converted[..., :1]).all()


def test_light_of_any_span_is_converted():
    for scale in (3, 9, 300):  # 9 and 300: too much for the tables
        matrix = np.array([[1 + scale, -scale, 0], [0, 1, 0], [-scale, 0, 1 + scale]])
        known = Profile("RGB", is_srgb=False, curves=(np.square,) * 3, matrix=matrix)
        exact = 255 * encoded_srgb((RGB / 255.0) ** 2 @ matrix.T)
        assert_near(to_srgb(RGB, known, "convert"), exact, 0.75)


def test_pixels_are_overwritten_only_where_that_is_allowed():
    pixels = RGB.copy()
    converted = to_srgb(pixels, P3, "convert")
    assert np.array_equal(pixels, RGB)
    assert to_srgb(pixels, P3, "convert", may_overwrite=True) is not None
    assert np.array_equal(pixels, converted)


@pytest.mark.parametrize("name", PROFILES)
def test_eight_bits_are_the_closed_form_and_what_littlecms_gives(name):
    image = read_image(with_pillow(RGB, "PNG", icc_profile=PROFILES[name]))
    assert image.dtype == np.uint8
    assert_near(image, truth(name, RGB), 1)
    assert_near(image, by_littlecms(RGB, PROFILES[name]), 1)
    assert np.abs(image.astype(int) - RGB).max() > 10  # it does matter


@pytest.mark.parametrize("name", PROFILES)
def test_sixteen_bits_keep_their_precision(name):
    image = read_image(png_of_words(DEEP_RGB, 2, iccp(PROFILES[name])))
    assert image.dtype == np.uint16
    assert_near(image, truth(name, DEEP_RGB), 8)  # profiles hold their primaries to 1 / 65536
    assert len(np.unique(image % 256)) > 40


def test_floats_are_converted():
    pixels = (DEEP_RGB / 65535).astype(np.float32)
    image = read_image(with_tifffile(pixels, photometric="rgb", iccprofile=P3))
    assert image.dtype == np.float32
    assert_near(image, truth("Display P3", DEEP_RGB) / 65535, 2e-4)


@pytest.mark.parametrize("pixels", [GRAY, DEEP_GRAY], ids=["8 bits", "16 bits"])
def test_gray_follows_its_curve(pixels):
    white = np.iinfo(pixels.dtype).max
    image = read_image(with_pillow(pixels, "PNG", icc_profile=GRAY_18))
    assert image.dtype == pixels.dtype
    assert_near(image, white * encoded_srgb((pixels / white) ** (461 / 256)), 1)  # 1.8 to 1 / 256


def test_white_black_and_gray_stay_neutral():
    gray = np.repeat(np.arange(0, 65536, 257, dtype=np.uint16), 3).reshape(1, -1, 3)
    for profile in PROFILES.values():
        deep = read_image(png_of_words(gray, 2, iccp(profile)))
        assert (deep == deep[..., :1]).all()
        assert deep[0, 0, 0] == 0
        assert deep[0, -1, 0] == 65535
    np.testing.assert_array_equal(read_image(png_of_words(gray, 2, iccp(P3))), gray)


CURVES = {  # closed forms of the specification
    "identity": (b"curv\0\0\0\0" + bytes(4), lambda x: x),
    "table": (table_curve(np.linspace(0, 1, 4096) ** 1.5), lambda x: x**1.5),
    "type 0": (parametric_curve(0, 1.5), lambda x: x**1.5),
    "type 1": (parametric_curve(1, 2, 1.25, -0.25), lambda x: np.where(x >= 0.2, (1.25 * x - 0.25) ** 2, 0)),
    "type 2": (
        parametric_curve(2, 2, 1.125, -0.25, 0.125),
        lambda x: np.where(x >= 2 / 9, (1.125 * x - 0.25) ** 2, 0) + 0.125,
    ),
    "type 3": (SRGB_CURVE, decoded_srgb),
    "type 4": (
        parametric_curve(4, 2, 0.75, 0, 0.25, 0.25, 0.125, 0.0625),
        lambda x: np.where(x >= 0.25, (0.75 * x) ** 2 + 0.125, 0.25 * x + 0.0625),
    ),
}


@pytest.mark.parametrize("name", CURVES)
def test_curves_of_every_type(name):
    tag, form = CURVES[name]
    image = read_image(with_pillow(DEEP_GRAY, "PNG", icc_profile=gray_profile(tag)))
    assert_near(image, 65535 * encoded_srgb(form(DEEP_GRAY / 65535)), 16)  # parameters are rounded to 1 / 65536


def test_gray_may_be_told_as_lightness():
    identity = gray_profile(b"curv\0\0\0\0" + bytes(4), pcs=b"Lab ")
    image = read_image(with_pillow(np.full((2, 2), 128, np.uint8), "PNG", icc_profile=identity))
    lightness = 100 * 128 / 255
    assert_near(image, np.full((2, 2), 255 * encoded_srgb(((lightness + 16) / 116) ** 3)), 0.5)


def test_gray_pixels_with_a_profile_of_rgb_follow_its_curve():
    image = read_image(with_pillow(GRAY, "PNG", icc_profile=ADOBE))
    assert_near(image, 255 * encoded_srgb((GRAY / 255) ** GAMMA), 0.51)


# Alpha


def test_alpha_is_kept():
    faint = RGBA.copy()
    faint[..., 3] = np.arange(35).reshape(5, 7) % 2  # a step of alpha, not a mask
    for pixels, data in (
        (RGBA, with_pillow(RGBA, "PNG", icc_profile=P3)),
        (faint, with_pillow(faint, "PNG", icc_profile=P3)),
        (RGBA, webp(RGBA, P3)),
        (RGBA, with_tifffile(RGBA, photometric="rgb", extrasamples=["unassalpha"], iccprofile=P3)),
        (DEEP_RGBA, png_of_words(DEEP_RGBA, 6, iccp(P3))),
    ):
        image = read_image(data)
        np.testing.assert_array_equal(image[..., 3], pixels[..., 3])
        assert_near(image[..., :3], truth("Display P3", pixels[..., :3]), 1 if pixels.dtype == np.uint8 else 8)


def test_gray_with_alpha():
    image = Image.merge("LA", [Image.fromarray(GRAY), Image.fromarray(RGBA[..., 3])])
    pixels = read_image(with_pillow(image, "PNG", icc_profile=GRAY_18))
    np.testing.assert_array_equal(pixels[..., 3], RGBA[..., 3])
    for channel in range(3):
        assert_near(pixels[..., channel], 255 * encoded_srgb((GRAY / 255) ** (461 / 256)), 1)


# CMYK and lookup tables


def test_ink_is_seen_as_its_profile_says():
    expected = by_littlecms(INK, PAPER, "CMYK")
    assert np.abs(expected.astype(int) - LIGHT).max() > 20
    tiff = with_pillow(Image.fromarray(INK, "CMYK"), "TIFF", icc_profile=PAPER)
    assert_near(read_image(tiff), expected, 0)
    np.testing.assert_array_equal(read_image(tiff, color_profile="ignore"), LIGHT)
    options = {"quality": 100, "subsampling": 0, "icc_profile": PAPER}
    assert_near(read_image(with_pillow(Image.fromarray(INK, "CMYK"), "JPEG", **options)), expected, 3)
    inverted = with_pillow(Image.fromarray(255 - INK, "CMYK"), "JPEG", **options)
    assert_near(read_image(without_adobe_marker(inverted)), expected, 3)


def test_a_lookup_table_is_applied_to_eight_bits_and_to_sixteen_with_a_warning():
    expected = by_littlecms(RGB, SCANNER)
    assert_near(read_image(with_pillow(RGB, "PNG", icc_profile=SCANNER)), expected, 0)
    with pytest.warns(ImageValueWarning, match="'made' is a lookup table, which is applied with 8 bits"):
        image = read_image(png_of_words(RGB.astype(np.uint16) * 257, 2, iccp(SCANNER)))
    np.testing.assert_array_equal(image, expected.astype(np.uint16) * 257)
    ink = with_tifffile(INK.astype(np.uint16) * 257, photometric="separated", iccprofile=PAPER)
    with pytest.warns(ImageValueWarning, match="lookup table"):
        image = read_image(ink)
    np.testing.assert_array_equal(image, by_littlecms(INK, PAPER, "CMYK").astype(np.uint16) * 257)


# sRGB, broken profiles, raise


SRGB_PROFILES = {
    "parametric": SRGB,
    "table": rgb_profile("sRGB", table_curve(decoded_srgb(np.linspace(0, 1, 1024)))),
    "of littleCMS": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
}


@pytest.mark.parametrize("name", SRGB_PROFILES)
@pytest.mark.parametrize("color_profile", ["convert", "ignore", "raise"])
def test_srgb_is_left_alone_bit_for_bit(name, color_profile):
    options = {"color_profile": color_profile}
    data = with_pillow(RGB, "PNG", icc_profile=SRGB_PROFILES[name])
    np.testing.assert_array_equal(read_image(data, **options), RGB)
    np.testing.assert_array_equal(read_image(with_pillow(RGB, "PNG"), **options), RGB)
    deep = png_of_words(DEEP_RGB, 2, iccp(SRGB_PROFILES[name]))
    np.testing.assert_array_equal(read_image(deep, **options), DEEP_RGB)
    gray = with_pillow(GRAY, "PNG", icc_profile=gray_profile(SRGB_CURVE))
    np.testing.assert_array_equal(read_image(gray, **options), GRAY)


def without_tag(profile, kind):
    return profile.replace(kind, b"none")


UNUSABLE = {
    "no profile": (b"not a profile at all", "it is broken: no ICC profile"),
    "cut off": (P3[:-40], "it is broken: it ends after"),
    "tag outside": (P3.replace(b"bTRC" + P3[P3.index(b"bTRC") + 4 :][:4], b"bTRC\x7f\0\0\0"), "lies outside"),
    "no curve": (without_tag(P3, b"gTRC"), "it has no tag gTRC"),
    "no primary": (without_tag(P3, b"gXYZ"), "it has no tag gXYZ"),
    "unknown curve": (rgb_profile("Display P3", parametric_curve(9, 1)), "a curve of unknown type 9"),
    "falling curve": (rgb_profile("Display P3", table_curve(np.linspace(1, 0, 9))), "does not rise"),
    "flat curve": (rgb_profile("Display P3", gamma_curve(0)), "does not rise"),
    "infinite curve": (rgb_profile("Display P3", parametric_curve(0, -2)), "a curve without a power"),
    "curve of large values": (rgb_profile("Display P3", parametric_curve(1, 9, 30000, 0)), "does not rise"),
    "short table": (rgb_profile("Display P3", b"curv\0\0\0\0" + struct.pack(">I", 900)), "it is broken: "),
    "other ink": (PAPER, "a profile of CMYK and does not fit RGB pixels"),
    "gray": (GRAY_18, "a profile of GRAY and does not fit RGB pixels"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_profile_that_cannot_be_used_is_named_and_the_pixels_are_kept(name):
    profile, message = UNUSABLE[name]
    data = with_tifffile(RGB, photometric="rgb", iccprofile=profile)
    with pytest.warns(ImageValueWarning, match=message):
        np.testing.assert_array_equal(read_image(data), RGB)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(read_image(data, color_profile="ignore"), RGB)
    with pytest.raises(ImageReadError, match="expected pixels in sRGB, got"):
        read_image(data, color_profile="raise")


def test_ink_with_a_profile_of_rgb_is_taken_without_it():
    with pytest.warns(ImageValueWarning, match="a profile of RGB and does not fit CMYK pixels"):
        image = read_image(with_pillow(Image.fromarray(INK, "CMYK"), "TIFF", icc_profile=P3))
    np.testing.assert_array_equal(image, LIGHT)


def test_raise_names_file_profile_and_ways_on(tmp_path):
    path = tmp_path / "leaf.png"
    path.write_bytes(with_pillow(RGB, "PNG", icc_profile=P3))
    message = r"leaf.png: expected pixels in sRGB, got the color profile 'made' \(RGB\). color_profile='convert'"
    with pytest.raises(ImageReadError, match=message):
        read_image(path, color_profile="raise")
    assert list(ImageReader(color_profile="raise").find_errors([path, RGB])) == [0]


def test_reader_and_function_agree():
    data = with_pillow(RGB, "PNG", icc_profile=ADOBE)
    for color_profile in ("convert", "ignore"):
        (image,) = ImageReader(color_profile=color_profile).fit_transform([data])
        np.testing.assert_array_equal(image, read_image(data, color_profile=color_profile))


@pytest.mark.parametrize("value", ["srgb", None, True])
def test_other_values_are_refused(value):
    for call in (read_image, lambda image, **options: ImageReader(**options).fit([image])):
        with pytest.raises(ValueError, match="color_profile"):
            call(RGB, color_profile=value)


def test_masks_are_no_colors():
    labels = np.where(GRAY > 128, 255, 0).astype(np.uint8)
    apart = np.zeros((24, 30), np.uint8)
    apart[2:10, 2:12], apart[2:10, 15:28], apart[14:22, 2:28] = 1, 2, 100
    for stored in (labels, apart):
        data = with_pillow(stored, "PNG", icc_profile=GRAY_18)
        np.testing.assert_array_equal(read_mask(data, mask_kind="labels"), stored > 0)
    (mask,) = ImageReader(as_mask=True, mask_kind="labels", color_profile="raise").fit_transform([data])
    np.testing.assert_array_equal(mask, apart > 0)


# What was found


def test_profiles_are_noted_while_somebody_asks():
    with note_profiles() as found:
        read_image(with_pillow(RGB, "PNG", icc_profile=P3))
        read_image(with_pillow(RGB, "PNG", icc_profile=P3), color_profile="ignore")
        read_image(with_pillow(RGB, "PNG", icc_profile=SRGB))
        read_image(with_tifffile(INK, photometric="separated", iccprofile=PAPER))
        read_image(webp(RGB, P3))
        read_image(with_tifffile(DEEP_RGB, photometric="rgb", iccprofile=P3))
    assert found == [FoundProfile("made", is_converted) for is_converted in (True, False, False, True, True, True)]
    with note_profiles() as inside:
        with note_profiles() as innermost:
            read_image(with_pillow(RGB, "PNG", icc_profile=P3))
        for image in (RGB, DEEP_GRAY, Image.fromarray(RGB), with_pillow(RGB, "PNG"), with_pillow(RGB, "JPEG")):
            read_image(image)
    assert (len(innermost), inside) == (1, [])
