"""What `landmark_geometry` measures: names and points of 300-W, and which of it a scheme has the points for."""

from collections.abc import Sequence

from ...exceptions import shown
from ...parameters import InvalidParameterError
from ..landmarks.scheme import FACE_REGIONS, MEAN_FACE
from ..landmarks.schemes.landmark_scheme import LandmarkScheme
from .aspect_ratios import OPENINGS
from .pose import LEAST_POINTS

# name: the two points, or groups of points of which the middle counts
DISTANCES: dict[str, Sequence[int | Sequence[int]]] = {
    "face_width": (0, 16),
    "cheek_width": (2, 14),
    "jaw_width": (4, 12),
    "chin_width": (6, 10),
    "face_height": (27, 8),
    "left_brow_width": (17, 21),
    "right_brow_width": (22, 26),
    "between_brows": (21, 22),
    "left_brow_to_eye": ((17, 18, 19, 20, 21), (36, 37, 38, 39, 40, 41)),
    "right_brow_to_eye": ((22, 23, 24, 25, 26), (42, 43, 44, 45, 46, 47)),
    "left_eye_width": (36, 39),
    "right_eye_width": (42, 45),
    "between_eyes": (39, 42),
    "over_both_eyes": (36, 45),
    "nose_length": (27, 33),
    "nose_bridge": (27, 30),
    "nose_tip": (30, 33),
    "nose_width": (31, 35),
    "eyes_to_nose": ((36, 39, 42, 45), 33),
    "eyes_to_mouth": ((36, 39, 42, 45), (48, 54)),
    "nose_to_mouth": (33, 51),
    "nose_to_chin": (33, 8),
    "mouth_width": (48, 54),
    "mouth_height": (51, 57),
    "upper_lip": (51, 62),
    "lower_lip": (66, 57),
    "mouth_to_chin": (57, 8),
}

# name: the angle at the middle one of three points
ANGLES = {
    "chin": (6, 8, 10),
    "left_jaw": (2, 4, 6),
    "right_jaw": (10, 12, 14),
    "left_brow": (17, 19, 21),
    "right_brow": (22, 24, 26),
    "nose_tip": (31, 30, 35),
    "nose_base": (31, 33, 35),
    "upper_lip": (48, 51, 54),
    "lower_lip": (48, 57, 54),
    "eyes_at_nose": (36, 30, 45),
    "eyes_at_chin": (36, 8, 45),
    "mouth_at_nose": (48, 30, 54),
}

# Regions whose asymmetry is measured; the jaw stands alone, since its points slide along the outline of a turned head.
ASYMMETRIES = {
    "face": tuple(range(17, 68)),
    "jaw": FACE_REGIONS["jaw"],
    "brows": (*FACE_REGIONS["left_brow"], *FACE_REGIONS["right_brow"]),
    "eyes": (*FACE_REGIONS["left_eye"], *FACE_REGIONS["right_eye"]),
    "nose": FACE_REGIONS["nose"],
    "mouth": FACE_REGIONS["mouth"],
}
PAIRED = (36, 39, 42, 45, 31, 32, 34, 35)  # corners of the eyes, wings of the nose: they tell where a pair lies

POSE = ("pitch", "yaw", "roll")
GROUPS = ("distances", "angles", "openings", "symmetry", "pose")
FAMILIES = dict(zip(GROUPS, ("distance", "angle", "opening", "asymmetry", "pose"), strict=True))


def _measures(scheme: LandmarkScheme) -> dict[str, list[str]]:
    """Names of the measures of every group for which a scheme has the points."""

    def has(*points):
        return all(has(*point) if isinstance(point, Sequence) else point in scheme.known for point in points)

    has_unit = scheme.eyes is not None
    return {
        "distances": [name for name, pair in DISTANCES.items() if has_unit and has(*pair)],
        "angles": [name for name, points in ANGLES.items() if has(*points)],
        "openings": [name for name, points in OPENINGS.items() if has(*points)],
        "symmetry": [name for name, points in ASYMMETRIES.items() if has_unit and has(*PAIRED, *points)],
        "pose": list(POSE) if len(scheme.known & set(MEAN_FACE)) >= LEAST_POINTS else [],
    }


def checked_measures(groups: Sequence[str], scheme: LandmarkScheme) -> dict[str, list[str]]:
    """Names of the measures of the groups that are asked for; groups without any are left out."""
    if isinstance(groups, str) or len(groups) == 0 or len(set(groups)) < len(groups) or not set(groups) <= set(GROUPS):
        raise InvalidParameterError(
            f"The 'groups' parameter must be a sequence of different words among {GROUPS}, got {shown(groups)}."
        )
    names = _measures(scheme)
    found = {group: names[group] for group in groups if names[group]}
    if not found:
        raise InvalidParameterError(
            f'Expected a scheme with points for one of the groups {tuple(groups)}, got "{scheme.name}", which has: '
            f"{tuple(group for group in GROUPS if names[group]) or 'none'}."
        )
    return found
