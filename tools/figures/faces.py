"""Figures of faces: landmarks, identification, verification and scores, on folders of photos."""

import re

from .tables import POINTS, SCRIPTS, Figure, printed_by, prose_stated, table_stated, text_of, values_of

PAGE = "docs/faces.md"
TABLE_PAGE = "docs/faces-table.md"
SCORES = "What `featkit compare-faces` prints"
SIMILARITY = 0.01
AUC = 0.003
DESCRIBED = (  # names of `pipelines.faces` in the order of the page
    *("raw pixels", "geometry", "hog on the crop", "lbp on the crop", "lbp on the lit crop", "hog and lbp on the crop"),
    *("hog at landmarks", "lbp at landmarks", "hog and lbp at landmarks", "at landmarks, lit crop"),
    *("fusion", "all together"),
)


def landmarks_stated() -> list[Figure]:
    """Faces found and errors of their landmarks."""
    counts = r"faces found, of 150 [^|]*\| (\d+) \((\d+)\) \| (\d+) \((\d+)\)"
    names = ["found", "the annotated one", "found in a quarter of the light", "the annotated one in it"]
    figures = prose_stated(PAGE, "Landmarks", counts, names, 1)
    figures += [figure._replace(noise=0.05) for figure in table_stated(PAGE, "Landmarks")[2:]]
    for pattern, name in (
        (r"Upside down a face is found in (\d+)", "upside down"),
        (r"upright ones (\d+) are `certain`", "certain"),
        (r"finds (\d+) of the upright ones", "by the cascade"),
        (r"No box is found in (\d+) images", "images without a face, without a box"),
    ):
        figures += prose_stated(PAGE, "Landmarks", pattern, [name], 1)
    below = r"the (\d+) faces of AFW (\d+) are below"
    return figures + prose_stated(TABLE_PAGE, "Open, closed, or a blink?", below, ["faces", "below 0.2"], 1)


def landmarks_found(folder: str) -> list[float]:
    """Run the script that measures it on a folder of annotated faces."""
    printed = printed_by(f"{SCRIPTS}measure_faces.py", folder)
    counts = r": a face in (\d+) of \d+, the annotated one in (\d+)"
    (certain, *_), (boxes, images, *_) = (
        values_of(pattern, printed) for pattern in (r"certain (\d+)", r"^dlib: boxes in (\d+) of (\d+)")
    )
    errors = values_of(r"^light [\d.]+, [^:]*: (\d+\.\d+) %", printed)
    return [
        *values_of(counts, printed),
        *(value for pair in zip(errors[:3], errors[3:], strict=True) for value in pair),
        *values_of(r"detect_faces, 180: a face in (\d+)", printed),
        certain,
        *values_of(r"the annotated face in (\d+)", printed),
        images - boxes,
        *reversed(values_of(r"below 0.2: (\d+) of (\d+)", printed)),
    ]


def predictor_stated() -> list[Figure]:
    """Mean and median error of learnt landmarks by method; times are left out."""
    return table_stated(PAGE, "Learning landmarks", 0.1, columns=slice(2))


def predictor_found(folder: str) -> list[float]:
    """Run the script that measures it on a folder of annotated faces."""
    return values_of(r"(\d+\.\d+) % \(median (\d+\.\d+)\)", printed_by(f"{SCRIPTS}measure_predictor.py", folder))


def identification_stated() -> list[Figure]:
    """Accuracy with five photos of each person and with one."""
    return table_stated(PAGE, "Identification")


def identification_found(folder: str) -> list[float]:
    """Run the evaluation on one subfolder of photos per person."""
    return _in_order_of_the_page(r"(\d+\.\d) \+-", printed_by("-m", "pipelines.faces", "identify", folder))


def verification_stated() -> list[Figure]:
    """Accuracy, equal error rate and true match rate of pairs."""
    return table_stated(PAGE, "Verification", 0.5)


def verification_found(folder: str) -> list[float]:
    """Run the script that draws the pairs, on one subfolder of photos per person."""
    printed = printed_by(f"{SCRIPTS}measure_face_pairs.py", folder)
    return _in_order_of_the_page(r"(\d+\.\d) \+- \d+\.\d +(\d+\.\d) +(\d+\.\d)$", printed)


