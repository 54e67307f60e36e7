import numpy as np
import pytest

from featkit import ImageReader, IntensityStatistics, RegionMeasurements, read_image
from featkit.io import channel_union
from featkit.parameters import InvalidParameterError
from tests.io.image_files import with_tifffile

STACK = np.random.default_rng(0).integers(0, 65536, (6, 8, 9)).astype(np.uint16)
NAMES = ["a", "b", "c", "nir", "e", "f"]
FILE = with_tifffile(STACK, ome=True, photometric="minisblack", metadata={"axes": "CYX", "Channel": {"Name": NAMES}})


@pytest.mark.parametrize("extractor", [IntensityStatistics(), RegionMeasurements()])
def test_columns_are_those_of_each_channel_with_its_name(extractor):
    union = channel_union(extractor, ["nir", 5])
    rows = union.fit_transform([FILE, FILE])
    expected = [extractor.fit_transform([read_image(FILE, channel=channel)]) for channel in (3, 5)]
    assert np.array_equal(rows, np.repeat(np.hstack(expected), 2, axis=0), equal_nan=True)
    names = extractor.get_feature_names_out()
    assert union.get_feature_names_out().tolist() == [f"{c}__{n}" for c in ("nir", "channel_5") for n in names]


def test_names_are_given_and_the_reader_is_ones_own():
    reader = ImageReader(max_pixels=72)
    union = channel_union(IntensityStatistics(), {"x": "nir"}, reader=reader)
    assert union.transformer_list[0][1][0].get_params()["max_pixels"] == 72
    assert reader.channels is None
    assert union.fit([FILE]).get_feature_names_out()[0] == "x__intensity_mean"


@pytest.mark.parametrize("channels", [[], ["a", "a"], [1, "channel_1"]])
def test_channels_that_have_no_names_of_their_own_are_refused(channels):
    with pytest.raises(InvalidParameterError, match="distinct channels"):
        channel_union(IntensityStatistics(), channels)
    with pytest.raises(InvalidParameterError, match="channels=None"):
        channel_union(IntensityStatistics(), ["a"], reader=ImageReader(channels=0))
