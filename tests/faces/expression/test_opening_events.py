"""Blinks and openings of the mouth in series of ratios."""

import numpy as np
import pytest

from featkit.faces.expression import opening_events
from featkit.parameters import InvalidParameterError

REST = [0.3] * 40


def blink(depth, n_frames):
    """A smooth dip of a series of open eyes."""
    dip = np.sin(np.pi * (np.arange(n_frames) + 0.5) / n_frames)
    return list(0.3 - depth * dip)


def test_every_blink_is_found_where_it_was_put_whatever_the_eye():
    rng = np.random.default_rng(0)
    for open_eye in (0.18, 0.3, 0.42):  # persons whose eyes differ by more than a blink
        series, middles = [], []
        for _ in range(10):
            series += REST[: rng.integers(20, 40)]
            length = rng.integers(6, 12)
            middles.append(len(series) + length / 2)
            series += blink(0.25, length)
        series = np.array(series + REST) / 0.3 * open_eye + rng.normal(0, 0.01, len(series) + 40)
        events = opening_events(series, "blink", frame_rate=30)
        assert [(event.first + event.last + 1) / 2 for event in events] == pytest.approx(middles, abs=1.5)
        assert all(event.extreme < 0.5 * open_eye for event in events)


def test_squints_and_sleep_are_no_blinks():
    assert opening_events(REST + blink(0.08, 8) + REST, "blink", frame_rate=30) == []
    asleep = REST * 3 + [0.05] * 60 + REST
    assert opening_events(asleep, "blink", frame_rate=30) == []
    (event,) = opening_events(asleep, "blink", frame_rate=30, max_duration=3)
    assert (event.first, event.last, event.duration) == (120, 179, 2.0)


def test_a_ratio_that_trembles_at_the_threshold_is_one_event():
    trembling = REST + [0.18, 0.2, 0.18, 0.205, 0.19, 0.21] + REST
    (event,) = opening_events(trembling, "blink", frame_rate=30)
    assert (event.first, event.last, event.extreme) == (40, 45, 0.18)


def test_openings_of_the_mouth():
    series = [0.02] * 30 + [0.1, 0.3, 0.5, 0.4, 0.25, 0.1] + [0.02] * 30
    (event,) = opening_events(series, "mouth", frame_rate=30)
    assert (event.first, event.last, event.extreme) == (31, 34, 0.5)
    assert opening_events(series, "mouth", frame_rate=30, change=0.6) == []
    assert opening_events(series, "mouth", frame_rate=120) == []  # a thirtieth of a second
    assert len(opening_events(series, "mouth", frame_rate=30, at_rest=0.1)) == 1


def test_gaps_end_an_event():
    series = [*REST, 0.1, 0.1, np.nan, np.nan, 0.1, 0.1, *REST]
    assert [(event.first, event.last) for event in opening_events(series, "blink", frame_rate=30)] == [
        (40, 41),
        (44, 45),
    ]
    assert opening_events([np.nan] * 5, "blink", frame_rate=30, at_rest=0.3) == []
    assert opening_events([], "mouth", frame_rate=30, at_rest=0.1) == []


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"kind": "yawn"}, "'kind'"),
        ({"frame_rate": 0}, "'frame_rate'"),
        ({"change": 0}, "'change'"),
        ({"change": 1.5}, "below 1"),
        ({"min_duration": -1}, "'min_duration'"),
    ],
)
def test_parameters_that_mean_nothing_are_refused(change, match):
    with pytest.raises(InvalidParameterError, match=match):
        opening_events(REST, **{"kind": "blink", "frame_rate": 30, **change})


@pytest.mark.parametrize("ratios", [np.zeros((3, 2)), [0.3, np.inf], [np.nan]])
def test_other_series_are_refused(ratios):
    with pytest.raises(ValueError, match="Expected"):
        opening_events(ratios, "blink", frame_rate=30)
