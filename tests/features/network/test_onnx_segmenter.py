"""Foreground by networks in ONNX files: networks whose maps are known beforehand, and what is refused."""

import hashlib
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from featkit import BackgroundRemover, ONNXSegmenter, foreground_mask, load_model, save_model
from featkit.exceptions import ModelFileError
from featkit.objects import find_objects
from featkit.parameters import InvalidParameterError
from tests.networks import write_network

RED = np.zeros((1, 3, 3, 3), np.float32)
RED[0, 0, 1, 1] = 1  # a map of one channel: the red of the pixel itself
COLORS = np.zeros((3, 3, 3, 3), np.float32)
COLORS[[0, 1, 2], [0, 1, 2], 1, 1] = 1  # a map for each color
PLAIN = {"mean": 0, "std": 1}
IMAGES = np.full((2, 20, 30, 3), 60, np.uint8)
IMAGES[:, 5:12, 8:20, 0] = 200
IMAGES[1, 14:18, 3:9, 1] = 150
RED_PIXELS, GREEN_PIXELS = IMAGES[..., 0] == 200, IMAGES[..., 1] == 150


@pytest.fixture
def red(tmp_path):
    return str(write_network(tmp_path / "red.onnx", weights=RED, pooled=False))


@pytest.fixture
def colors(tmp_path):
    return str(write_network(tmp_path / "colors.onnx", weights=COLORS, pooled=False))


@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
def test_one_map_is_cut_at_the_threshold(tmp_path, layout):
    path = str(write_network(tmp_path / "red.onnx", weights=RED, pooled=False, layout=layout))
    assert (ONNXSegmenter(path=path, **PLAIN).fit(IMAGES).predict(IMAGES) == RED_PIXELS).all()
    assert ONNXSegmenter(path=path, threshold=0.2, **PLAIN).fit(IMAGES).predict(IMAGES).all()
    assert (
        ONNXSegmenter(path=path, threshold=200 / 255 - 1e-6, **PLAIN).fit(IMAGES).predict(IMAGES) == RED_PIXELS
    ).all()


def test_of_several_maps_the_largest_is_the_class(colors):
    segmenter = ONNXSegmenter(path=colors, **PLAIN).fit(IMAGES)
    assert segmenter.n_classes_ == 3
    assert (segmenter.predict(IMAGES) == GREEN_PIXELS).all()  # class 0, red and all that is gray, is background
    assert (ONNXSegmenter(path=colors, foreground=[1], **PLAIN).fit(IMAGES).predict(IMAGES) == GREEN_PIXELS).all()
    assert (ONNXSegmenter(path=colors, foreground=[0, 2], **PLAIN).fit(IMAGES).predict(IMAGES) == ~GREEN_PIXELS).all()


def test_channels_in_the_order_of_the_network(red):
    blue_first = ONNXSegmenter(path=red, channels="bgr", **PLAIN).fit(IMAGES)
    assert (blue_first.predict(IMAGES[..., ::-1].copy()) == RED_PIXELS).all()


def test_images_are_resized_to_what_the_network_takes(tmp_path):
    """Of a network of 40 x 60: what OpenCV makes of the image there and back."""
    path = str(write_network(tmp_path / "red.onnx", weights=RED, pooled=False, size=(40, 60)))
    found = ONNXSegmenter(path=path, **PLAIN).fit(IMAGES).predict(IMAGES)[0]
    there = cv2.resize((IMAGES[0] / 255).astype(np.float32), (60, 40), interpolation=cv2.INTER_LINEAR)
    assert (found == (cv2.resize(there[..., 0], (30, 20)) >= 0.5)).all()
    assert (found != RED_PIXELS[0]).mean() < 0.02


def test_size_of_the_image_or_the_one_asked_for(red):
    mixed = [IMAGES[0], IMAGES[1][:, :17]]
    assert [mask.shape for mask in ONNXSegmenter(path=red, **PLAIN).fit(mixed).predict(mixed)] == [(20, 30), (20, 17)]
    small = ONNXSegmenter(path=red, height=10, width=15, **PLAIN).fit(IMAGES).predict(IMAGES)
    assert small.shape == (2, 20, 30)
    assert (small != RED_PIXELS).mean() < 0.05


def test_alpha_objects_and_background_remover(red):
    segmenter = ONNXSegmenter(path=red, **PLAIN).fit(IMAGES)
    images = segmenter.transform(IMAGES)
    assert (foreground_mask(images[0]) == RED_PIXELS[0]).all()
    assert len(find_objects(images[0])) == 1
    assert (BackgroundRemover(mask=segmenter).transform(IMAGES) == images).all()
    transparent = np.concatenate([IMAGES, np.full((2, 20, 30, 1), 255, np.uint8)], axis=3)
    transparent[:, :, :12, 3] = 0
    assert (segmenter.predict(transparent) == (RED_PIXELS & (np.arange(30) >= 12))).all()


def test_the_file_is_pinned(red, tmp_path):
    digest = hashlib.sha256(Path(red).read_bytes()).hexdigest()
    segmenter = ONNXSegmenter(path=red, sha256=digest, **PLAIN).fit(IMAGES)
    save_model(segmenter, tmp_path / "model.skops")
    again = load_model(tmp_path / "model.skops")
    assert (again.predict(IMAGES) == RED_PIXELS).all()
    write_network(red, weights=2 * RED, pooled=False)
    with pytest.raises(ModelFileError, match="expected the file of SHA-256"):
        again.predict(IMAGES)


def test_one_of_several_outputs(tmp_path):
    values = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 3, 20, 30]) for name in ("in", "same", "twice")
    ]
    nodes = [helper.make_node("Relu", ["in"], ["same"]), helper.make_node("Add", ["in", "in"], ["twice"])]
    graph = helper.make_graph(nodes, "g", values[:1], values[1:])
    path = str(tmp_path / "two.onnx")
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)
    assert (ONNXSegmenter(path=path, output="same", **PLAIN).fit(IMAGES).predict(IMAGES) == GREEN_PIXELS).all()
    for output in (None, "other"):
        with pytest.raises(ModelFileError, match=r"expected output= to name one of the outputs of the network, \["):
            ONNXSegmenter(path=path, output=output, **PLAIN).fit(IMAGES)


def test_what_gives_no_map_is_refused(tmp_path):
    path = str(write_network(tmp_path / "pooled.onnx"))
    with pytest.raises(ModelFileError, match="expected a map"):
        ONNXSegmenter(path=path).fit(IMAGES)


def test_parameters_that_do_not_fit_the_file_are_refused(tmp_path, colors):
    path = str(write_network(tmp_path / "red.onnx", weights=RED, pooled=False, size=(40, 60)))
    with pytest.raises(InvalidParameterError, match="'height' parameter of ONNXSegmenter must be 40"):
        ONNXSegmenter(path=path, height=41).fit(IMAGES)
    with pytest.raises(InvalidParameterError, match="must be of the 3 channels"):
        ONNXSegmenter(path=colors, foreground=[3]).fit(IMAGES)
