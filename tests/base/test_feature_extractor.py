import pickle
import re
from numbers import Integral, Real

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline, make_union
from sklearn.utils import get_tags

from featkit import FeatureExtractor, ImageTransformer
from featkit.base.feature_extractor import groups_of_equal_images
from featkit.exceptions import ImageFormatError
from featkit.image.batches import apply_to_each
from featkit.image.checks import stack_of_small
from featkit.parameters import Interval, InvalidParameterError

RNG = np.random.default_rng(0)
STACK = RNG.random((3, 5, 7))


class Brightness(FeatureExtractor):
    parameter_constraints = {"gain": [Interval(Real, 0, None, closed="left")]}

    def __init__(self, *, gain=1.0):
        self.gain = gain

    def image_extractor(self):
        gain = self.gain
        return lambda image: [gain * image.mean(), gain * image.max()]

    def feature_names(self):
        return ["brightness_max", "brightness_mean"]


class StackBrightness(Brightness):
    def image_extractor(self):
        return FeatureExtractor.image_extractor(self)

    def stack_extractor(self):
        gain = self.gain
        return lambda stack: gain * np.column_stack([stack.mean(axis=(1, 2)), stack.max(axis=(1, 2))])


class Pixels(FeatureExtractor):
    needs_equal_sizes = True

    def image_extractor(self):
        return np.ravel

    def feature_names(self):
        return [f"p{index:03d}" for index in range(np.prod(self.image_shape_))]


class Centered(ImageTransformer):
    requires_fit = True

    def learn(self, images, y):
        self.level_ = float(np.mean([image.mean() for image in images]))

    def image_transformer(self):
        level = self.level_
        return lambda image: np.clip(image - level + 0.5, 0, 1)


class Crop(ImageTransformer):
    parameter_constraints = {"n_rows": [Interval(Integral, 1, None, closed="left")]}

    def __init__(self, *, n_rows=2):
        self.n_rows = n_rows

    def image_transformer(self):
        n_rows = self.n_rows
        return lambda image: image[:n_rows]


@pytest.mark.parametrize("kind", [Brightness, StackBrightness])
def test_one_row_per_image(kind):
    rows = kind(gain=2.0).fit_transform(STACK)
    expected = [[2 * image.mean(), 2 * image.max()] for image in STACK]
    np.testing.assert_allclose(rows, expected)
    np.testing.assert_array_equal(kind(gain=2.0).fit_transform(list(STACK)), rows)
    np.testing.assert_array_equal(np.vstack([kind(gain=2.0).transform(STACK[[i]]) for i in range(3)]), rows)


def test_rows_are_float32_or_float64():
    for dtype, expected in ((np.float32, np.float32), (np.float64, np.float64), (np.uint8, np.float64)):
        assert Pixels().fit_transform(np.ones((2, 4, 5), dtype)).dtype == expected


def test_parameters_are_read_once_per_call():
    reads = []

    class Counting(Brightness):
        def image_extractor(self):
            reads.append(1)
            return super().image_extractor()

    Counting().fit(STACK).transform(list(STACK))
    assert len(reads) == 1


def test_bad_parameters_are_found_in_fit_and_in_a_stateless_transform():
    for step in (Brightness(gain=-1), Crop(n_rows=0), Crop(n_rows=1.5)):
        for method in (step.fit, step.transform, step.fit_transform):
            with pytest.raises(InvalidParameterError):
                method(STACK)


def test_a_stateless_step_needs_no_fit():
    assert Brightness().transform(STACK).shape == (3, 2)
    assert Crop().transform(STACK).shape == (3, 2, 7)
    assert Brightness().get_feature_names_out().tolist() == ["brightness_max", "brightness_mean"]
    assert not get_tags(Brightness()).requires_fit


def test_a_learned_step_needs_fit():
    with pytest.raises(NotFittedError):
        Centered().transform(STACK)
    assert get_tags(Centered()).requires_fit
    fitted = Centered().fit(STACK)
    np.testing.assert_allclose(fitted.transform(STACK), np.clip(STACK - STACK.mean() + 0.5, 0, 1))
    with pytest.raises(NotFittedError):
        clone(fitted).transform(STACK)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(fitted)).transform(STACK), fitted.transform(STACK))


def test_names_that_depend_on_the_size_wait_for_fit():
    with pytest.raises(NotFittedError):
        Pixels().get_feature_names_out()
    assert Pixels().transform(STACK).shape == (3, 35)
    assert len(Pixels().fit(STACK).get_feature_names_out()) == 35


def test_unequal_sizes_are_refused_where_the_length_depends_on_them():
    mixed = [np.ones((5, 7)), np.ones((5, 8))]
    message = r"Pixels expected images of one shape, got \(5, 7\) \(image 0\) and \(5, 8\) \(image 1\). Put a Resizer"
    for method in (Pixels().fit, Pixels().transform):
        with pytest.raises(ImageFormatError, match=message):
            method(mixed)
    with pytest.raises(ImageFormatError, match=r"was fitted on images of shape \(5, 7\), got \(4, 6\). Put a Resizer"):
        Pixels().fit(STACK).transform(np.ones((2, 4, 6)))
    with pytest.raises(ImageFormatError, match=r"rows of unequal length: \[35, 105\]"):
        Pixels().fit_transform([np.ones((5, 7)), np.ones((5, 7, 3))])


