"""Blinks and openings of the mouth: events in the eye and mouth aspect ratios of a video."""

from numbers import Real
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ...parameters import Interval, InvalidParameterError, check_number, check_option

KINDS = ("blink", "mouth")
_POSITIVE = Interval(Real, 0, None, closed="neither")
# Of the way from the ratio at rest to the largest change: from where an event begins and to where it must come back.
_BEGINS, _ENDS = 1.0, 0.6
_AT_REST = {"blink": 75, "mouth": 25}  # percentile of a recording: eyes are mostly open, mouths mostly closed
_CHANGE = {"blink": 0.35, "mouth": 0.2}  # of the open eye's ratio; of the mouth's ratio itself
_DURATIONS = {"blink": (0.05, 0.5), "mouth": (0.1, np.inf)}  # seconds


class OpeningEvent(NamedTuple):
    """A blink or an opening of the mouth.

    Attributes
    ----------
    first, last : int
        First and last frame.
    duration : float
        Seconds from the beginning of the first frame to the end of the last one.
    extreme : float
        The least ratio of a blink, the largest of a mouth.
    """

    first: int
    last: int
    duration: float
    extreme: float


def opening_events(
    ratios: ArrayLike,
    kind: str,
    *,
    frame_rate: float,
    at_rest: float | None = None,
    change: float | None = None,
    min_duration: float | None = None,
    max_duration: float | None = None,
) -> list[OpeningEvent]:
    """Blink detection and openings of the mouth: events in the eye or mouth aspect ratio (EAR, MAR) of a video.

    Parameters
    ----------
    ratios : array-like (n_frames,)
        Of one eye, of the mean of both eyes, or of the mouth, in order; NaN where there is no face.
    kind : {"blink", "mouth"}
        Whether events are below or above the ratio at rest.
    frame_rate : float > 0
        Frames per second.
    at_rest : float or None, default=None
        Ratio of the open eye or of the closed mouth of this person, such as the median over some seconds of a neutral
        face. None: the percentile 75 ("blink") or 25 ("mouth") of `ratios`, which is right where eyes are open and the
        mouth is closed for most of the time.
    change : float > 0 or None, default=None
        How far the ratio must go from rest: a fraction of `at_rest` for "blink", below 1, None being 0.35; a ratio for
        "mouth", None being 0.2. An event ends where the ratio has come back to 0.6 of the way (hysteresis).
    min_duration, max_duration : float > 0 or None, default=None
        Shortest and longest event in seconds; None: 0.05 to 0.5 for "blink", from 0.1 on for "mouth". Eyes that stay
        closed for longer are no blink.

    Returns
    -------
    events : list of OpeningEvent
        In order. A gap (NaN) ends an event; one that begins or ends with the recording or at a gap counts as well.

    Raises
    ------
    ValueError
        When `ratios` are no such series, or hold nothing but NaN and `at_rest` is None.

    See Also
    --------
    featkit.faces.description.eye_aspect_ratio : Ratios of both eyes.
    featkit.faces.description.mouth_aspect_ratio : Ratio of the mouth.
    ExpressionGeometry : Measures of every frame relative to a neutral face.
    featkit.faces.landmarks.smooth_landmarks : Steadies landmarks; it flattens blinks.

    Notes
    -----
    Thresholds are those of this recording and person, since eyes differ more in their ratio than a blink changes it;
    a head that turns or nods changes it, too, so look at the pose beside. An event is a movement: it is no sign of a
    feeling, of tiredness or of attention by itself.

    References
    ----------
    Soukupova and Cech 2016, "Real-time eye blink detection using facial landmarks".

    Examples
    --------
    >>> from featkit.faces.expression import opening_events
    >>> opening_events([0.3] * 30 + [0.2, 0.08, 0.1, 0.22] + [0.31] * 30, "blink", frame_rate=30)
    [OpeningEvent(first=30, last=33, duration=0.13333333333333333, extreme=0.08)]
    """
    check_option("kind", kind, KINDS)
    check_number("frame_rate", frame_rate, _POSITIVE)
    series = np.asarray(ratios, dtype=np.float64)
    if series.ndim != 1 or np.isinf(series).any():
        raise ValueError(f"Expected a ratio for every frame, finite or NaN, got an array of shape {series.shape}.")
    shortest, longest = (
        default if given is None else given
        for given, default in zip((min_duration, max_duration), _DURATIONS[kind], strict=True)
    )
    change = _CHANGE[kind] if change is None else change
    for name, value in (("change", change), ("min_duration", shortest), ("max_duration", longest)):
        if not value > 0:
            raise InvalidParameterError(f"The {name!r} parameter must be a number above 0, got {value!r}.")
    if kind == "blink" and change >= 1:
        raise InvalidParameterError(f"The 'change' parameter must be a fraction below 1 for blinks, got {change!r}.")
    if at_rest is None:
        if np.isnan(series).all():
            raise ValueError("Expected ratios of some frames, or at_rest, got nothing but NaN.")
        at_rest = float(np.nanpercentile(series, _AT_REST[kind]))
    away = (1 - series / at_rest) / change if kind == "blink" else (series - at_rest) / change
    events = []
    for first, last in _runs(away):
        part = series[first : last + 1]
        extreme = float(part.min() if kind == "blink" else part.max())
        duration = (last + 1 - first) / frame_rate
        if shortest - 1e-9 <= duration <= longest + 1e-9:
            events.append(OpeningEvent(first, last, duration, extreme))
    return events


def _runs(away: np.ndarray) -> list[tuple[int, int]]:
    """First and last frame of every run that reaches 1 and stays above the way back; NaN ends it."""
    runs, first = [], None
    for frame, value in enumerate(away.tolist()):
        if first is None and value >= _BEGINS:
            first = frame
        elif first is not None and not value >= _ENDS:
            runs.append((first, frame - 1))
            first = None
    return runs if first is None else [*runs, (first, len(away) - 1)]
