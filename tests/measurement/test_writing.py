"""Writing is told from leaves, worms, needles and parts that are as thin."""

import cv2
import numpy as np
import pandas as pd
import pytest

from featkit.datasets import make_sheets
from featkit.measurement import measure_photo, measure_to_file
from featkit.measurement._writing import is_writing
from featkit.objects import find_objects

BLACK, BLUE, RED, GREEN = (40, 40, 42), (35, 40, 100), (190, 30, 30), (50, 90, 40)
WRITTEN = {"1": [[0, 1, 2, 1]], "7": [[0, 0, 0, 1], [0, 1, 2, 1]], "2": [[0, 0, 0, 1, 1, 1, 1, 0, 2, 0, 2, 1]]}


def paper(leaf=True):
    image = np.full((500, 700, 3), 232, np.uint8)
    if leaf:
        cv2.ellipse(image, (520, 160), (120, 60), 20, 0, 360, GREEN, -1, cv2.LINE_AA)
    return image


def line(image, points, color, thickness=6):
    cv2.polylines(image, [np.rint(np.array(points) * 16).astype(np.int32)], False, color, thickness, cv2.LINE_AA, 4)


def write(image, text, color, at=(380, 60), height=40, angle=0.0):
    """Digits of straight strokes, in a row turned by an angle in degrees."""
    turn = cv2.getRotationMatrix2D((at[1], at[0]), angle, 1)
    for number, digit in enumerate(text):
        for stroke in WRITTEN[digit]:
            rows, cols = np.reshape(stroke, (-1, 2)).T * height / 2
            points = np.column_stack([cols + at[1] + 0.8 * number * height, rows + at[0], np.ones(len(rows))])
            line(image, points @ turn.T, color)


def marks(image, level=232):
    objects = find_objects(mask=(np.abs(image.astype(int) - level).max(axis=2) > 60))
    return int(is_writing(objects, image).sum()), len(objects)


@pytest.mark.parametrize("angle", [0, 25, 90])
@pytest.mark.parametrize("color", [BLACK, BLUE])
@pytest.mark.parametrize("text", ["27", "712", "1117"])
def test_digits_in_a_row_are_writing_and_the_leaf_beside_is_not(text, color, angle):
    image = paper()
    write(image, text, color, at=(300, 150), angle=-angle)
    assert marks(image) == (len(text), len(text) + 1)


def test_colors_of_leaves_are_no_ink():
    for color in (RED, GREEN, (130, 90, 50), (180, 150, 40)):
        image = paper()
        write(image, "27", color)
        assert marks(image) == (0, 3)


def test_a_single_stroke_is_writing_only_as_blue_as_ink_beside_larger_things():
    for color, leaf, n_marks in ((BLUE, True, 1), (BLUE, False, 0), (BLACK, True, 0)):
        image = paper(leaf)
        write(image, "1", color)
        assert marks(image)[0] == n_marks


def test_straight_bars_in_a_row_are_no_writing():
    image = paper()
    write(image, "1111", BLACK)
    assert marks(image) == (0, 5)


def test_where_writing_covers_most_it_is_what_the_photo_is_about():
    image = paper(leaf=False)
    write(image, "7272", BLACK)
    assert marks(image) == (0, 4)


def test_blue_digits_are_writing_beside_much_smaller_leaves():
    image = paper(leaf=False)
    cv2.ellipse(image, (150, 200), (16, 9), 20, 0, 360, GREEN, -1, cv2.LINE_AA)
    write(image, "212", BLUE)
    assert marks(image) == (3, 4)


def test_what_is_as_light_as_the_paper_is_no_ink():
    image = paper()
    write(image, "217", BLUE)
    image = (0.6 * image).astype(np.uint8)
    for place in range(8):  # gaps in something printed, each alone
        row, col = 30 + 60 * (place // 2), 30 + 90 * (place % 2)
        image[row : row + 24, col : col + 4] = 255
    assert marks(image, 139) == (3, 12)


def test_a_spindle_between_digits_is_a_leaf():
    image = paper()
    write(image, "22", BLACK)
    cv2.ellipse(image, (160, 400), (25, 4), 60, 0, 360, (60, 100, 40), -1, cv2.LINE_AA)
    assert marks(image) == (2, 4)


def test_worms_and_needles_are_measured():
    rng = np.random.RandomState(0)
    n_objects = 0
    for _ in range(12):
        for bend, color in ((4.0, (90, 90, 88)), (0.3, (70, 72, 66))):
            image = paper(leaf=False)
            for _ in range(rng.randint(2, 12)):
                angle = rng.uniform(0, 2 * np.pi)
                along = np.linspace(0, 1, 40)
                angle = angle + bend * rng.uniform(-1, 1) * np.sin(2 * np.pi * along + rng.uniform(0, 6))
                steps = np.column_stack([np.cos(angle), np.sin(angle)]) * rng.uniform(1, 1.5)
                line(image, np.cumsum(steps, axis=0) + rng.uniform([80, 80], [620, 420]), color, 5)
            n_writing, n = marks(image)
            n_objects += n
            assert n_writing == 0
    assert n_objects > 100


def test_thin_leaves_stay_and_digits_go_on_drawn_sheets():
    sheets = make_sheets(6, scale="sheet", random_state=1)
    for number, image in enumerate(sheets.images):
        photo = measure_photo(image, scale="sheet:210x297", rectify=False)
        truth = sheets.labels[number]
        kept = photo.objects.labels
        leaves = [np.bincount(kept[truth == k]).argmax() for k in range(1, truth.max() + 1)]
        assert sorted(leaves) == photo.objects.numbers.tolist()


def test_the_count_is_told_and_writing_can_be_kept(tmp_path):
    image = paper()
    write(image, "712", BLACK)
    photo = measure_photo(image)
    assert len(photo.objects) == 1
    assert photo.writing.shape == (3, 4)
    assert len(photo.left_out) == 3
    top, left, bottom, right = photo.writing[np.argmin(photo.writing[:, 1])]
    assert (abs(top - 377) < 3, abs(left - 57) < 3, abs(bottom - 424) < 3) == (True, True, True)
    kept = measure_photo(image, keep_writing=True)
    assert (len(kept.objects), len(kept.writing)) == (4, 0)
    cv2.imwrite(str(tmp_path / "sheet.png"), image[..., ::-1])
    result = measure_to_file(tmp_path / "sheet.png", tmp_path / "out.csv")
    assert (result.n_objects, result.n_writing) == (1, 3)
    assert pd.read_csv(tmp_path / "out.csv")["writing"].tolist() == [3]
    again = measure_to_file(tmp_path / "sheet.png", tmp_path / "all.csv", keep_writing=True)
    assert (again.n_objects, again.n_writing) == (4, 0)


def test_objects_that_are_given_are_never_writing():
    image = paper()
    write(image, "712", BLACK)
    mask = np.abs(image.astype(int) - 232).max(axis=2) > 60
    assert len(measure_photo(image, labels=mask).objects) == 4
    assert len(measure_photo(np.dstack([image, 255 * mask.astype(np.uint8)])).objects) == 4
