"""``featkit compare-faces A B``: compare the faces in two photos: scores, what they mean, and part by part."""

import argparse
from typing import TYPE_CHECKING

import numpy as np

from ...exceptions import shown

if TYPE_CHECKING:
    from ...faces.comparison.comparison import FaceComparison
    from ...faces.comparison.matcher import FaceMatcher
    from ...faces.landmarks.find_faces import FoundFace
    from ...faces.landmarks.schemes.landmark_scheme import LandmarkScheme
    from ...image.checks import Image

NO_PROOF = "No proof of identity: light, pose, age and expression change every score, and error rates differ by group."
# Of the scores of pairs of strangers and of one person the middle 90 %, without any training, as
# tests/performance/measure_face_scores.py prints them: 40 people in one studio.
RANGES = {
    "appearance": ("HOG and LBP", "0.63 to 0.80", "0.76 to 0.93"),
    "hog": ("HOG at landmarks", "0.74 to 0.89", "0.86 to 0.99"),
    "lbp": ("LBP at landmarks", "0.53 to 0.71", "0.66 to 0.89"),
    "geometry": ("landmarks alone", "0.75 to 0.92", "0.78 to 0.97"),
}
NO_MATCH = 3  # exit code
OTHER_POSE = 15  # degrees of pitch or yaw, beyond what the estimate of one pose varies by


