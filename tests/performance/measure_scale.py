"""How well the scale of drawn sheets is found, and what it makes of the areas and lengths of the leaves on them.

    python tests/performance/measure_scale.py [--sheets 40] [--seed 0] [--pictures FOLDER]

Sheets of four kinds of scale by turns (coin, ruler, tag, checkerboard), then sheets with references that span them
(checkerboard, four tags, the edges of the sheet), then sheets whose scale is half covered or missing. What is seen of a
half-covered checkerboard is a smaller one with squares of the same size: it may be claimed. Prints tables in
Markdown. Areas and lengths are those of the true outlines, mapped by the scale found: the error is the scale's alone.
Leaves lost and invented are those of `measure_photo`.
FOLDER gets the images with what was found drawn in.
"""

import argparse
import time
import warnings
from pathlib import Path

import cv2
import numpy as np

from featkit.datasets import make_sheets
from featkit.measurement import measure_photo
from featkit.scale import find_scale

SINGLE = ("coin", "ruler", "tag", "checkerboard")
SPANNING = ("checkerboard", "tags", "sheet")


def area(outline):
    row, col = outline.T
    return abs(row @ np.roll(col, -1) - col @ np.roll(row, -1)) / 2


def largest_diameter(outline):
    angles = np.linspace(0, np.pi, 721)
    return np.ptp(outline @ np.stack([np.sin(angles), np.cos(angles)]), axis=0).max()


def mapped(outline, scale, by_homography):
    if not by_homography or scale.homography is None:
        return outline * scale.pixel_size
    return scale.to_sheet(outline)


def true_pixel_size(sheets, number, scale):
    """At the place of what was found, in mm."""
    row, col = np.mean([outline.mean(axis=0) for outline in scale.outlines], axis=0)
    inverse = np.linalg.inv(sheets.homography[number])
    return np.sqrt(abs(np.linalg.det(inverse) / (inverse[2] @ (col, row, 1)) ** 3))


def largest_area_error(sheets, number, scale):
    """Of one pixel size taken for the whole image, at its corners."""
    height, width = scale.shape
    inverse = np.linalg.inv(sheets.homography[number])
    corners = np.array([[0, 0, 1], [width - 1, 0, 1], [0, height - 1, 1], [width - 1, height - 1, 1]])
    truth = np.abs(np.linalg.det(inverse) / (corners @ inverse[2]) ** 3)
    return np.abs(np.prod(scale.pixel_size) / truth - 1).max()


def found_scales(sheets, pictures):
    scales = []
    for number, image in enumerate(sheets.images):
        kind = {"tags": "tag"}.get(sheets.kind[number], sheets.kind[number])
        size = sheets.sheet_size if kind == "sheet" else sheets.size[number]
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scale = find_scale(image, kind, size, count=4 if sheets.kind[number] == "tags" else None)
        scales.append((scale, time.perf_counter() - start))
        if pictures is not None:
            drawn = image.copy()
            for outline in scale.outlines:
                cv2.polylines(drawn, [np.rint(outline[:, ::-1]).astype(np.int32)], True, (255, 0, 255), 2)
            pictures.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(pictures / f"{sheets.kind[number]}_{number:03}.jpg"), drawn[..., ::-1])
    return scales


def percent(values, *quantiles):
    return " | ".join(f"{100 * np.quantile(values, q):.2f}" if len(values) else "-" for q in quantiles)


def report_scale(sheets, scales):
    print("| scale | found | error median % | error 95 % | expected % | wrong by over 3 % | tilt error covered | s |")
    print("|---|---|---|---|---|---|---|---|")
    for kind in [*dict.fromkeys(sheets.kind), "all"]:
        numbers = [k for k in range(len(scales)) if kind in (sheets.kind[k], "all")]
        known = [k for k in numbers if scales[k][0].is_known]
        errors = [abs(scales[k][0].pixel_size[0] / true_pixel_size(sheets, k, scales[k][0]) - 1) for k in known]
        covered = [largest_area_error(sheets, k, scales[k][0]) <= 1.25 * scales[k][0].tilt_error + 0.02 for k in known]
        print(
            f"| {kind} | {len(known)} of {len(numbers)} | {percent(errors, 0.5, 0.95)} | "
            f"{percent([scales[k][0].error for k in known], 0.5)} | {sum(error > 0.03 for error in errors)} | "
            f"{sum(covered)} of {len(known)} | {np.median([scales[k][1] for k in numbers]):.2f} |"
        )


