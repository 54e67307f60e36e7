"""PartMeasurements: part k is the same part in every image."""

import warnings

import numpy as np
import pytest
from sklearn.metrics import r2_score

from featkit import PartMeasurements, join_alpha, make_iris_flowers
from featkit.exceptions import ImageFormatError, MeasurementWarning, SubjectNotFoundError
from featkit.features.shape import part_measurements
from featkit.parameters import InvalidParameterError

RED, BLUE = (200, 40, 40), (40, 40, 200)
NAMED = {"petal": (0.8, 0.2, 0.2), "sepal": (0.2, 0.2, 0.8)}


def picture(red_boxes=(), blue_boxes=(), side=80):
    """Boxes (row, col, height, width) of two colours on a transparent background."""
    color = np.zeros((side, side, 3), np.uint8)
    alpha = np.zeros((side, side), bool)
    for boxes, value in ((red_boxes, RED), (blue_boxes, BLUE)):
        for row, col, height, width in boxes:
            color[row : row + height, col : col + width] = value
            alpha[row : row + height, col : col + width] = True
    return join_alpha(color, alpha)


@pytest.fixture(scope="module")
def training_images():
    return [picture([(5, 5, 10, 40)], [(30, 5, 20, 30)]), picture([(40, 5, 8, 20)], [(5, 5, 30, 30)])]


def test_each_part_is_measured_by_its_name(training_images):
    table = PartMeasurements(parts=NAMED, pixel_size=0.1).set_output(transform="pandas").fit_transform(training_images)
    assert table["petal_area"].tolist() == pytest.approx([4.0, 1.6])
    assert table["sepal_area"].tolist() == pytest.approx([6.0, 9.0])
    assert table["petal_box_length"].tolist() == pytest.approx([4.0, 2.0], abs=0.1)
    assert table["sepal_box_width"].tolist() == pytest.approx([2.0, 3.0], abs=0.1)


def test_unnamed_parts_run_from_dark_to_light(training_images):
    measurer = PartMeasurements(parts=2).set_output(transform="pandas")
    table = measurer.fit_transform(training_images)
    lightness = measurer.part_colors_[:, 0]
    assert (np.diff(lightness) > 0).all()
    assert table["part_0_area"].tolist() == [600, 900]  # blue is darker
    assert measurer.part_names_ == ["part_0", "part_1"]


def test_part_k_does_not_depend_on_which_part_is_larger(training_images):
    measurer = PartMeasurements(parts=NAMED).set_output(transform="pandas").fit(training_images)
    table = measurer.transform([picture([(2, 2, 60, 60)], [(70, 2, 5, 5)])])
    assert table.loc[0, ["petal_area", "sepal_area"]].tolist() == [3600, 25]


def test_several_pieces_of_a_part_are_averaged_and_crumbs_left_out(training_images):
    image = picture([(5, 5, 10, 40), (20, 5, 10, 20), (40, 5, 2, 2)], [(60, 5, 10, 10)])
    means = PartMeasurements(parts=NAMED).set_output(transform="pandas").fit(training_images).transform([image])
    assert means.loc[0, ["petal_count", "petal_area"]].tolist() == [2, 300]
    largest = PartMeasurements(parts=NAMED, aggregate="largest").set_output(transform="pandas").fit(training_images)
    assert largest.transform([image]).loc[0, "petal_area"] == 400


def test_an_absent_part_has_count_zero_and_nan(training_images):
    measurer = PartMeasurements(parts=NAMED).set_output(transform="pandas").fit(training_images)
    table = measurer.transform([picture([(5, 5, 10, 40)]), picture()])
    assert table["sepal_count"].tolist() == [0, 0]
    assert table.filter(like="sepal").drop(columns="sepal_count").isna().all(axis=None)
    assert table["petal_area"].tolist() == pytest.approx([400, np.nan], nan_ok=True)


