"""Cost of faces beside dlib by hand, of averaging, and of detection on two threads; run as a script."""

import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import cv2
import dlib
import numpy as np
from skimage.data import astronaut

from featkit import FaceAligner, FaceLandmarks, detect_faces
from featkit.exceptions import ModelLicenseWarning
from featkit.faces.landmarks import find_model


def best_times(*functions, rounds=10):
    """Least CPU milliseconds of each function on one thread; they take turns."""
    best = [float("inf")] * len(functions)
    for _ in range(rounds):
        for index, function in enumerate(functions):
            start = time.thread_time()
            function()
            best[index] = min(best[index], 1000 * (time.thread_time() - start))
    return best


def detections_per_second(images, n_threads):
    with ThreadPoolExecutor(n_threads) as pool:
        list(pool.map(detect_faces, images))  # every thread makes its detector
        start = time.perf_counter()
        list(pool.map(detect_faces, images))
        return len(images) / (time.perf_counter() - start)


def main():
    """Print the ratios."""
    cv2.setNumThreads(1)
    warnings.simplefilter("ignore", ModelLicenseWarning)
    image = astronaut()
    detector = dlib.get_frontal_face_detector()
    predictor = dlib.shape_predictor(str(find_model("landmarks_68").path))
    single, averaged = FaceLandmarks(average=False), FaceLandmarks()
    five = FaceAligner(height=112, width=96, landmarks=FaceLandmarks(n_points=5, average=False))
    tilted = np.rot90(image)
    nothing = np.ascontiguousarray(image[256:])

    def by_hand():
        return predictor(image, max(detector(image), key=dlib.rectangle.area)).parts()

    functions = {
        "dlib by hand, detect + 68 points": by_hand,
        "FaceLandmarks(average=False)": lambda: single.transform([image]),
        "FaceLandmarks()": lambda: averaged.transform([image]),
        "FaceLandmarks(), head lying": lambda: averaged.transform([tilted]),
        "FaceAligner, 5 points": lambda: five.transform([image]),
        "detect_faces": lambda: detect_faces(image),
        'detect_faces(which="all")': lambda: detect_faces(image, which="all"),
        "detect_faces, no face, 256 x 512": lambda: detect_faces(nothing),
        'detect_faces(detector="cascade")': lambda: detect_faces(image, detector="cascade"),
    }
    for function in functions.values():
        function()
    times = best_times(*functions.values())
    for name, milliseconds in zip(functions, times):
        print(f"{name}, 512 x 512: {milliseconds:.1f} ms, {milliseconds / times[0]:.2f} times dlib by hand")
    ratios = []
    for _ in range(5):
        one, two = (detections_per_second([image] * 16, n_threads) for n_threads in (1, 2))
        ratios.append(two / one)
    print(f"detection on two threads: {np.median(ratios):.2f} times as many (wall clock, best {max(ratios):.2f})")


if __name__ == "__main__":
    main()
