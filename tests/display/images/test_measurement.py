"""Length and width are drawn where they are, and say what the table says."""

import numpy as np
import pytest

from featkit import RegionMeasurements, join_alpha
from featkit.display import MeasurementDisplay
from featkit.exceptions import SubjectNotFoundError


@pytest.fixture
def rectangle():
    """A green bar of 20 x 60 pixels on a transparent background."""
    alpha = np.zeros((80, 120))
    alpha[30:50, 40:100] = 1
    return join_alpha(np.full((80, 120, 3), (0.2, 0.6, 0.3)), alpha)


def test_lines_span_the_object(rectangle):
    display = MeasurementDisplay.from_image(rectangle)
    length, width = display.axes["length"], display.axes["width"]
    assert np.linalg.norm(length[1] - length[0]) == pytest.approx(np.hypot(20, 60), abs=2)
    assert np.linalg.norm(width[1] - width[0]) == pytest.approx(20, abs=0.01)
    assert width[0, 1] == pytest.approx(width[1, 1])  # straight across
    assert display.outline.min(axis=0) == pytest.approx([29.5, 39.5])
    assert display.outline.max(axis=0) == pytest.approx([49.5, 99.5])


def test_numbers_are_those_of_the_measurements(rectangle):
    display = MeasurementDisplay.from_image(rectangle, pixel_size=0.1, unit="cm")
    extractor = RegionMeasurements(pixel_size=0.1)
    table = dict(zip(extractor.get_feature_names_out(), extractor.transform([rectangle])[0]))
    for name, column in {"length": "feret_diameter_max", "width": "feret_diameter_min"}.items():
        assert display.measures[name] == pytest.approx(table[f"region_{column}"])
    texts = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert texts == [f"length {display.measures['length']:.3g} cm", f"width {display.measures['width']:.3g} cm"]


def test_nothing_to_measure_is_an_error(rectangle):
    rectangle[..., 3] = 0
    with pytest.raises(SubjectNotFoundError, match="BackgroundRemover"):
        MeasurementDisplay.from_image(rectangle)


def test_lines_on_pixels_that_are_not_square_span_the_object_in_its_unit():
    alpha = np.zeros((80, 120))
    alpha[20:60, 40:100] = 1  # on pixels of 2 x 1 higher than wide
    image = join_alpha(np.full((80, 120, 3), 0.5), alpha)
    display = MeasurementDisplay.from_image(image, pixel_size=(2, 1), unit="mm")
    width = display.axes["width"]
    assert display.measures["width"] == pytest.approx(60)
    assert width[0, 0] == pytest.approx(width[1, 0])  # along a row, which is the shorter way here