def report_leaves(sheets, scales):
    print(
        "\n| scale | leaves | area by one scale, median % | 95 % | rectified: area, median % | 95 % "
        "| length, median % | 95 % | made worse |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for kind in dict.fromkeys(sheets.kind):
        rows = []
        for outline, number, true_area, true_length in zip(sheets.outlines, sheets.sheet, sheets.area, sheets.length):
            scale = scales[number][0]
            if sheets.kind[number] == kind and scale.is_known:
                plain, upright = (mapped(outline, scale, by_homography) for by_homography in (False, True))
                rows.append(
                    [abs(area(plain) / true_area - 1), abs(area(upright) / true_area - 1)]
                    + [abs(largest_diameter(upright) / true_length - 1), scale.homography is not None, number]
                )
        rows = np.array(rows).reshape(-1, 5)
        rectified = [np.mean(rows[rows[:, 4] == k], axis=0) for k in np.unique(rows[rows[:, 3] > 0][:, 4])]
        worse = sum(row[1] > row[0] + 0.002 for row in rectified)
        print(
            f"| {kind} | {len(rows)} | {percent(rows[:, 0], 0.5, 0.95)} | {percent(rows[:, 1], 0.5, 0.95)} | "
            f"{percent(rows[:, 2], 0.5, 0.95)} | {worse} of {len(rectified)} rectified |"
        )


def report_objects(sheets, scales):
    """Leaves and objects that cover each other by more than half; sheets without a scale are in the table above."""
    print("\n| scale | leaves | lost | invented |")
    print("|---|---:|---:|---:|")
    for kind in dict.fromkeys(sheets.kind):
        n_leaves = lost = invented = 0
        for number, (scale, _) in enumerate(scales):
            if sheets.kind[number] != kind or not scale.is_known:
                continue
            found = measure_photo(sheets.images[number], scale=scale, rectify=False).objects.labels
            truth = sheets.labels[number]
            both = np.histogram2d(
                truth.ravel(), found.ravel(), [np.arange(truth.max() + 2), np.arange(found.max() + 2)]
            )[0]
            union = both.sum(axis=0) + both.sum(axis=1)[:, np.newaxis] - both
            is_same = (both / np.maximum(union, 1))[1:, 1:] > 0.5
            n_leaves += len(is_same)
            lost += np.count_nonzero(~is_same.any(axis=1))
            invented += np.count_nonzero(~is_same.any(axis=0) & (both[:, 1:].sum(axis=0) > 0))
        print(f"| {kind} | {n_leaves} | {lost} | {invented} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sheets", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pictures", type=Path)
    options = parser.parse_args()

    print(f"### One scale object, {options.sheets} sheets\n")
    sheets = make_sheets(options.sheets, scale=SINGLE, random_state=options.seed)
    scales = found_scales(sheets, options.pictures)
    report_scale(sheets, scales)
    report_leaves(sheets, scales)
    report_objects(sheets, scales)

    print(f"\n### References that span the sheet, {options.sheets} sheets\n")
    sheets = make_sheets(options.sheets, scale=SPANNING, random_state=options.seed + 1)
    scales = found_scales(sheets, options.pictures)
    report_scale(sheets, scales)
    report_leaves(sheets, scales)
    report_objects(sheets, scales)

    print("\n### Hidden or missing scale: a scale that is claimed\n")
    sheets = make_sheets(options.sheets // 2, scale=(*SINGLE, "square"), hidden=True, random_state=options.seed + 2)
    hidden = found_scales(sheets, None)
    for name, boards in (("half covered, so that the size cannot be seen", False), ("boards, half covered", True)):
        numbers = [k for k, kind in enumerate(sheets.kind) if (kind == "checkerboard") == boards]
        known = [k for k in numbers if hidden[k][0].is_known]
        errors = [abs(hidden[k][0].pixel_size[0] / true_pixel_size(sheets, k, hidden[k][0]) - 1) for k in known]
        wrong = sum(error > 0.01 for error in errors)
        print(f"{name}: {len(known)} of {len(numbers)}, wrong by over 1 %: {wrong}")
    bare = make_sheets(options.sheets // 4, scale="none", random_state=options.seed + 3)
    claimed = {}
    for kind in (*SINGLE, "square"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            claimed[kind] = sum(find_scale(image, kind, 20).is_known for image in bare.images)
    print(f"missing, of {len(bare.images)} sheets each: {claimed}")


if __name__ == "__main__":
    main()
