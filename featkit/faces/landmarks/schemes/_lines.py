"""The schemes of faces that are known by name, each told by its lines: points in order, part by part.

Lines run from the left of the image to its right; those that are closed (`CLOSED`) start at their left corner and go on
over the top; those that are `UPRIGHT` lie on the middle line, from the top to the bottom. So which point becomes which
in the mirrored image, to which region each belongs and where it lies on a drawn face follow from the lines.
"""

from collections.abc import Mapping
from itertools import chain
from typing import NamedTuple

Points = int | tuple[int, ...]
Lines = dict[str, tuple[int, ...]]
CLOSED = {"left_eye", "right_eye", "outer_lips", "inner_lips", "left_iris", "right_iris"}
UPRIGHT = {"nose_bridge", "nose_tip", "mouth_middle"}
REGION_OF_LINE = {
    **dict.fromkeys(("jaw", "chin"), "jaw"),
    "forehead": "forehead",
    **dict.fromkeys(("nose_bridge", "nose_tip", "nose_base", "nose_outline"), "nose"),
    **dict.fromkeys(("outer_lips", "upper_lip", "lower_lip", "inner_lips", "mouth_corners", "mouth_middle"), "mouth"),
    **{f"{side}_{line}": f"{side}_brow" for side in ("left", "right") for line in ("brow", "brow_below")},
    **{
        f"{side}_{line}": f"{side}_eye"
        for side in ("left", "right")
        for line in ("eye", "eye_corners", "pupil", "iris")
    },
}


class Definition(NamedTuple):
    """A scheme by its lines, with the points of 300-W that its points are, and what it is called in a sentence.

    `pairs` are points at the left that no line holds and those at the right that they become in the mirrored image.
    `jaw_line` is a line from ear to ear on which 300-W's jaw is laid where the scheme marks other points of it, its
    point `chin_place` being the chin; `eyes` are given where 300-W's points of the eyes are not known.
    """

    n_points: int
    lines: Lines
    counterparts: Mapping[int, Points]
    described: str
    eyes: tuple[tuple[int, ...], tuple[int, ...]] | None = None
    pairs: Mapping[int, int] = {}
    jaw_line: tuple[int, ...] = ()
    chin_place: int = 0


def _in_order(*runs: range | tuple[int, ...]) -> dict[int, int]:
    """Counterparts of 300-W's points 0, 1, 2 and so on."""
    return dict(enumerate(chain(*runs)))


def _eyes_and_lips(left_eye: int, right_eye: int, n_lid: int, outer: int, inner: int) -> Lines:
    return {
        "left_eye": tuple(range(left_eye, left_eye + n_lid)),
        "right_eye": tuple(range(right_eye, right_eye + n_lid)),
        "outer_lips": tuple(range(outer, outer + 12)),
        "inner_lips": tuple(range(inner, inner + 8)),
    }


def _renumbered(lines: Lines, numbers: tuple[int, ...]) -> Lines:
    return {name: tuple(numbers[point] for point in line) for name, line in lines.items()}


_MULTI_PIE = {
    "jaw": tuple(range(17)),
    "left_brow": tuple(range(17, 22)),
    "right_brow": tuple(range(22, 27)),
    "nose_bridge": (27, 28, 29, 30),
    "nose_base": (31, 32, 33, 34, 35),
    **_eyes_and_lips(36, 42, 6, 48, 60),
}