def test_a_named_part_that_no_training_image_has_takes_nothing_of_the_others(training_images):
    named = NAMED | {"leaf": (0.2, 0.8, 0.2)}
    rng = np.random.default_rng(0)
    noisy = []
    for image in training_images:
        image = image.copy()
        image[..., :3] = np.clip(image[..., :3] + rng.normal(scale=10, size=(*image.shape[:2], 3)), 0, 255)
        noisy.append(image)
    measurer = PartMeasurements(parts=named).set_output(transform="pandas")
    table = measurer.fit_transform(noisy)
    assert np.isinf(measurer.part_colors_[2]).all()
    assert table["leaf_count"].tolist() == [0, 0]
    assert table["petal_area"].tolist() == [400, 160]


def test_the_scale_mark_gives_the_unit(training_images):
    measurer = PartMeasurements(parts=NAMED, reference="sepal", reference_length=3.0).set_output(transform="pandas")
    small, large = picture([(5, 5, 10, 20)], [(30, 5, 2, 30)]), picture([(5, 5, 20, 40)], [(30, 5, 4, 60)])
    table = measurer.fit(training_images).transform([small, large, picture([(5, 5, 10, 20)])])
    assert table["petal_box_length"].tolist() == pytest.approx([2, 2, np.nan], rel=0.02, nan_ok=True)
    assert table["petal_count"].tolist() == [1, 1, 1]
    assert table.loc[2, "petal_extent"] == pytest.approx(table.loc[0, "petal_extent"])  # has no unit


def sheet(mark, mark_color=(220, 20, 20), size=(300, 400)):
    """A leaf of 200 x 50 pixels on paper, beside a mark of a form of one's own."""
    image = np.full((*size, 3), 240, np.uint8)
    image[150:200, 100:300] = 40, 120, 50
    image[: mark.shape[0], : mark.shape[1]][mark] = mark_color
    return image


def box(height, width, degrees=0.0):
    mark = np.zeros((140, 260), bool)
    rows, cols = np.mgrid[:140, :260]
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    along, across = (cols - 129.5) * cos + (rows - 69.5) * sin, (rows - 69.5) * cos - (cols - 129.5) * sin
    mark[(abs(along) < width / 2) & (abs(across) < height / 2)] = True
    return mark


def ellipse(height, width):
    rows, cols = np.mgrid[:140, :260]
    return ((rows - 69.5) / (height / 2)) ** 2 + ((cols - 129.5) / (width / 2)) ** 2 <= 1


COLORS = {"paper": (0.94, 0.94, 0.94), "mark": (0.86, 0.08, 0.08), "leaf": (0.16, 0.47, 0.2)}


def leaf_of(*images, **parameters):
    measurer = PartMeasurements(parts=COLORS, reference="mark", aggregate="largest", **parameters)
    table = measurer.set_output(transform="pandas").fit_transform(list(images))
    return table[["leaf_box_length", "leaf_box_width", "leaf_area"]].to_numpy()


@pytest.mark.parametrize(
    ("mark", "millimetres"),
    [
        (box(40, 40), 10),
        (box(40, 40, 45), 10),
        (box(40, 40, 20), 10),
        (box(60, 40), 15),
        (box(10, 200), 50),
        (box(10, 200, 5), 50),
        (ellipse(80, 80), 20),
        (ellipse(72, 80), 20),  # a coin seen at an angle
    ],
    ids=["square", "on its corner", "turned", "chip", "bar", "turned bar", "disk", "tilted disk"],
)
def test_the_length_of_a_mark_is_that_of_its_form(mark, millimetres):
    (leaf,) = leaf_of(sheet(mark), reference_length=millimetres)
    np.testing.assert_allclose(leaf, [50, 12.5, 625], rtol=0.025)


def test_a_mark_of_another_form_gives_no_unit_until_its_form_is_told():
    triangle = np.pad(np.tril(np.ones((60, 60), bool)), 9)
    with pytest.warns(MeasurementWarning, match="neither a bar, square or card nor a disk"):
        assert np.isnan(leaf_of(sheet(triangle), reference_length=10)).all()
    told = leaf_of(sheet(triangle), reference_length=10, reference_shape="disk")[0]
    np.testing.assert_allclose(told[0], 10 / np.hypot(60, 60) * 200, rtol=0.02)
    told = leaf_of(sheet(triangle), reference_length=10, reference_shape="bar")[0]
    assert 0 < told[0] < 60


