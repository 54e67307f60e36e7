"""Texture features beside scikit-image, mahotas and OpenCV: best CPU time of several alternating runs."""

import functools
import time

import cv2
import mahotas
import numpy as np
import skimage.data
import skimage.feature
import skimage.filters
from kymatio.scattering2d.frontend.numpy_frontend import ScatteringNumPy2D
from skimage.transform import integral_image

from featkit import LocalBinaryPattern, Scattering
from featkit.features.binary_patterns import local_binary_pattern, local_ternary_pattern, multi_block_lbp
from featkit.features.frequency import gabor_amplitudes, scattering
from featkit.features.texture import haralick

N_REPEATS = 9
PHOTO = skimage.data.camera()
LIGHT = PHOTO.astype(np.float32) / 255
DIGITS = np.ascontiguousarray(PHOTO[:504, :504].reshape(18, 28, 18, 28).swapaxes(1, 2).reshape(-1, 28, 28))


def skimage_patterns(image, n_points, radius, method, n_labels):
    codes = skimage.feature.local_binary_pattern(image, n_points, radius, method)
    return np.bincount(codes.astype(np.uint8).ravel(), minlength=n_labels)


def skimage_blocks(image, size):
    integral = integral_image(image)
    rows, cols = (range(side - 3 * size + 1) for side in image.shape)
    return [skimage.feature.multiblock_lbp(integral, row, col, size, size) for row in rows for col in cols]


def opencv_gabor(image, frequency, orientations):
    sigma = 0.5622 / frequency
    side = 2 * int(np.ceil(3 * sigma)) + 1
    for k in range(orientations):
        for phase in (0, np.pi / 2):
            kernel = cv2.getGaborKernel((side, side), sigma, np.pi * k / orientations, 1 / frequency, 1, phase)
            cv2.filter2D(image, cv2.CV_32F, kernel)


def skimage_gabor(image, frequency, orientations):
    for k in range(orientations):
        skimage.filters.gabor(image, frequency, theta=np.pi * k / orientations)


@functools.cache  # its filters take longer to make than all runs together
def kymatio_scattering(n_octaves, shape):
    return ScatteringNumPy2D(J=n_octaves, shape=shape, L=8)


CASES = (
    (
        "lbp 8 points, radius 1, uniform (512 x 512)",
        lambda: local_binary_pattern(PHOTO),
        ("skimage", lambda: skimage_patterns(PHOTO, 8, 1, "uniform", 10)),
        ("mahotas", lambda: mahotas.features.lbp(PHOTO, 1, 8)),
    ),
    (
        "lbp 16 points, radius 2, uniform (512 x 512)",
        lambda: local_binary_pattern(PHOTO, n_points=16, radius=2),
        ("skimage", lambda: skimage_patterns(PHOTO, 16, 2, "uniform", 18)),
    ),
    (
        "lbp 24 points, radius 3, uniform (512 x 512)",
        lambda: local_binary_pattern(PHOTO, n_points=24, radius=3),
        ("skimage", lambda: skimage_patterns(PHOTO, 24, 3, "uniform", 26)),
    ),
    (
        "lbp 8 points, nri_uniform, grid 8 x 8 (512 x 512; peer without grid)",
        lambda: local_binary_pattern(PHOTO, method="nri_uniform", grid=(8, 8)),
        ("skimage", lambda: skimage_patterns(PHOTO, 8, 1, "nri_uniform", 59)),
    ),
    (
        "lbp 8 points, uniform (324 of 28 x 28)",
        lambda: LocalBinaryPattern().transform(DIGITS),
        ("skimage", lambda: [skimage_patterns(digit, 8, 1, "uniform", 10) for digit in DIGITS]),
    ),
    (
        "ltp 8 points, radius 1 (512 x 512; peer: two binary patterns)",
        lambda: local_ternary_pattern(PHOTO),
        ("skimage", lambda: [skimage_patterns(PHOTO, 8, 1, "uniform", 10) for _ in range(2)]),
    ),
    (
        "multi-block lbp, blocks of 3 (128 x 128)",
        lambda: multi_block_lbp(PHOTO[:128, :128], method="default"),
        ("skimage", lambda: skimage_blocks(PHOTO[:128, :128], 3)),
    ),
    (
        "haralick 256 levels (512 x 512)",
        lambda: haralick(PHOTO, n_levels=256),
        ("mahotas", lambda: mahotas.features.haralick(PHOTO, return_mean_ptp=True)),
    ),
    (
        "haralick 32 levels (512 x 512)",
        lambda: haralick(PHOTO),
        ("mahotas", lambda: mahotas.features.haralick(PHOTO >> 3, return_mean_ptp=True)),
    ),
    (
        "haralick 32 levels (28 x 28)",
        lambda: haralick(DIGITS[100]),
        ("mahotas", lambda: mahotas.features.haralick(DIGITS[100] >> 3, return_mean_ptp=True)),
    ),
    (
        "gabor frequency 0.25, 6 orientations (512 x 512)",
        lambda: gabor_amplitudes(PHOTO, frequency=0.25),
        ("cv2.filter2D", lambda: opencv_gabor(LIGHT, 0.25, 6)),
        ("skimage", lambda: skimage_gabor(LIGHT, 0.25, 6)),
    ),
    (
        "gabor frequency 0.0625, 6 orientations (512 x 512)",
        lambda: gabor_amplitudes(PHOTO, frequency=0.0625),
        ("cv2.filter2D", lambda: opencv_gabor(LIGHT, 0.0625, 6)),
    ),
    (
        "scattering 2 octaves, 8 orientations (324 of 28 x 28, at once)",
        lambda: Scattering().transform(DIGITS),
        ("kymatio", lambda: kymatio_scattering(2, (28, 28))(DIGITS.astype(np.float32) / 255)),
    ),
    (
        "scattering 3 octaves, 8 orientations (512 x 512)",
        lambda: scattering(PHOTO, n_octaves=3),
        ("kymatio", lambda: kymatio_scattering(3, (512, 512))(LIGHT)),
    ),
)


def milliseconds(function):
    start = time.process_time()
    function()
    return 1e3 * (time.process_time() - start)


def main():
    cv2.setNumThreads(1)
    for name, ours, *peers in CASES:
        ours()  # compiles
        runs = [(milliseconds(ours), *(milliseconds(peer) for _, peer in peers)) for _ in range(N_REPEATS)]
        own_time, *peer_times = np.min(runs, axis=0)
        for (peer, _), peer_time in zip(peers, peer_times):
            print(f"{name}: ours {own_time:.2f} ms, {peer} {peer_time:.2f} ms, ratio {peer_time / own_time:.1f}")


if __name__ == "__main__":
    main()