# WFLW and LaPa mark the edge of the jaw twice as densely as 300-W, and both edges of the brows.
_DENSE = {
    "jaw": tuple(range(33)),
    "left_brow": tuple(range(33, 38)),
    "left_brow_below": (41, 40, 39, 38),
    "right_brow": tuple(range(42, 47)),
    "right_brow_below": (50, 49, 48, 47),
    "nose_bridge": (51, 52, 53, 54),
}
_WFLW = {
    **_DENSE,
    "nose_base": tuple(range(55, 60)),
    **_eyes_and_lips(60, 68, 8, 76, 88),
    "left_pupil": (96,),
    "right_pupil": (97,),
}
_LAPA = {
    **_DENSE,
    "nose_outline": tuple(range(55, 66)),
    **_eyes_and_lips(66, 75, 8, 84, 96),
    "left_pupil": (74, 104),
    "right_pupil": (83, 105),
}
_WFLW_COUNTERPARTS = _in_order(
    *(range(0, 33, 2), range(33, 38), range(42, 47), range(51, 60)),
    *((60, 61, 63, 64, 65, 67), (68, 69, 71, 72, 73, 75), range(76, 96)),
)
_LAPA_COUNTERPARTS = _in_order(
    *(range(0, 33, 2), range(33, 38), range(42, 47), range(51, 55), (57, 58, 60, 62, 63)),
    *((66, 67, 69, 70, 71, 73), (75, 76, 78, 79, 80, 82), range(84, 104)),
)
# Number of LaPa's points in the order of InsightFace's model 2d106det.
_INSIGHTFACE = (
    *(1, 9, 10, 11, 12, 13, 14, 15, 16, 2, 3, 4, 5, 6, 7, 8, 0),
    *(24, 23, 22, 21, 20, 19, 18, 32, 31, 30, 29, 28, 27, 26, 25, 17),
    *(43, 48, 49, 51, 50, 46, 47, 45, 44, 102, 103, 104, 105, 101, 100, 99, 98, 97),
    *(72, 73, 74, 86, 75, 76, 77, 78, 79, 80, 85, 84, 83, 82, 81),
    *(35, 41, 40, 42, 39, 37, 33, 36, 34, 89, 95, 94, 96, 93, 91, 87, 90, 88),
    *(52, 64, 63, 71, 67, 68, 61, 58, 59, 53, 56, 55, 65, 66, 62, 70, 69, 57, 60, 54, 38, 92),
)
_INSIGHTFACE_COUNTERPARTS = _in_order(
    *((1, 10, 12, 14, 16, 3, 5, 7, 0, 23, 21, 19, 32, 30, 28, 26, 17), (43, 48, 49, 51, 50)),
    *((102, 103, 104, 105, 101), (72, 73, 74, 86, 78, 79, 80, 85, 84)),
    *((35, 41, 42, 39, 37, 36), (89, 95, 96, 93, 91, 90)),
    *((52, 64, 63, 71, 67, 68, 61, 58, 59, 53, 56, 55), (65, 66, 62, 70, 69, 57, 60, 54)),
)

_COFW = {
    "left_brow": (0, 4, 2),
    "left_brow_below": (5,),
    "right_brow": (3, 6, 1),
    "right_brow_below": (7,),
    "left_eye": (8, 12, 10, 13),
    "right_eye": (11, 14, 9, 15),
    "left_pupil": (16,),
    "right_pupil": (17,),
    "nose_tip": (20,),
    "nose_base": (18, 21, 19),
    "outer_lips": (22, 24, 23, 27),
    "mouth_middle": (25, 26),
    "chin": (28,),
}
_COFW_COUNTERPARTS = {
    **{17: 0, 26: 1, 21: 2, 22: 3, 36: 8, 45: 9, 39: 10, 42: 11, 31: 18, 35: 19, 30: 20, 33: 21},
    **{48: 22, 54: 23, 51: 24, 62: 25, 66: 26, 57: 27, 8: 28},
}

# HELEN's brows and eyes start at their inner ends, those of the eye and brow at the right of the image coming first.
_HELEN = {
    "jaw": tuple(range(41)),
    "nose_outline": tuple(range(41, 58)),
    "upper_lip": tuple(range(58, 72)),
    "lower_lip": tuple(range(85, 71, -1)),
    "inner_lips": tuple(range(86, 114)),
    "right_eye": tuple(range(114, 134)),
    "left_eye": (*range(144, 133, -1), *range(153, 144, -1)),
    "right_brow": tuple(range(154, 165)),
    "right_brow_below": tuple(range(173, 164, -1)),
    "left_brow": tuple(range(184, 173, -1)),
    "left_brow_below": tuple(range(185, 194)),
}
_HELEN_COUNTERPARTS = {8: 20, 17: 184, 21: 174, 22: 154, 26: 164, 33: 49, 36: 144, 39: 134, 42: 114, 45: 124}

