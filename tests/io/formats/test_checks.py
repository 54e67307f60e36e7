"""What every decoder is asked for, and the refusals that the decoders share."""

import sys

import pytest

from featkit.exceptions import ImageReadError
from featkit.io.formats.checks import (
    Decoded,
    Wanted,
    check_only_page,
    check_pixel_count,
    require_imagecodecs,
    truncated,
)


def test_as_many_pixels_as_allowed_and_no_more():
    check_pixel_count(7, 5, 35)
    with pytest.raises(ImageReadError, match=r"at most max_pixels=34 pixels, got 5 x 7 = 35"):
        check_pixel_count(7, 5, 34)


@pytest.mark.parametrize("page", [None, 0])
def test_the_first_page_is_there_in_every_format(page):
    check_only_page(page, "PNG")


@pytest.mark.parametrize("page", [1, -1])
def test_another_page_of_a_single_image_is_refused(page):
    with pytest.raises(ImageReadError, match=f"got page={page} of a PNG file"):
        check_only_page(page, "PNG")


def test_a_file_that_ends_too_early_is_told_with_its_length():
    error = truncated("JPEG", b"12345", "its end marker")
    assert str(error) == (
        "expected a whole JPEG file, it is truncated: 5 bytes without its end marker. Copy it again from its source."
    )


def test_a_missing_imagecodecs_is_an_error_of_the_file_that_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "imagecodecs", None)
    with pytest.raises(ImageReadError, match=r"It is a TIFF file of 12 bits.*\[formats\]"):
        require_imagecodecs("a TIFF file of 12 bits")


def test_by_default_nothing_is_left_out_and_profiles_are_ignored():
    assert Decoded(None).left_out == ""
    assert Wanted(None, 10, None).color_profile == "ignore"
