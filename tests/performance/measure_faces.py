"""Detection rate and error of the landmarks on a folder of annotated faces, and false boxes where there is no face.

    python tests/performance/measure_faces.py FOLDER

FOLDER holds landmarks.csv (image, row_00, col_00, ... row_67, col_67, counted from 0) and the images in images/.
The error is the mean distance of the 68 points from the annotated ones, in percent of the distance between the outer
corners of the eyes. dlib's model of 68 points was trained on the faces of 300-W: on these this measures what is done
around the model, not how well the model generalises.
"""

import argparse
import csv
from pathlib import Path

import cv2
import dlib
import numpy as np
from skimage import data, img_as_ubyte
from skimage.transform import rotate

from featkit import FaceLandmarks, detect_faces, read_image
from featkit.faces.description import eye_aspect_ratio
from featkit.faces.landmarks import face_landmarks, find_model

FACE_FREE = (
    *("binary_blobs", "brick", "camera", "checkerboard", "chelsea", "clock", "coffee", "coins", "colorwheel", "grass"),
    *("gravel", "horse", "hubble_deep_field", "immunohistochemistry", "logo", "microaneurysms", "moon", "page"),
    *("retina", "rocket", "shepp_logan_phantom", "text"),
)
ANGLES = (30, -30, 90, 180)


def annotated_faces(folder):
    with open(folder / "landmarks.csv", newline="") as file:
        rows = list(csv.reader(file))[1:]
    images = [read_image(folder / "images" / row[0]) for row in rows]
    return images, [np.array(row[1:], dtype=float).reshape(68, 2) for row in rows]


def error(points, truth):
    """Mean distance in percent of that between the outer corners of the eyes."""
    return 100 * np.hypot(*(points - truth).T).mean() / np.hypot(*(truth[45] - truth[36]))


def frames(box, truth):
    """Whether a box is that of the face: its middle lies among the points, and its size is about theirs."""
    low, high = truth.min(axis=0), truth.max(axis=0)
    return (low < box.middle).all() and (box.middle < high).all() and 0.4 < box.side / (high - low).max() < 1.6


def by_hand(detector, predictor, image):
    """The two calls of dlib: the largest face at the size as it is, and its points; None without a face."""
    boxes = detector(image)
    if not boxes:
        return None
    return np.array([(point.y, point.x) for point in predictor(image, max(boxes, key=dlib.rectangle.area)).parts()])


def report_detection(images, truths):
    turned = {angle: [img_as_ubyte(rotate(image, angle, resize=True)) for image in images] for angle in ANGLES}
    dark = [np.rint(image / 4).astype(np.uint8) for image in images]
    for name, pictures in {"upright": images, "quarter of the light": dark, **turned}.items():
        found = [detect_faces(picture) for picture in pictures]
        line = f"detect_faces, {name}: a face in {sum(map(len, found))} of {len(pictures)}"
        if not isinstance(name, int):
            right = sum(frames(box, truth) for boxes, truth in zip(found, truths) for box in boxes)
            line += f", the annotated one in {right}, certain {sum(box.certain for boxes in found for box in boxes)}"
        print(line, flush=True)
    cascade = [detect_faces(image, detector="cascade") for image in images]
    right = sum(frames(box, truth) for boxes, truth in zip(cascade, truths) for box in boxes)
    print(f"detect_faces(detector='cascade'), upright: the annotated face in {right} of {len(images)}", flush=True)
    for detector in ("dlib", "cascade"):
        false = [name for name in FACE_FREE if detect_faces(getattr(data, name)(), detector=detector)]
        print(f"{detector}: boxes in {len(false)} of {len(FACE_FREE)} pictures without a face {false}", flush=True)


def report_errors(images, truths):
    detector = dlib.get_frontal_face_detector()
    predictor = dlib.shape_predictor(str(find_model("landmarks_68").path))
    for light in (1, 0.25):
        errors = {"dlib by hand, one look": [], "average=False": [], "average=True": []}
        for image, truth in zip(images, truths):
            picture = np.rint(light * image).astype(np.uint8)
            hand = by_hand(detector, predictor, picture)
            if hand is None or error(hand, truth) > 50:
                continue  # no face, or another one
            errors["dlib by hand, one look"].append(error(hand, truth))
            errors["average=False"].append(error(face_landmarks(picture, average=False), truth))
            errors["average=True"].append(error(face_landmarks(picture), truth))
        for name, values in errors.items():
            print(f"light {light}, {name}: {np.mean(values):.3f} % (median {np.median(values):.3f}, n {len(values)})")
    boxed = []
    for image, truth in zip(images, truths):
        boxes = [box for box in detect_faces(image, detector="cascade") if frames(box, truth)]
        boxed += [error(face_landmarks(image, box=box), truth) for box in boxes]
    print(
        f"average=True in the cascade's boxes: {np.mean(boxed):.3f} % (median {np.median(boxed):.3f}, n {len(boxed)})"
    )
    everywhere = []
    for image, truth in zip(images, truths):
        boxes = [box for box in detect_faces(image, which="all") if frames(box, truth)]
        everywhere += [error(face_landmarks(image, box=box), truth) for box in boxes[:1]]
    print(f"average=True wherever the face was found: {np.mean(everywhere):.3f} % (n {len(everywhere)})", flush=True)


def report_turned_errors(images, truths):
    for angle in ANGLES:
        errors = []
        for image, truth in zip(images, truths):
            height, width = image.shape[:2]
            turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1)
            side = int(np.ceil(np.hypot(height, width)))
            turn[:, 2] += (side - width) / 2, (side - height) / 2
            picture = cv2.warpAffine(image, turn, (side, side))
            moved = (truth[:, ::-1] @ turn[:, :2].T + turn[:, 2])[:, ::-1]
            found = error(face_landmarks(picture), moved)
            errors.append(found if found < 50 else np.nan)
        print(f"turned by {angle}: {np.nanmean(errors):.3f} % in {np.isfinite(errors).sum()} faces", flush=True)


def report_openings(images):
    openings = eye_aspect_ratio(FaceLandmarks(average=False).fit_transform(images)).mean(axis=1)
    print(f"eye aspect ratio below 0.2: {(openings < 0.2).sum()} of {np.isfinite(openings).sum()} faces", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    if not (folder / "landmarks.csv").is_file():
        parser.error(f"there is no landmarks.csv in {folder}")
    images, truths = annotated_faces(folder)
    report_detection(images, truths)
    report_errors(images, truths)
    report_turned_errors(images, truths)
    report_openings(images)


if __name__ == "__main__":
    main()
