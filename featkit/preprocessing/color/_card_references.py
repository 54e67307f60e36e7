"""Reference colours of the 24-patch colour card: published for D50, adapted once to the D65 of sRGB."""

import numpy as np
from skimage.color import deltaE_ciede2000, xyz2lab

# CIE L*a*b* (D50, 2 degrees) of the patches in reading order, as the maker of the card published them.
LAB_D50 = {
    "2014": [
        [37.54, 14.37, 14.92], [64.66, 19.27, 17.50], [49.32, -3.82, -22.54],  # dark skin, light skin, blue sky
        [43.46, -12.74, 22.72], [54.94, 9.61, -24.79], [70.48, -32.26, -0.37],  # foliage, blue flower, bluish green
        [62.73, 35.83, 56.50], [39.43, 10.75, -45.17], [50.57, 48.64, 16.67],  # orange, purplish blue, moderate red
        [30.10, 22.54, -20.87], [71.77, -24.13, 58.19], [71.51, 18.24, 67.37],  # purple, yellow green, orange yellow
        [28.37, 15.42, -49.80], [54.38, -39.72, 32.27], [42.43, 51.05, 28.62],  # blue, green, red
        [81.80, 2.67, 80.41], [50.63, 51.28, -14.12], [49.57, -29.71, -28.32],  # yellow, magenta, cyan
        [95.19, -1.03, 2.93], [81.29, -0.57, 0.44], [66.89, -0.75, -0.06],  # white, neutral 8, neutral 6.5
        [50.76, -0.13, 0.14], [35.63, -0.46, -0.48], [20.64, 0.07, -0.46],  # neutral 5, neutral 3.5, black
    ],
    "2005": [
        [37.986, 13.555, 14.059], [65.711, 18.130, 17.810], [49.927, -4.880, -21.905],
        [43.139, -13.095, 21.905], [55.112, 8.844, -25.399], [70.719, -33.397, -0.199],
        [62.661, 36.067, 57.096], [40.020, 10.410, -45.964], [51.124, 48.239, 16.248],
        [30.325, 22.976, -21.587], [72.532, -23.709, 57.255], [71.941, 19.363, 67.857],
        [28.778, 14.179, -50.297], [55.261, -38.342, 31.370], [42.101, 53.378, 28.190],
        [81.733, 4.039, 79.819], [51.935, 49.986, -14.574], [51.038, -28.631, -28.638],
        [96.539, -0.425, 1.186], [81.257, -0.638, -0.335], [66.766, -0.734, -0.504],
        [50.867, -0.153, -0.270], [35.656, -0.421, -1.231], [20.461, -0.079, -0.973],
    ],
}  # fmt: skip
EDITIONS = tuple(LAB_D50)
N_ROWS, N_COLS = 4, 6
N_PATCHES = N_ROWS * N_COLS

_WHITE_D50 = np.array([0.96421, 1.0, 0.82519])
_WHITE_D65 = np.array([0.95047, 1.0, 1.08883])
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_XYZ_OF_RGB = np.array([[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]])


def reference_colors(edition: str) -> np.ndarray:
    """Linear sRGB of the patches in reading order: float64 (24, 3); red of the cyan patch is below 0."""
    light, a, b = np.transpose(LAB_D50[edition])
    y = (light + 16) / 116
    cube_roots = np.column_stack([y + a / 500, y, y - b / 200])  # all patches are above the linear foot of the curve
    cones = cube_roots**3 * _WHITE_D50 @ _BRADFORD.T
    xyz = cones * (_BRADFORD @ _WHITE_D65 / (_BRADFORD @ _WHITE_D50)) @ np.linalg.inv(_BRADFORD).T
    return xyz @ np.linalg.inv(_XYZ_OF_RGB).T


def luminance(linear: np.ndarray) -> np.ndarray:
    """CIE Y of linear sRGB (..., 3)."""
    return linear @ _XYZ_OF_RGB[1]


def color_difference(linear: np.ndarray, other: np.ndarray) -> np.ndarray:
    """CIEDE2000 of linear sRGB (..., 3), values outside [0, 1] included."""
    return deltaE_ciede2000(*(xyz2lab(colors @ _XYZ_OF_RGB.T) for colors in (linear, other)))
