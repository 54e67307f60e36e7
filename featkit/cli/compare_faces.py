"""``featkit compare-faces A B``: compare the faces in two photos, part by part."""

import argparse


def add_command(commands: "argparse._SubParsersAction") -> None:
    """Declare the command and its options."""
    parser = commands.add_parser(
        "compare-faces",
        help="compare the faces in two photos, part by part",
        epilog="example:\n  featkit compare-faces one.jpg other.jpg --out faces.png\n\n"
        "Draw the picture: it shows which faces were found. The form of one person's face\n"
        "changes with the look on it and the turn of the head, so no distance proves an identity.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("a", metavar="A", help="photo with a face")
    parser.add_argument("b", metavar="B", help="photo with a face")
    parser.add_argument("--out", metavar="FILE", help="also draw both faces and their differences into this file")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Read both photos, compare, print the distances, draw."""
    from ..display.images.face_comparison import FaceComparisonDisplay
    from ..faces.comparison.comparison import compare_faces
    from ..io.reading import read_image

    comparison = compare_faces(read_image(options.a), read_image(options.b))
    print("Procrustes distance: 0 for equal forms, at most 1. No proof of identity: the look on a face counts too.")
    print(f"{'part':<12}{'form':>8}{'shift':>8}")
    print(f"{'whole face':<12}{comparison.distance:>8.3f}")
    for part, distance in comparison.parts.items():
        print(f"{part:<12}{distance:>8.3f}{comparison.shifts[part]:>8.3f}")
    for name in ("face_pose_pitch", "face_pose_yaw", "face_pose_roll"):
        first, second = comparison.measures[name]
        print(f"{name.removeprefix('face_pose_'):<12}{first:>7.0f}°{second:>7.0f}°")
    if options.out:
        FaceComparisonDisplay(comparison).plot().figure_.savefig(options.out, dpi=150)
        print(f"The picture is in {options.out}")
