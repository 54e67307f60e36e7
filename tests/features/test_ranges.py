"""Functions refuse numbers that their estimators refuse: nobody gets a wrong row, or memory that is not the image's."""

import inspect

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from featkit import RegionMeasurements, region_measurements
from featkit.features.shape import region_measurements_names
from featkit.image import flatten_alpha
from featkit.parameters import Interval, InvalidParameterError
from tests.public_names import public_items

IMAGE = np.random.default_rng(0).integers(0, 256, (40, 40, 4)).astype(np.uint8)
NEEDED = {"image": IMAGE, "mask": IMAGE[..., 3] > 100, "image_shape": (40, 40), "part_colors": np.eye(3)}


def public(module):
    return [item for _, _, item in public_items() if getattr(item, "__module__", "").startswith(module)]


def intervals():
    """Module, parameter, interval of every number that an extractor takes."""
    for item in public("featkit.features"):
        if inspect.isclass(item) and issubclass(item, BaseEstimator):
            for name, constraints in item._parameter_constraints.items():
                for interval in constraints:
                    if isinstance(interval, Interval):
                        yield item.__module__, name, interval


def beyond(interval):
    """Numbers just outside of an interval, and far below."""
    if interval.left is not None:
        yield from (interval.left if interval.closed in ("right", "neither") else interval.left - 1, -3)
    if interval.right is not None:
        yield interval.right if interval.closed in ("left", "neither") else interval.right + 1


CASES = [
    pytest.param(function, name, value, id=f"{function.__name__}-{name}-{value}")
    for module, name, interval in intervals()
    for function in public(module)
    if inspect.isfunction(function) and name in inspect.signature(function).parameters
    for value in beyond(interval)
]


def test_cases_are_found():
    assert len({case.values[0] for case in CASES}) > 35


@pytest.mark.parametrize(("function", "name", "value"), CASES)
def test_a_number_out_of_range_is_refused(function, name, value):
    needed = {key: NEEDED[key] for key in inspect.signature(function).parameters if key in NEEDED}
    with pytest.raises(ValueError, match=name):
        function(**needed, **{name: value})


@pytest.mark.parametrize("background", [-0.1, 1.1, 255, np.nan, "white", None])
def test_a_background_is_a_fraction_of_full_light_or_the_mean(background):
    with pytest.raises(ValueError, match='from 0 to 1 or "mean"'):
        flatten_alpha(IMAGE, background)


def test_pixels_of_unknown_size_leave_what_has_no_unit():
    row = dict(zip(region_measurements_names(), region_measurements(IMAGE, pixel_size=np.nan), strict=True))
    assert np.isnan([row["region_area"], row["region_feret_diameter_max"]]).all()
    assert np.isfinite([row["region_count"], row["region_solidity"], row["region_red"]]).all()
    with pytest.raises(InvalidParameterError, match="pixel_size.* got 0"):
        RegionMeasurements().transform([IMAGE, IMAGE], pixel_size=[1.0, 0.0])
