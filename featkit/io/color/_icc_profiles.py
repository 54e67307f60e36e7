"""What an ICC color profile says: its curves, primaries, and whether it is sRGB (ICC.1:2022)."""

import functools
import io
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from PIL import ImageCms

from ...image.colorspaces import linear_to_srgb

_TO_SRGB = np.linalg.inv(  # linear sRGB of the XYZ of profiles, adapted to D50 (IEC 61966-2-1, Bradford)
    [[0.4360413, 0.3851129, 0.1430458], [0.2224845, 0.7169051, 0.0606104], [0.0139202, 0.0970672, 0.7139126]]
)
_TOLERANCE = 0.004  # of a profile that is called sRGB: one step of 8 bits
_N_PARAMETERS = (1, 3, 4, 5, 7)  # of the types of parametric curves, ICC.1:2022, table 68
_BLACK_POINT_COMPENSATION = 0x2000  # a flag of littleCMS, for which Pillow has a name from 10.3 on

Curve = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)  # one profile is not another: tables are kept for each
class Profile:
    """What a profile says."""

    space: str  # RGB, GRAY, CMYK, or another one of its device
    is_srgb: bool  # values are those of sRGB
    curves: tuple[Curve, ...] = ()  # linear light of encoded values, in [0, 1]; empty of a lookup table
    matrix: np.ndarray | None = None  # linear sRGB of linear light
    luminance: np.ndarray = field(
        default_factory=lambda: np.ones(1)
    )  # what each curve counts for in the luminance of a neutral color


@functools.lru_cache(maxsize=16)
def read_profile(data: bytes) -> Profile:
    """Parse a profile, and raise an error of any kind where it is damaged."""
    if len(data) < 132 or data[36:40] != b"acsp":
        raise ValueError("no ICC profile")
    size, n_tags = int.from_bytes(data[:4], "big"), int.from_bytes(data[128:132], "big")
    if size > len(data) or 132 + 12 * n_tags > len(data):
        raise ValueError(f"it ends after {len(data)} of {size} bytes")
    tags = {}
    for position in range(132, 132 + 12 * n_tags, 12):
        kind, start, length = struct.unpack_from(">4sII", data, position)
        if start + length > len(data):
            raise ValueError(f"its tag {kind!r} lies outside")
        tags[kind] = data[start : start + length]
    space = data[16:20].decode("latin-1").strip()
    has_table = any(kind in tags for kind in (b"A2B0", b"A2B1", b"A2B2"))
    if space == "GRAY":
        curve = _rising_curve(tags.get(b"kTRC", b"no tag kTRC"))
        if data[20:24] == b"Lab ":
            curve = _of_lightness(curve)
        return Profile(space, _is_srgb_curve(curve), (curve,))
    if space == "RGB" and not has_table:
        return _matrix_profile(tags)
    if not has_table:
        raise ValueError(f"it is of {space} and has neither curves nor a lookup table")
    if space in ("RGB", "CMYK"):
        transform_of(data, space)  # raises where littleCMS cannot use it
    return Profile(space, space == "RGB" and description_of(data).lower().startswith("srgb"))


