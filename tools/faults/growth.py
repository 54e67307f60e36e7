"""How the time of every extractor grows with the size of hostile masks: it should grow with the number of pixels.

    python tools/faults/growth.py --sides 509 1021 2039

Five masks that are hard on something: a comb and a spiral (outlines that grow with the area), a chessboard of single
pixels and dots (as many components), and noise. Each is the alpha channel of a noisy image; the sides are primes, and
so are many lengths of outlines, on which a Fourier transform may be slow. Printed is the exponent e of CPU time ~
pixels ** e, between the two largest sides and the least of some runs; 1 is linear. Where it is above the bound the line
is marked, and the exit code is 1.
"""

import argparse
import math
import sys
import time
import warnings

import numpy as np
from sklearn.base import clone

import featkit

BOUND = 1.15
LEAST_SECONDS = 0.02  # what takes less is measured too roughly, and is no trouble
STATED = {  # extractor: what docs/tested.md says of it
    "FractalDimensions": "several copies of the image leave the processor's cache",
    "GaborBank": "several copies of the image leave the processor's cache",
    "LawsEnergies": "several copies of the image leave the processor's cache",
    "PowerSpectrum": "a Fourier transform: n log n",
    "Scattering": "Fourier transforms: n log n, and four times as dear a pixel beyond the processor's cache",
    "SkeletonMeasurements": "shortest paths: n log n",
}


def comb(side):
    mask = np.zeros((side, side), dtype=bool)
    mask[1 : side // 8, 1:-1] = True
    mask[1:-1, 1:-1:4] = True
    return mask


def spiral(side):
    row, col = np.mgrid[:side, :side] - (side - 1) / 2
    turns = np.hypot(row, col) / 8 - np.arctan2(row, col) / (2 * math.pi)
    return (turns % 1 < 0.5) & (np.hypot(row, col) < side / 2 - 1)


def chessboard(side):
    return np.indices((side, side)).sum(axis=0) % 2 == 0


def dots(side):
    row, col = np.indices((side, side))
    return (row % 5 < 3) & (col % 5 < 3)


def noise(side):
    return np.random.default_rng(0).random((side, side)) < 0.6


MASKS = (comb, spiral, chessboard, dots, noise)


def image_of(mask):
    """Noise with the mask as alpha."""
    color = np.random.default_rng(1).integers(0, 256, (*mask.shape, 3), dtype=np.uint8)
    return np.dstack([color, np.where(mask, 255, 0).astype(np.uint8)])


def extractors(names):
    """Every public extractor by name, with its defaults."""
    for name in sorted(featkit.__all__):
        kind = getattr(featkit, name)
        is_extractor = isinstance(kind, type) and issubclass(kind, featkit.FeatureExtractor)
        is_left_out = name in ("FeatureExtractor", "ONNXEmbedding")  # this as fast as the network in its file
        if is_extractor and not is_left_out and (not names or name in names):
            yield name, kind(search=False) if name == "FaceLandmarks" else kind()


def seconds_of(extractor, image, n_runs):
    """CPU time of transform, the least of some runs."""
    extractor = clone(extractor).fit([image], [0])
    least = math.inf
    for _ in range(n_runs):
        start = time.process_time()
        extractor.transform([image])
        least = min(least, time.process_time() - start)
    return least


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sides", type=int, nargs=3, default=[251, 509, 1021])
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--only", nargs="*", default=[], help="names of extractors")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    n_above = 0
    for name, extractor in extractors(options.only):
        for make in MASKS:
            try:
                seconds = [seconds_of(extractor, image_of(make(side)), options.runs) for side in options.sides]
            except featkit.exceptions.FeatkitError as error:
                print(f"{name:28} {make.__name__:11} refused: {str(error)[:60]}", flush=True)
                continue
            exponent = math.log(seconds[2] / seconds[1]) / math.log((options.sides[2] / options.sides[1]) ** 2)
            is_above = exponent > BOUND and seconds[2] > LEAST_SECONDS
            n_above += is_above and name not in STATED
            mark = f"  <-- {STATED.get(name, 'above')}" if is_above else ""
            times = " ".join(f"{1000 * second:9.1f}" for second in seconds)
            print(f"{name:28} {make.__name__:11} {times} ms  {exponent:5.2f}{mark}", flush=True)
    sys.exit(n_above > 0)


if __name__ == "__main__":
    main()
