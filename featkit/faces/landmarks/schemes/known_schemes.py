"""The landmark schemes of faces that are known by name."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from ....exceptions import LandmarkFormatError
from ....parameters import check_option
from ._lines import CLOSED, DEFINITIONS, REGION_OF_LINE, UPRIGHT, Definition
from .landmark_scheme import LandmarkScheme

SCHEME_NAMES = tuple(DEFINITIONS)
SCHEME_OF_COUNT = {68: "300w", 5: "dlib", 2: "eyes", 29: "cofw", 98: "wflw", 194: "helen"}
SCHEME_OF_COUNT |= {468: "mediapipe_468", 478: "mediapipe"}


def _made(name: str, definition: Definition) -> LandmarkScheme:
    mirror = np.arange(definition.n_points)
    regions: dict[str, list[int]] = {}
    lines = []
    for line_name, line in definition.lines.items():
        regions.setdefault(REGION_OF_LINE[line_name], []).extend(line)
        lines.append((*line, line[0]) if line_name in CLOSED and len(line) > 2 else line)
        mirror[list(line)] = _mirrored(definition.lines, line_name)
    for left, right in definition.pairs.items():
        mirror[left], mirror[right] = right, left
    return LandmarkScheme(
        name=name,
        n_points=definition.n_points,
        regions={region: sorted(set(points)) for region, points in regions.items()},
        mirror=mirror.tolist(),
        lines=lines,
        counterparts=definition.counterparts,
        eyes=definition.eyes,
        jaw_line=definition.jaw_line,
        chin=definition.jaw_line[definition.chin_place] if definition.jaw_line else None,
        described=definition.described,
    )


def _mirrored(lines: Mapping[str, tuple[int, ...]], name: str) -> list[int]:
    """Points of the mirror image of a line, in the order of its own."""
    if name.startswith("left_"):
        other = lines["right_" + name.removeprefix("left_")]
    elif name.startswith("right_"):
        other = lines["left_" + name.removeprefix("right_")]
    else:
        other = lines[name]
    if name in UPRIGHT or name.endswith("_pupil"):
        return list(other)
    if name in CLOSED:
        return [other[(len(other) // 2 - place) % len(other)] for place in range(len(other))]
    return list(other[::-1])


@lru_cache
def _known_scheme(name: str) -> LandmarkScheme:
    return _made(name, DEFINITIONS[name])


def landmark_scheme(name: str) -> LandmarkScheme:
    """A landmark scheme that is known by name: numbers, mirror pairs and regions of its points.

    Parameters
    ----------
    name : {"300w", "dlib", "retinaface", "eyes", "cofw", "wflw", "lapa", "insightface", "helen", "mediapipe_468", \
"mediapipe"}
        - ``"300w"``: 68 points, of 300-W, Multi-PIE, dlib and face-alignment;
        - ``"dlib"``: dlib's 5 points, the outer and inner corner of the right eye, of the left eye, the base of the
          nose;
        - ``"retinaface"``: the 5 points of RetinaFace, MTCNN, SCRFD and YuNet: eyes, nose, corners of the mouth;
        - ``"eyes"``: the middles of both eyes;
        - ``"cofw"``: 29 points, of COFW and LFPW;
        - ``"wflw"``: 98 points, of WFLW;
        - ``"lapa"``: 106 points, of LaPa and JD-landmark, the contour first;
        - ``"insightface"``: 106 points, of InsightFace's model 2d106det, in an order of its own;
        - ``"helen"``: 194 points, of HELEN;
        - ``"mediapipe"``: 478 points, MediaPipe's mesh with the irises; ``"mediapipe_468"`` without.

    Returns
    -------
    scheme : LandmarkScheme
        Left and right are those of the image.

    Raises
    ------
    InvalidParameterError
        When there is none of that name.

    See Also
    --------
    LandmarkScheme : What it holds; makes one of one's own.
    featkit.display.LandmarkSchemeDisplay : Draws a scheme with its numbers.

    Notes
    -----
    Pictures of all schemes are in the documentation ("Landmark schemes"). Of HELEN's jaw and lips it is not told which
    end comes first: their points are mirrored, but are no counterparts of 300-W's, but for the chin.

    References
    ----------
    Sagonas et al. 2013, "300 faces in-the-wild challenge", doi:10.1109/ICCVW.2013.59; Burgos-Artizzu, Perona and Dollár
    2013, "Robust face landmark estimation under occlusion" (COFW), doi:10.1109/ICCV.2013.191; Wu et al. 2018, "Look at
    boundary" (WFLW), doi:10.1109/CVPR.2018.00227; Liu et al. 2020 (LaPa), doi:10.1609/aaai.v34i07.6832; Le et al. 2012,
    "Interactive facial feature localization" (HELEN), doi:10.1007/978-3-642-33712-3_49; Kartynnik et al. 2019
    (MediaPipe), arXiv:1907.06724.

    Examples
    --------
    >>> from featkit.faces.landmarks import landmark_scheme
    >>> wflw = landmark_scheme("wflw")
    >>> wflw.n_points, wflw.eye_corners, wflw.nose_tip, wflw.mouth_corners, wflw.mirror[:2]
    (98, (60, 64, 68, 72), 54, (76, 82), (32, 31))
    """
    check_option("name", name, SCHEME_NAMES)
    return _known_scheme(name)


def scheme_of(scheme: str | LandmarkScheme) -> LandmarkScheme:
    """The scheme that is meant by a name, or itself."""
    if isinstance(scheme, LandmarkScheme):
        return scheme
    check_option("scheme", scheme, SCHEME_NAMES)
    return _known_scheme(scheme)


def scheme_of_count(n_points: int) -> LandmarkScheme:
    """The scheme that a number of points tells."""
    if n_points not in SCHEME_OF_COUNT:
        raise LandmarkFormatError(
            f"Expected as many landmarks as a known scheme has ({', '.join(map(str, sorted(SCHEME_OF_COUNT)))}), got "
            f"{n_points}: name the scheme, one of {SCHEME_NAMES} or a LandmarkScheme."
        )
    return _known_scheme(SCHEME_OF_COUNT[n_points])