@pytest.mark.parametrize("other", [(250, 300), (20, 300)])
def test_a_mark_that_is_found_twice_gives_no_unit(other):
    once, twice = sheet(box(40, 40)), sheet(box(40, 40))
    row, col = other
    twice[row : row + 30, col : col + 30] = 220, 20, 20
    with pytest.warns(MeasurementWarning, match="found 2 times"):
        found = leaf_of(once, twice, reference_length=10)
    np.testing.assert_allclose(found[0], [50, 12.5, 625], rtol=0.02)
    assert np.isnan(found[1]).all()


@pytest.mark.parametrize("radius", [30, 90])  # the mark has 0.57 and 0.06 times the area of the fruit
@pytest.mark.parametrize("min_fraction", [0.2, 0.5])
def test_a_fruit_of_the_colour_of_the_mark_is_not_taken_for_it(radius, min_fraction):
    image = sheet(box(40, 40), size=(300, 600))
    rows, cols = np.mgrid[:300, :600]
    image[np.hypot(rows - 150, cols - 450) < radius] = 200, 30, 40
    with pytest.warns(MeasurementWarning, match="found 2 times"):
        (leaf,) = leaf_of(image, reference_length=10, min_fraction=min_fraction)
    assert np.isnan(leaf).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_a_mark_that_something_lies_across_gives_no_unit(dtype):
    image = sheet(box(10, 200))
    image[:150, 118:124] = 40, 120, 50  # the stalk of the leaf
    image = image / np.float32(255) if dtype == np.float32 else image * dtype(np.iinfo(dtype).max // 255)
    with pytest.warns(MeasurementWarning, match="found 2 times"):
        (leaf,) = leaf_of(image, reference_length=50)
    assert np.isnan(leaf).all()


@pytest.mark.parametrize("cut", [np.s_[:, 80:], np.s_[:, :200], np.s_[69:], np.s_[:, 30:]])
def test_a_mark_that_is_cut_off_gives_no_unit(cut):
    whole, bar = sheet(box(10, 200)), sheet(box(10, 200))[cut]
    (leaf,) = leaf_of(whole, reference_length=50)
    np.testing.assert_allclose(leaf, [50, 12.5, 625], rtol=0.025)
    with pytest.warns(MeasurementWarning, match="touches the border of the image"):
        (leaf,) = leaf_of(bar, reference_length=50)
    assert np.isnan(leaf).all()


def test_crumbs_of_the_colour_of_the_mark_do_not_count():
    image = sheet(box(40, 40))
    image[250:255, 300:305] = 220, 20, 20
    (leaf,) = leaf_of(image, reference_length=10)
    np.testing.assert_allclose(leaf, [50, 12.5, 625], rtol=0.02)


@pytest.mark.parametrize("seen", [(140, 60, 30), (150, 40, 90)])
def test_a_learnt_colour_that_is_another_one_is_said(seen):
    """No mark is in the images, but something between its colour and the others."""
    image = sheet(box(40, 40), mark_color=seen)
    with pytest.warns(MeasurementWarning, match=r"colour learnt for 'mark' is not the given one"):
        PartMeasurements(parts=COLORS).fit([image])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        PartMeasurements(parts=COLORS).fit([sheet(box(40, 40))])


@pytest.mark.parametrize("dry", [(120, 60, 30), (150, 70, 20)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_a_learnt_colour_that_moved_onto_the_leaf_is_said_and_gives_no_unit(dry, dtype):
    """The mark is there, but a dry leaf, of which no part was told, is nearer to it than to the green one."""
    image = sheet(box(40, 40))
    image[150:200, 150:300] = dry
    images = [image if dtype == np.uint8 else image / dtype(255)]
    with pytest.warns(MeasurementWarning, match="learnt for 'mark' is not"), pytest.warns(match="mark gives no unit"):
        (leaf,) = leaf_of(*images, reference_length=10)
    assert np.isnan(leaf).all()
    told = COLORS | {"dry": np.array(dry) / 255}
    measurer = PartMeasurements(parts=told, reference="mark", reference_length=10).set_output(transform="pandas")
    row = measurer.fit_transform(images).iloc[0]
    assert row[["leaf_area", "dry_area"]].tolist() == pytest.approx([625 / 4, 625 * 3 / 4], rel=0.03)


@pytest.mark.parametrize("light", [0.75, (1, 0.9, 0.8)])
def test_a_learnt_colour_under_another_light_is_the_given_one(light):
    image = np.rint(sheet(box(40, 40)) * light).astype(np.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (leaf,) = leaf_of(image, reference_length=10)
    np.testing.assert_allclose(leaf, [50, 12.5, 625], rtol=0.02)


def test_pixels_of_every_image_have_a_size_of_their_own(training_images):
    measurer = PartMeasurements(parts=NAMED).fit(training_images)
    names = list(measurer.get_feature_names_out())
    rows = measurer.transform(training_images, pixel_size=[0.1, np.nan])
    assert rows[0, names.index("petal_area")] == pytest.approx(4)
    assert np.isnan(rows[1, names.index("petal_area")])


def test_the_function_refuses_what_the_class_refuses():
    colors = np.zeros((2, 3))
    with pytest.raises(ImageFormatError):
        part_measurements(np.full((5, 5, 3), 255.0), colors)
    for name, value in {"pixel_size": 0, "reference_length": -1, "reference_shape": "ball", "min_fraction": 2}.items():
        with pytest.raises(InvalidParameterError, match=name):
            part_measurements(picture(), colors, **{name: value})
    with pytest.raises(InvalidParameterError, match="reference"):
        part_measurements(picture(), colors, reference=2)


def test_measured_flowers_agree_with_the_iris_table():
    flowers = make_iris_flowers(random_state=3)
    colors = {"sepal": (0.3, 0.2, 0.6), "petal": (0.8, 0.4, 0.7), "center": (0.2, 0.5, 0.2)}
    images = [join_alpha(image, mask) for image, mask in zip(flowers.images[::3], flowers.masks[::3], strict=True)]
    measurer = PartMeasurements(parts=colors, pixel_size=flowers.pixel_size).set_output(transform="pandas")
    table = measurer.fit_transform(images)
    measured = table[[f"{part}_feret_diameter_{end}" for part in ("sepal", "petal") for end in ("max", "min")]]
    scores = r2_score(flowers.measurements[::3], measured, multioutput="raw_values")
    assert (scores > 0.99).all()


def test_without_foreground_there_is_nothing_to_learn():
    with pytest.raises(SubjectNotFoundError, match="got 0 foreground pixels in 2 images"):
        PartMeasurements().fit([picture(), picture()])


def test_the_reference_has_to_be_a_part(training_images):
    with pytest.raises(ValueError, match=r"one of the parts \['petal', 'sepal'\], got 'ruler'"):
        PartMeasurements(parts=NAMED, reference="ruler").fit(training_images)


def test_parameters_are_checked(training_images):
    with pytest.raises(InvalidParameterError):
        PartMeasurements(parts=0).fit(training_images)


@pytest.mark.parametrize("colors", [{"a": (200, 30, 30)}, {"a": (1, 0)}, {}, {"a": (0, 0, float("nan"))}, {"a": 3}])
def test_colours_of_parts_are_three_numbers_from_0_to_1(colors):
    with pytest.raises(InvalidParameterError, match="'parts' parameter"):
        PartMeasurements(parts=colors).fit([np.zeros((9, 9, 3), np.uint8)])


def test_pixels_that_are_not_square_are_scaled_by_the_mark():
    image = np.zeros((60, 80, 3), np.uint8)
    image[10:20, 10:50] = 255, 0, 0  # on pixels of 2 x 1 a part of 20 x 40
    image[40:45, 10:30] = 0, 0, 255  # the mark, 10 x 20
    parts = {"blade": (1, 0, 0), "mark": (0, 0, 1), "ground": (0, 0, 0)}
    measurer = PartMeasurements(parts=parts, pixel_size=(2, 1), random_state=0).set_output(transform="pandas")
    known = measurer.fit_transform([image]).iloc[0]
    assert known["blade_area"] == pytest.approx(800)
    assert known["blade_box_width"] == pytest.approx(20)
    mark = known["mark_box_length"]
    scaled = measurer.set_params(reference="mark", reference_length=5 * mark).fit_transform([image]).iloc[0]
    assert scaled["blade_area"] == pytest.approx(25 * 800)
    assert scaled["blade_box_width"] == pytest.approx(100)
