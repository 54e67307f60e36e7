import numpy as np
import pytest

from featkit import read_image
from featkit.exceptions import ImageReadError
from featkit.io.stacks.channels import channel_positions, check_channels, combined, select_channels
from featkit.parameters import InvalidParameterError

SIX = np.random.default_rng(0).integers(0, 256, (4, 5, 6)).astype(np.uint8)


def test_a_number_or_name_gives_one_channel_and_three_give_rgb():
    assert np.array_equal(select_channels(SIX, 4), SIX[..., 4])
    assert np.array_equal(select_channels(SIX, "nir", ["a", "b", "c", "nir", "e", "f"]), SIX[..., 3])
    rgb = select_channels(SIX, (5, None, "b"), list("abcdef"))
    assert np.array_equal(rgb, np.stack([SIX[..., 5], np.zeros((4, 5), np.uint8), SIX[..., 1]], axis=2))


@pytest.mark.parametrize(("name", "position"), [("red", 0), ("Blue", 2), ("alpha", 3), (1, 1)])
def test_colors_have_their_names(name, position):
    rgba = SIX[..., :4]
    assert np.array_equal(read_image(rgba, channel=name), rgba[..., position])


def test_arrays_of_any_number_of_channels_are_read_by_channel_only():
    assert np.array_equal(read_image(SIX, channel=5), SIX[..., 5])
    assert np.array_equal(read_image(SIX[..., 0], channel=0), SIX[..., 0])
    with pytest.raises(ImageReadError, match=r"^expected a channel below 6"):
        read_image(SIX, channel=6)


def test_a_channel_of_truth_values_is_dark_and_full_light():
    assert read_image(SIX > 127, channel=2).tolist() == (255 * (SIX[..., 2] > 127)).tolist()


@pytest.mark.parametrize("wanted", [-1, 1.5, True, (0, 1), (None, None, None), (0, 1, -2), {0}])
def test_what_is_no_channel_is_refused(wanted):
    with pytest.raises(InvalidParameterError, match="'channels' parameter"):
        check_channels("channels", wanted)
    assert check_channels("channels", np.array([2, 1, 0])) == (2, 1, 0)


@pytest.mark.parametrize(("wanted", "names"), [("x", ["a", "b"]), ("a", ["a", "A", "a"]), ("a", [])])
def test_names_that_are_not_those_of_one_channel_are_refused(wanted, names):
    with pytest.raises(ImageReadError, match="expected the name of one channel"):
        channel_positions(wanted, 3, names)
    assert channel_positions("A", 3, ["a", "A", "b"]) == [1]


def test_channels_of_two_sizes_or_dtypes_are_not_combined():
    for other in (np.zeros((4, 4), np.uint8), np.zeros((4, 5), np.uint16)):
        with pytest.raises(ImageReadError, match="one size and dtype"):
            combined([SIX[..., 0], other, None])
