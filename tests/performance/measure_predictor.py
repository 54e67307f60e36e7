"""Error and speed of the landmark predictor, stage by stage, on a folder of photos with known points.

    python tests/performance/measure_predictor.py FOLDER   # images/ and landmarks.csv with 68 points a face

Trains on 100 faces and tests on the others; the whole picture is the box.
"""

import argparse
import csv
import time
from pathlib import Path

import numpy as np

from featkit import FACE_MIRROR, LandmarkPredictor, normalized_mean_error, read_image


def read_landmarks(folder):
    with Path(folder, "landmarks.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    images = [read_image(Path(folder, "images", row[0])) for row in rows]
    return images, np.array([row[1:] for row in rows], dtype=np.float64)


def measure_predictor(folder, n_train=100):
    """Error over the distance of the outer corners of the eyes, by number of stages, and milliseconds of one pass."""
    images, points = read_landmarks(folder)
    order = np.random.default_rng(0).permutation(len(images))
    train, test = order[:n_train], order[n_train:]
    truth, pictures = points[test], [images[index] for index in test]
    print(f"supervised descent: {n_train} faces to train, {len(test)} to test")
    for n_stages in range(1, 7):
        predictor = LandmarkPredictor(n_stages=n_stages, mirror=FACE_MIRROR, unit=(36, 45), random_state=0)
        start = time.process_time()
        predictor.fit([images[index] for index in train], points[train])
        seconds = time.process_time() - start
        if n_stages == 1:
            sides = np.array([[*image.shape[:2]] * 68 for image in pictures])
            mean = predictor.mean_shape_.ravel() * np.sqrt(sides[:, :1] * sides[:, 1:2]) + (sides - 1) / 2
            print(f"  mean shape: {100 * normalized_mean_error(truth, mean, unit=(36, 45)).mean():.2f} %")
        error = -100 * predictor.score(pictures, truth)
        spent = []
        for picture in pictures:
            start = time.thread_time()
            predictor.predict([picture])
            spent.append(time.thread_time() - start)
        print(
            f"  {n_stages} stages: {error:.2f} %, {1000 * np.median(spent):.1f} ms a face, trained in {seconds:.0f} s"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="images/ and landmarks.csv (image, row_00, col_00, ...)")
    measure_predictor(parser.parse_args().folder)


if __name__ == "__main__":
    main()