def add_command(commands: "argparse._SubParsersAction") -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "compare-faces",
        help="compare the faces in two photos: scores, what they mean, and part by part",
        epilog="examples:\n"
        "  featkit compare-faces one.jpg other.jpg --out faces.png\n"
        "  featkit compare-faces one.jpg group.jpg --face largest --verifier verifier.skops\n"
        "  featkit compare-faces one.jpg other.jpg --landmarks one.json other.json --scheme mediapipe\n\n"
        "Draw the picture: it shows which faces were found. Only a verifier, learnt by featkit train-verifier from\n"
        "photos like yours, gives a verdict; none is shipped. Exit code: 0 compared, with a verifier a match;\n"
        "3 no match by the verifier; 2 a file that cannot be read, or without a face.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("a", metavar="A", help="photo with a face")
    parser.add_argument("b", metavar="B", help="photo with a face")
    parser.add_argument("--out", metavar="FILE", help="also draw both faces and their differences into this file")
    parser.add_argument(
        "--face",
        default="largest",
        metavar="WHICH",
        help="the face that is compared where a photo has several: largest (default), central, or its number in the "
        "list that is printed",
    )
    parser.add_argument(
        "--landmarks", nargs=2, metavar="FILE", help="points of the faces in A and in B, of another detector or by hand"
    )
    parser.add_argument("--scheme", default="300w", metavar="NAME", help="what these are, such as wflw (default: 300w)")
    parser.add_argument("--verifier", metavar="FILE", help="made by featkit train-verifier: gives a verdict")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read both photos, compare, say what the scores mean, draw."""
    from ...faces.comparison.comparison import compare_faces
    from ...faces.landmarks.schemes.known_schemes import scheme_of
    from ...faces.tables.load_matcher import load_matcher
    from ...io.reading import read_image

    _check_face(options.face)
    scheme = scheme_of(options.scheme)
    if scheme.name != "300w" and (options.verifier or not options.landmarks):
        raise ValueError(
            "Expected --scheme together with --landmarks, and without --verifier, which knows 300-W's alone."
        )
    verifier = load_matcher(options.verifier) if options.verifier else None
    images = [read_image(path) for path in (options.a, options.b)]
    found = [
        _faces_in(image, path, file, scheme)
        for image, path, file in zip(images, (options.a, options.b), options.landmarks or (None, None), strict=True)
    ]
    several = max(map(len, found)) > 1
    chosen = [
        0 if several and len(faces) == 1 else _chosen_face(faces, options.face, image.shape, path)
        for faces, image, path in zip(found, images, (options.a, options.b), strict=True)
    ]
    for path, faces, number in zip((options.a, options.b), found, chosen, strict=True):
        _print_faces(path, faces, number)
    if several:
        _print_pairs(images, found, verifier, scheme)
    points = found[0][chosen[0]].points, found[1][chosen[1]].points
    comparison = compare_faces(*images, points=points, verifier=verifier, scheme=scheme)
    _print_scores(comparison)
    _print_parts(comparison)
    code = 0 if verifier is None else _print_verdict(comparison, verifier)
    print(NO_PROOF)
    if options.out:
        from ...display.images.face_comparison import FaceComparisonDisplay

        FaceComparisonDisplay(comparison).plot().figure_.savefig(options.out, dpi=150)
        print(f"The picture is in {options.out}")
    return code


def _check_face(which: str) -> None:
    """Refuse a word that says no face."""
    if which not in ("largest", "central") and not (which.isdecimal() and int(which) > 0):
        raise ValueError(f"Expected --face largest, central or a number from 1 on, got {shown(which)}.")


def _faces_in(image: "Image", path: str, landmarks: str | None, scheme: "LandmarkScheme") -> "list[FoundFace]":
    """The faces of an image, or those that a file of landmarks tells; those that are certain, where there are any."""
    from ...exceptions import SubjectNotFoundError
    from ...faces.landmarks.find_faces import find_faces
    from ...faces.tables._given import given_faces

    faces = find_faces(image) if landmarks is None else given_faces(landmarks, scheme, are_named=False).of(path, image)
    if not faces:
        where = "" if landmarks is None else f" in {landmarks}"
        raise SubjectNotFoundError(f"{path}: expected a face in each image, found none{where}.")
    return [face for face in faces if face.box.certain] or faces[:1]


def _chosen_face(faces: "list[FoundFace]", which: str, shape: tuple[int, ...], path: str) -> int:
    """Place of the face that is asked for."""
    if which == "largest":
        return 0
    if which == "central":
        middle = (np.array(shape[:2]) - 1) / 2
        return int(np.argmin([np.hypot(*(face.box.middle - middle)) for face in faces]))
    if int(which) > len(faces):
        raise ValueError(f"{path}: expected --face from 1 to {len(faces)}, the faces found there, got {which}.")
    return int(which) - 1


def _print_faces(path: str, faces: "list[FoundFace]", chosen: int) -> None:
    print(f"{path}: {len(faces)} face{'s' * (len(faces) > 1)}")
    for index, face in enumerate(faces):
        top, left, bottom, right = (round(edge) for edge in face.box[:4])
        mark = "*" if index == chosen and len(faces) > 1 else " "
        doubt = "" if face.box.certain else ", doubtful"
        told = (
            "" if np.isnan(face.quality) else f", tilt {face.box.angle:.0f}°, quality of landmarks {face.quality:.2f}"
        )
        print(f" {mark}{index + 1}: rows {top} to {bottom}, columns {left} to {right}{told}{doubt}")


def _print_pairs(
    images: "list[Image]",
    found: "list[list[FoundFace]]",
    verifier: "FaceMatcher | None",
    scheme: "LandmarkScheme",
) -> None:
    from ...faces.comparison.descriptions import describe_face, face_similarities

    first, second = (
        [describe_face(image, face.points, scheme=scheme) for face in faces]
        for image, faces in zip(images, found, strict=True)
    )
    if verifier is None:
        table = np.array([[face_similarities(one, other)["appearance"] for other in second] for one in first])
        print("\nSimilarity (HOG and LBP) of all faces of the first photo, in rows, and of the second:")
    else:
        table = verifier.probabilities(first, second)
        print("\nProbability that the faces of the first photo, in rows, and of the second are one person's:")
    print(" " * 4 + "".join(f"{number:>7}" for number in range(1, len(second) + 1)))
    for number, row in enumerate(table, start=1):
        print(f"{number:>4}" + "".join(f"{value:>7.2f}" for value in row))


def _print_scores(comparison: "FaceComparison") -> None:
    if comparison.scheme.name != "300w":
        print(f"\n{'similarity':<20}{'here':>6}   What two strangers reach was not measured with these points.")
        for name, (label, *_) in RANGES.items():
            print(f"{label:<20}{comparison.similarities[name]:>6.2f}")
        return
    print(f"\n{'similarity':<20}{'here':>6}{'two strangers':>18}{'one person':>18}")
    for name, (label, strangers, person) in RANGES.items():
        print(f"{label:<20}{comparison.similarities[name]:>6.2f}{strangers:>18}{person:>18}")
    print("Ranges: 90 of 100 pairs of photos of 40 people in one studio, in docs/faces.md; other photos have others.")


def _print_parts(comparison: "FaceComparison") -> None:
    print(f"\n{'part':<12}{'form':>8}{'shift':>8}   Procrustes distance: 0 for equal forms, at most 1")
    print(f"{'whole face':<12}{comparison.distance:>8.3f}")
    for part, distance in comparison.parts.items():
        print(f"{part:<12}{distance:>8.3f}{comparison.shifts[part]:>8.3f}")
    turned = []
    for name in ("pitch", "yaw", "roll"):
        if f"face_pose_{name}" not in comparison.measures:
            continue
        first, second = comparison.measures[f"face_pose_{name}"]
        print(f"{name:<12}{first:>7.0f}°{second:>7.0f}°")
        if name != "roll" and abs(first - second) > OTHER_POSE:  # faces are turned upright before they are compared
            turned.append(f"{name} by {abs(first - second):.0f}°")
    if turned:
        print(
            f"The two heads differ in {' and in '.join(turned)}: similarities are lower than for equal poses, and "
            "forms differ by the view alone. Compare photos of like pose where there are any."
        )


def _print_verdict(comparison: "FaceComparison", verifier: "FaceMatcher") -> int:
    probability = comparison.probability
    assert probability is not None  # a verifier gives one
    is_match = probability >= verifier.threshold_
    print(
        f"\nVerdict: {'a match' if is_match else 'no match'}, probability of one person {probability:.1%}, matches "
        f"from {verifier.threshold_:.1%} on, where {verifier.false_match_rate:.1%} of strangers match and "
        f"{verifier.true_match_rate_:.0%} of pairs of one person, of {verifier.n_persons_} people it was learnt from."
    )
    return 0 if is_match else NO_MATCH