def _in_order_of_the_page(pattern, printed):
    """What was printed, by the rows of the page, which begin with pixels and end with all together."""
    lines = printed.splitlines()
    order = [f"{name}{more}" for name in DESCRIBED for more in ("", ", one photo")]
    found = {line[: line.index("  ")] if "  " in line else line: line for line in lines}
    return [value for name in order if name in found for value in values_of(pattern, found[name])]


def scores_stated() -> list[Figure]:
    """What scores mean: the table, what reaches a similarity, other states of the photos, and the verifier."""
    figures = []
    for row in re.findall(r"^\| (.*\|.* to .*) \|$", text_of(PAGE, SCORES), re.MULTILINE):
        name, *cells = row.split("|")
        auc, eer, *ranges = values_of(r"(\d*\.\d+)", "|".join(cells))
        noises = (AUC, POINTS, *[SIMILARITY] * 4)
        figures += [Figure(f"{SCORES}, {name}", *pair) for pair in zip((auc, eer, *ranges), noises, strict=True)]
    reached = (
        r"of (0\.\d+) is reached by 10 % of the pairs of strangers and by (\d+) % of those of one person, of (0\.\d+) "
        r"by 1 % and (\d+) %, of (0\.\d+) by 0.1 % and (\d+) %"
    )
    names = [f"{what} {rate}" for rate in ("10 %", "1 %", "0.1 %") for what in ("similarity at", "reached at")]
    for place, figure in enumerate(prose_stated(PAGE, SCORES, reached, names, 1)):
        figures.append(figure if place % 2 else figure._replace(noise=SIMILARITY))
    states = (
        r"AUC is (\.\d+) each \(landmarks alone (\.\d+) and (\.\d+)\), at half the size, (\d+) of the faces found, "
        r"(\.\d+) \((\.\d+)\), in noise of 15 levels, (\d+) faces, (\.\d+) \((\.\d+)\)"
    )
    names = ["quarter of the light", "its landmarks", "landmarks in light from one side"]
    names += [f"{state}, {what}" for state in ("half the size", "noise") for what in ("faces", "AUC", "landmarks")]
    for figure in prose_stated(PAGE, SCORES, states, names, AUC):
        figures.append(figure._replace(noise=1) if figure.what.endswith("faces") else figure)
        if figure.what.endswith("quarter of the light"):
            figures.append(figure._replace(what=f"{SCORES}, light from one side"))
    verifier = r"\(five folds\): AUC (\.\d+), EER (\d\.\d) %, and (\d+\.\d) %"
    auc, *rates = prose_stated(PAGE, SCORES, verifier, ["verifier, AUC", "verifier, EER", "verifier, TMR"], 0.5)
    return [*figures, auc._replace(noise=AUC), *rates]


def scores_found(folder: str) -> list[float]:
    """Run the script that measures it on one subfolder of photos per person."""
    printed = printed_by(f"{SCRIPTS}measure_face_scores.py", folder)
    rows = r"^  \w+ +AUC ([\d.]+) +EER +([\d.]+) %  strangers ([\d.]+) to ([\d.]+)  one person ([\d.]+) to ([\d.]+)$"
    table = values_of(rows, printed)
    per_state = 4 * 6
    both, alone = table[::per_state], table[3 * 6 :: per_state]  # AUC in each state, of HOG and LBP, and of landmarks
    _, _, _, half, noise = values_of(r": (\d+) of \d+ faces, ", printed)
    reached = values_of(r"^    ([\d.]+): +(?:10\.0|1\.0|0\.1) % and ([\d.]+) %$", printed)
    verifier = values_of(r"^FaceMatcher.*AUC ([\d.]+), EER ([\d.]+) %, TMR ([\d.]+) %", printed)
    states = [*both[1:3], *alone[1:3], half, both[3], alone[3], noise, both[4], alone[4]]
    return [*table[:per_state], *reached, *states, *verifier]
