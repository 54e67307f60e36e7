"""Both faces of a comparison, drawn."""

import pytest
from skimage.data import astronaut

from featkit import FaceLandmarks, compare_faces
from featkit.display import FaceComparisonDisplay

ONE_LOOK = FaceLandmarks(average=False, search=False)


@pytest.fixture(scope="module")
def photo():
    return astronaut()[:256, 96:352]


def test_display_shows_both_faces_and_the_distance(photo):
    found = compare_faces(photo, photo[::-1, ::-1][::-1, ::-1], landmarks=ONE_LOOK)
    display = FaceComparisonDisplay(found).plot()
    assert [axes.get_title() for axes in display.axes_] == ["first", "second", "distance 0.000"]
    assert len(display.axes_[2].lines) == 9 + 9 + 68
