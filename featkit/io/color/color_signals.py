"""Color spaces that a file names otherwise than by an ICC profile: CICP (H.273), gAMA and cHRM, EXIF."""

import functools
from typing import TypeAlias

import numpy as np
import PIL.Image

from ...exceptions import ImageReadError
from ...image.colorspaces import srgb_to_linear
from ._icc_profiles import Curve, Profile, profile_of_matrix

_Corners: TypeAlias = tuple[tuple[float, float], ...]

INTEROPERABILITY, COLOR_SPACE = 0xA005, 1  # a part of EXIF metadata, and the tag in it that names a color space
_UNSPECIFIED = (0, 2, 3)
_SRGB, _BT2020, _P3_DCI, _P3 = 1, 9, 11, 12
_D65, _DCI_WHITE = (0.3127, 0.3290), (0.314, 0.351)
_PRIMARIES: dict[int, _Corners] = {  # chromaticities of red, green, blue and white, H.273 table 2
    _SRGB: ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06), _D65),
    4: ((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), (0.310, 0.316)),
    5: ((0.64, 0.33), (0.29, 0.60), (0.15, 0.06), _D65),
    6: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    7: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    _BT2020: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _D65),
    _P3_DCI: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _DCI_WHITE),
    _P3: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _D65),
}
_ADOBE_RGB: _Corners = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06), _D65)
_LIKE_SRGB = (1, 6, 13, 14, 15)  # transfer characteristics that cameras and screens use as sRGB's
_HDR = {16: "PQ", 18: "HLG"}
_GAMMAS = {4: 2.2, 5: 2.8, 8: 1.0}
_GAMMA_OF_SRGB = 1 / 2.2
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


@functools.lru_cache(maxsize=8)
def profile_of_cicp(primaries: int, transfer: int) -> Profile | None:
    """Color space that a file names by code points (ITU-T H.273), as PNG's cICP, AVIF and HEIC do.

    Parameters
    ----------
    primaries, transfer : int
        ColourPrimaries and TransferCharacteristics.

    Returns
    -------
    profile : Profile or None
        None where nothing is specified.

    Raises
    ------
    ImageReadError
        When the light is that of a high dynamic range (PQ, HLG), or a code is not known.
    """
    if transfer in _HDR:
        raise ImageReadError(
            f"It has a high dynamic range ({_HDR[transfer]}): how bright its white is, is not said by its pixels. "
            "Save it with a standard range (SDR) in the program that made it, and read that."
        )
    if primaries in _UNSPECIFIED and transfer in _UNSPECIFIED:
        return None
    corners = _PRIMARIES.get(_SRGB if primaries in _UNSPECIFIED else primaries)
    is_srgb = transfer in _LIKE_SRGB or transfer in _UNSPECIFIED
    if corners is None or not (is_srgb or transfer in _GAMMAS):
        raise ImageReadError(
            f"Its color space has the code points {primaries} (primaries) and {transfer} (transfer) of H.273, which "
            "are not known here. Save it as sRGB."
        )
    return _profile(corners, srgb_to_linear if is_srgb else _power(_GAMMAS[transfer]))


@functools.lru_cache(maxsize=8)
def profile_of_gamma(gamma: float | None, chromaticities: tuple[float, ...] | None) -> Profile | None:
    """Color space of a PNG file that names its gamma (gAMA) and its primaries (cHRM).

    Parameters
    ----------
    gamma : float or None
        Exponent of the encoding: 1 / 2.2 and what is within a hundredth of it is taken for sRGB.
    chromaticities : tuple of 8 floats or None
        x and y of white, red, green and blue; None is sRGB's.

    Returns
    -------
    profile : Profile or None
        None where nothing is named.

    Raises
    ------
    ImageReadError
        When the gamma is 0.
    """
    if gamma is None and chromaticities is None:
        return None
    if gamma is not None and gamma <= 0:
        raise ImageReadError("expected a gamma above 0 in its gAMA chunk, got 0. Save it as sRGB.")
    is_srgb = gamma is None or abs(gamma - _GAMMA_OF_SRGB) < 0.01
    corners = _PRIMARIES[_SRGB]
    if chromaticities is not None:
        (white_x, white_y), *colors = zip(chromaticities[::2], chromaticities[1::2], strict=True)
        corners = (*colors, (white_x, white_y))
    return _profile(corners, srgb_to_linear if is_srgb else _power(1 / float(gamma or 1)))


def profile_of_exif(exif: PIL.Image.Exif) -> Profile | None:
    """Adobe RGB (1998) where EXIF metadata name it, by the interoperability index R03 of DCF 2.0; else None.

    Parameters
    ----------
    exif : PIL.Image.Exif
        Of a JPEG. Some cameras name Adobe RGB here alone.

    Returns
    -------
    profile : Profile or None
    """
    try:
        index = str(exif.get_ifd(INTEROPERABILITY).get(COLOR_SPACE, ""))
    except Exception:  # damaged metadata name no color space
        return None
    return _adobe_rgb() if index.startswith("R03") else None


@functools.cache
def _adobe_rgb() -> Profile:
    return _profile(_ADOBE_RGB, _power(563 / 256))


def _power(exponent: float) -> Curve:
    return lambda values: values**exponent


def _profile(corners: _Corners, curve: Curve) -> Profile:
    """Profile of primaries and white by their chromaticities, white becoming sRGB's (relative colorimetric)."""
    colors, white = _xyz_of_full_light(corners)
    srgb, srgb_white = _xyz_of_full_light(_PRIMARIES[_SRGB])
    to_srgb_white = np.linalg.solve(_BRADFORD, np.diag((_BRADFORD @ srgb_white) / (_BRADFORD @ white)) @ _BRADFORD)
    return profile_of_matrix(np.linalg.solve(srgb, to_srgb_white @ colors), colors[1], (curve,) * 3)


def _xyz_of_full_light(corners: _Corners) -> tuple[np.ndarray, np.ndarray]:
    """XYZ of full red, green and blue in the columns of a matrix, and of white."""
    if any(y <= 0 for _, y in corners):
        raise ImageReadError("expected primaries that span a color space, got none. Save it as sRGB.")
    *colors, white = np.array([[x / y, 1, (1 - x - y) / y] for x, y in corners])
    unscaled = np.array(colors).T
    if abs(np.linalg.det(unscaled)) < 1e-6:
        raise ImageReadError("expected primaries that span a color space, got none. Save it as sRGB.")
    return unscaled * np.linalg.solve(unscaled, white), white
