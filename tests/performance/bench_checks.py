"""What checking the image and the parameters costs a public function, in percent of a call.

    python tests/performance/bench_checks.py

CPU time of one thread, least of several runs: of the checks that a call makes, and of the whole call.
"""

import time

import cv2
import numpy as np
import skimage.data

from featkit import HOG, ColorHistogram, Haralick, LocalBinaryPattern
from featkit.features.binary_patterns import local_binary_pattern
from featkit.features.color import color_histogram
from featkit.features.gradients import hog
from featkit.features.texture import haralick
from featkit.image import check_image
from featkit.parameters import check_parameters

N_REPEATS = 15
PHOTO = skimage.data.astronaut()
DIGIT = cv2.resize(skimage.data.camera(), (28, 28), interpolation=cv2.INTER_AREA)
IMAGES = {
    "512 x 512 photo, uint8": PHOTO,
    "512 x 512 photo, float32": PHOTO.astype(np.float32) / 255,
    "28 x 28 digit, uint8": DIGIT,
    "28 x 28 digit, float64": DIGIT / 255,
}
FUNCTIONS = {hog: HOG, local_binary_pattern: LocalBinaryPattern, color_histogram: ColorHistogram, haralick: Haralick}


def best_times(calls):
    """Least CPU seconds of every call, measured in turn; short ones are repeated so that the clock can tell."""
    counts = []
    for call in calls:
        call()
        start = time.perf_counter()
        call()
        counts.append(max(1, round(0.002 / max(time.perf_counter() - start, 1e-7))))
    best = [np.inf] * len(calls)
    for _ in range(N_REPEATS):
        for k, (call, count) in enumerate(zip(calls, counts)):
            start = time.thread_time()
            for _ in range(count):
                call()
            best[k] = min(best[k], (time.thread_time() - start) / count)
    return best


def main():
    cv2.setNumThreads(1)
    for what, image in IMAGES.items():
        for function, kind in FUNCTIONS.items():
            parameters = kind().get_params()

            def check(image=image, kind=kind, parameters=parameters):
                check_parameters(kind, **parameters)
                check_image(image)

            checks, call = best_times([check, lambda image=image, function=function: function(image)])
            print(
                f"{function.__name__}, {what}: {1e6 * checks:.1f} of {1e6 * call:.0f} us, {100 * checks / call:.1f} %"
            )


if __name__ == "__main__":
    main()