# MediaPipe has no points of the jaw: the outline of its face from ear to chin, on which 300-W's lie at equal distances.
_MEDIAPIPE = {
    "jaw": (
        *(127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152),
        *(377, 400, 378, 379, 365, 397, 288, 361, 323, 454, 356),
    ),
    "forehead": (162, 21, 54, 103, 67, 109, 10, 338, 297, 332, 284, 251, 389),
    "left_brow": (70, 63, 105, 66, 107),
    "left_brow_below": (46, 53, 52, 65, 55),
    "right_brow": (336, 296, 334, 293, 300),
    "right_brow_below": (285, 295, 282, 283, 276),
    "nose_bridge": (168, 6, 197, 195, 5, 4, 1),
    "nose_base": (98, 97, 2, 326, 327),
    "left_eye": (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    "right_eye": (362, 398, 384, 385, 386, 387, 388, 466, 263, 249, 390, 373, 374, 380, 381, 382),
    "outer_lips": (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146),
    "inner_lips": (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95),
}
_IRISES = {
    "left_pupil": (468,),
    "left_iris": (471, 470, 469, 472),
    "right_pupil": (473,),
    "right_iris": (476, 475, 474, 477),
}
_MEDIAPIPE_COUNTERPARTS: dict[int, Points] = {
    **dict(zip(range(17, 27), (70, 63, 105, 66, 107, 336, 296, 334, 293, 300), strict=True)),
    **{27: (168, 6), 28: (197, 195), 29: 5, 30: 4, 31: 75, 32: 97, 33: 2, 34: 326, 35: 305},
    **dict(zip(range(36, 48), (33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380), strict=True)),
    **dict(zip(range(48, 60), (61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91), strict=True)),
    **dict(zip(range(60, 68), (78, 81, 13, 311, 308, 402, 14, 178), strict=True)),
}
# Vertices of the mesh up to 247 lie at the left or on the middle line; the others repeat those at the left in order.
_MEDIAPIPE_MIDDLE = {0, 1, 2, *range(4, 7), *range(8, 20), 94, 151, 152, 164, 168, 175, 195, 197, 199, 200}
_MEDIAPIPE_LEFT = [vertex for vertex in range(248) if vertex not in _MEDIAPIPE_MIDDLE]
_MEDIAPIPE_PAIRS = dict(zip(_MEDIAPIPE_LEFT, range(248, 468), strict=True))


def _mediapipe(n_points: int, more: Lines) -> Definition:
    described = "MediaPipe's mesh" + (" with the irises" if more else "")
    return Definition(
        n_points,
        _MEDIAPIPE | more,
        _MEDIAPIPE_COUNTERPARTS,
        described,
        pairs=_MEDIAPIPE_PAIRS,
        jaw_line=_MEDIAPIPE["jaw"],
        chin_place=_MEDIAPIPE["jaw"].index(152),
    )


_PUPILS: Lines = {"left_pupil": (0,), "right_pupil": (1,)}
DEFINITIONS = {
    "300w": Definition(68, _MULTI_PIE, _in_order(range(68)), "those of 300-W"),
    "dlib": Definition(
        5,
        {"left_eye_corners": (2, 3), "right_eye_corners": (1, 0), "nose_base": (4,)},
        {33: 4, 36: 2, 39: 3, 42: 1, 45: 0},
        "corners of the right and the left eye, base of the nose",
        eyes=((2, 3), (0, 1)),
    ),
    "retinaface": Definition(
        5,
        {**_PUPILS, "nose_tip": (2,), "mouth_corners": (3, 4)},
        {30: 2, 48: 3, 54: 4},
        "left eye, right eye, nose, corners of the mouth",
        eyes=((0,), (1,)),
    ),
    "eyes": Definition(2, _PUPILS, {}, "left eye, right eye", eyes=((0,), (1,))),
    "cofw": Definition(29, _COFW, _COFW_COUNTERPARTS, "those of COFW and LFPW", eyes=((8, 10), (11, 9))),
    "wflw": Definition(98, _WFLW, _WFLW_COUNTERPARTS, "those of WFLW"),
    "lapa": Definition(106, _LAPA, _LAPA_COUNTERPARTS, "those of LaPa and JD-landmark"),
    "insightface": Definition(
        106, _renumbered(_LAPA, _INSIGHTFACE), _INSIGHTFACE_COUNTERPARTS, "InsightFace's 2d106det"
    ),
    "helen": Definition(194, _HELEN, _HELEN_COUNTERPARTS, "those of HELEN", eyes=((144, 134), (114, 124))),
    "mediapipe_468": _mediapipe(468, {}),
    "mediapipe": _mediapipe(478, _IRISES),
}