@pytest.mark.parametrize(("given", "shape"), [(0.5, ()), (None, ()), (np.zeros((2, 3)), (2, 3))])
def test_what_is_no_vector_is_refused(given, shape):
    class Odd(Brightness):
        def image_extractor(self):
            return lambda image: given

    message = f"function image -> vector (n_features,); it gave a {type(given).__name__} of shape {shape}."
    with pytest.raises(TypeError, match=re.escape(message)):
        Odd().fit_transform(STACK)


def test_fit_learns_from_the_last_batch_alone():
    step = Pixels().fit(STACK)
    assert step.fit(np.ones((2, 4, 6))).image_shape_ == (4, 6)


def test_tags():
    for step in (Brightness(), Crop()):
        tags = get_tags(step)
        assert tags.input_tags.three_d_array
        assert not tags.input_tags.two_d_array


@pytest.mark.parametrize("container", ["pandas", "polars"])
def test_containers_wrap_rows_and_leave_images(container):
    names = ["brightness_max", "brightness_mean"]
    table = Brightness().set_output(transform=container).fit_transform(STACK)
    assert list(table.columns) == names
    pipeline = make_pipeline(Crop(), Centered(), Brightness()).set_output(transform=container)
    assert list(pipeline.fit_transform(STACK).columns) == names
    assert pipeline.get_feature_names_out().tolist() == names
    assert isinstance(Crop().set_output(transform=container).fit_transform(STACK), np.ndarray)


def test_names_of_a_union():
    union = make_union(Brightness(), Pixels()).fit(STACK)
    assert union.get_feature_names_out()[1:3].tolist() == ["brightness__brightness_mean", "pixels__p000"]


def test_an_error_is_told_the_index_of_its_image():
    def fail_on_dark(image):
        if image.max() == 0:
            raise ZeroDivisionError("dark")
        return image

    assert apply_to_each(fail_on_dark, [np.ones(1)]) == [np.ones(1)]
    with pytest.raises(ZeroDivisionError, match="dark") as caught:
        apply_to_each(fail_on_dark, [np.ones(1), np.ones(1), np.zeros(1)])
    assert caught.value.__notes__ == ["image 2 of the batch"]


def test_a_leaf_that_lacks_its_function_or_names_is_told():
    class Empty(ImageTransformer):
        pass

    class Nameless(FeatureExtractor):
        def image_extractor(self):
            return np.ravel

    class Vectorless(FeatureExtractor):
        pass

    with pytest.raises(TypeError, match=r"Empty must define image_transformer\(\)"):
        Empty().fit_transform(STACK)
    with pytest.raises(TypeError, match=r"Nameless must define feature_names\(\)"):
        Nameless().get_feature_names_out()
    with pytest.raises(TypeError, match=r"Vectorless must define image_extractor\(\)"):
        Vectorless().fit_transform(STACK)


def test_neither_base_does_work_in_its_constructor():
    assert vars(Brightness(gain=-3)) == {"gain": -3}


def test_groups_of_equal_images_keep_the_order(monkeypatch):
    images = [np.full((4, 5 + k // 3), k, np.uint8) for k in range(7)]
    assert [len(stack) for stack in groups_of_equal_images(images)] == [3, 3, 1]
    assert [int(image[0, 0]) for stack in groups_of_equal_images(images) for image in stack] == list(range(7))
    monkeypatch.setattr("featkit.base.feature_extractor.GROUP_BYTES", 40)
    assert [len(stack) for stack in groups_of_equal_images(images)] == [2, 1, 1, 1, 1, 1]


def test_small_images_that_agree_are_stacked():
    for shape, dtype in (((5, 6), np.uint8), ((5, 6), bool), ((5, 6, 3), np.float32), ((2, 2, 4), np.uint16)):
        images = [np.full(shape, k % 2, dtype) for k in range(4)]
        stack = stack_of_small(images)
        assert stack.dtype == dtype
        np.testing.assert_array_equal(stack, np.stack(images))
        assert not np.shares_memory(stack, images[0])


@pytest.mark.parametrize(
    "images",
    [
        [np.zeros((4, 5), np.uint8), np.zeros((4, 5), np.uint16)],
        [np.zeros((4, 5), np.uint8), np.zeros((6, 5), np.uint8), np.zeros((2, 5), np.uint8)],  # 3 x 4 rows
        [np.zeros((4, 5), np.uint8), np.zeros((4, 6), np.uint8)],
        [np.zeros((4, 5), np.uint8), np.zeros((4, 5, 3), np.uint8)],
        [np.zeros((4, 5), np.uint8), np.zeros((4, 5), np.uint8).tolist()],
        [np.zeros((4, 5), np.uint8), np.ma.masked_equal(np.zeros((4, 5), np.uint8), 0)],
        [np.zeros((4, 5), np.uint8), np.array(3, np.uint8)],
        [np.zeros((4, 5), "<u2"), np.zeros((4, 5), ">u2")],
        [np.zeros((8, 3), np.uint8)] * 2,  # a stack of them would be one RGB image
        [np.zeros((4, 5, 3), bool)] * 2,
        [np.zeros((4, 5, 1), np.uint8)] * 2,
        [np.zeros((0, 5), np.uint8)] * 2,
        [np.zeros((4, 5), np.int64)] * 2,
        [np.broadcast_to(np.uint8(0), (5000, 5000))] * 2,  # too large to be copied
        ["a.png"] * 2,
    ],
)
def test_others_are_not(images):
    assert stack_of_small(images) is None