def _matrix_profile(tags: dict[bytes, bytes]) -> Profile:
    missing = [kind for kind in (b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC") if kind not in tags]
    if missing:
        raise ValueError(f"it has no tag {missing[0].decode()}")
    colorants = np.array([struct.unpack_from(">3i", tags[kind], 8) for kind in (b"rXYZ", b"gXYZ", b"bXYZ")]).T / 65536
    curves = tuple(_rising_curve(tags[kind]) for kind in (b"rTRC", b"gTRC", b"bTRC"))
    return profile_of_matrix(_TO_SRGB @ colorants, colorants[1], curves)


def profile_of_matrix(matrix: np.ndarray, luminances: np.ndarray, curves: tuple[Curve, ...]) -> Profile:
    """Profile of the linear sRGB of full red, green and blue, in the columns of a matrix, and their luminances."""
    sums = matrix.sum(axis=1, keepdims=True)
    if np.abs(sums - 1).max() < 0.01:  # the rounding of fixed-point numbers must not tint white
        matrix = matrix / sums
    if not np.isfinite(matrix).all() or abs(np.linalg.det(matrix)) < 1e-6 or luminances.sum() <= 0:
        raise ValueError("its primaries do not span a color space")
    is_srgb = bool(np.abs(matrix - np.eye(3)).max() < _TOLERANCE) and all(map(_is_srgb_curve, curves))
    return Profile("RGB", is_srgb, curves, matrix, luminances / luminances.sum())


def _rising_curve(tag: bytes) -> Curve:
    curve = _curve(tag)
    with np.errstate(all="ignore"):
        light = curve(np.linspace(0, 1, 1025))
    if not (light.min() >= -0.05 and light.max() <= 1.05 and light[0] < light[-1]):  # NaN is none of these
        raise ValueError("it has a curve that does not rise from black to white")
    return curve


def _curve(tag: bytes) -> Curve:
    """Linear light of encoded values: the tags curv and para."""
    if tag[:4] == b"curv":
        (n_entries,) = struct.unpack_from(">I", tag, 8)
        entries = np.frombuffer(tag, ">u2", n_entries, 12).astype(np.float64)
        if n_entries == 1:
            return lambda values: values ** (entries[0] / 256)
        if n_entries == 0:
            return lambda values: values
        places = np.linspace(0, 1, n_entries)
        return lambda values: np.interp(values, places, entries / 65535)
    if tag[:4] != b"para":
        raise ValueError(f"expected a curve, got {tag[:4]!r}")
    (kind,) = struct.unpack_from(">H", tag, 8)
    if kind >= len(_N_PARAMETERS):
        raise ValueError(f"it has a curve of unknown type {kind}")
    given = [value / 65536 for value in struct.unpack_from(f">{_N_PARAMETERS[kind]}i", tag, 12)]
    gamma, a, b = (*given, 1.0, 0.0)[:3] if kind == 0 else given[:3]
    if gamma <= 0:
        raise ValueError("it has a curve without a power")
    slope, start, raised, offset = 0.0, -np.inf, 0.0, 0.0
    if kind in (1, 2):
        if a == 0:
            raise ValueError("it has a curve without slope")
        start = -b / a
    if kind == 2:
        raised = offset = given[3]
    if kind >= 3:
        slope, start = given[3:5]
    if kind == 4:
        raised, offset = given[5:]

    def parametric(values: np.ndarray) -> np.ndarray:
        power = np.maximum(a * values + b, 0) ** gamma + raised
        return np.where(values >= start, power, slope * values + offset)

    return parametric


def _of_lightness(curve: Curve) -> Curve:
    """Luminance, where the curve of a gray profile gives CIE lightness."""

    def luminance(values: np.ndarray) -> np.ndarray:
        ratio = (100 * curve(values) + 16) / 116
        return np.where(ratio > 6 / 29, ratio**3, (ratio - 4 / 29) * 3 * (6 / 29) ** 2)

    return luminance


def _is_srgb_curve(curve: Curve) -> bool:
    values = np.linspace(0, 1, 256)
    return bool(np.abs(encoded_light(curve(values)) - values).max() < _TOLERANCE)


def encoded_light(linear: np.ndarray) -> np.ndarray:
    return linear_to_srgb(np.clip(linear, 0, 1))


@functools.lru_cache(maxsize=8)
def transform_of(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform:
    """Relative colorimetric with black point compensation; among matrix profiles all intents agree."""
    return ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        mode,
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        _BLACK_POINT_COMPENSATION,  # type: ignore[arg-type]  # older versions of Pillow take numbers, newer ones both
    )


def description_of(profile: bytes) -> str:
    """Name of a profile, such as "Display P3"; empty where it cannot be read."""
    try:
        return ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile))).strip()
    except (ImageCms.PyCMSError, OSError):
        return ""
