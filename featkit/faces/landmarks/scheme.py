"""The 68 points of a face (the scheme of Multi-PIE and 300-W): its parts, and which point mirrors which.

Left and right are those of the picture: ``left_eye`` is the eye at the picture's left, the person's right one.
"""

FACE_REGIONS: dict[str, tuple[int, ...]] = {
    "jaw": tuple(range(17)),
    "left_brow": tuple(range(17, 22)),
    "right_brow": tuple(range(22, 27)),
    "nose": tuple(range(27, 36)),
    "left_eye": tuple(range(36, 42)),
    "right_eye": tuple(range(42, 48)),
    "mouth": tuple(range(48, 68)),
}

# Point k of a face is point FACE_MIRROR[k] of the mirrored picture.
FACE_MIRROR: tuple[int, ...] = (
    *range(16, -1, -1),
    *range(26, 16, -1),
    *(27, 28, 29, 30, 35, 34, 33, 32, 31),
    *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),
    *(54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55),
    *(64, 63, 62, 61, 60, 67, 66, 65),
)
