"""Embeddings of networks in ONNX files: against the convolution written out, and what is refused."""

import hashlib
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from scipy.signal import correlate
from sklearn.pipeline import make_pipeline

import featkit
from featkit import ONNXEmbedding, Resizer
from featkit.exceptions import ImageFormatError, ModelFileError
from featkit.features.network._onnx_file import input_shapes
from featkit.features.network._onnx_network import IMAGENET_MEAN, IMAGENET_STD
from featkit.parameters import InvalidParameterError
from tests.networks import WEIGHTS, write_network

IMAGES = np.random.default_rng(1).integers(0, 256, (3, 12, 17, 3), dtype=np.uint8)


@pytest.fixture
def path(tmp_path):
    return str(write_network(tmp_path / "network.onnx"))


def expected(image, mean=IMAGENET_MEAN, std=IMAGENET_STD, weights=WEIGHTS):
    """Mean over all positions of the ReLU of the correlation, zeros around the image."""
    planes = np.pad(((image / 255 - mean) / std).transpose(2, 0, 1), ((0, 0), (1, 1), (1, 1)))
    return [np.maximum(correlate(planes, kernel, mode="valid", method="direct"), 0).mean() for kernel in weights]


def test_one_pixel_through_a_network_of_one_weight_is_its_own_value(tmp_path):
    weights = np.zeros((1, 3, 3, 3), np.float32)
    weights[0, 0, 1, 1] = 2.0  # twice the red of the pixel itself
    path = str(write_network(tmp_path / "red.onnx", weights=weights))
    found = ONNXEmbedding(path=path, mean=0, std=1).fit_transform(np.array([[[[0.25, 1.0, 1.0]]]]))
    assert found == pytest.approx(np.array([[0.5]]))


@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
@pytest.mark.parametrize("pooled", [True, False])
def test_embedding_is_the_convolution_written_out(tmp_path, layout, pooled):
    path = str(write_network(tmp_path / "network.onnx", layout=layout, pooled=pooled))
    embedding = ONNXEmbedding(path=path)
    found = embedding.fit_transform(IMAGES)
    assert found == pytest.approx(np.array([expected(image) for image in IMAGES]), rel=1e-4)
    assert list(embedding.get_feature_names_out()) == ["onnx_0", "onnx_1", "onnx_2", "onnx_3"]


def test_channels_and_normalization_are_those_asked_for(path):
    bgr = ONNXEmbedding(path=path, mean=(0.1, 0.2, 0.3), std=(1, 2, 3), channels="bgr").fit_transform(IMAGES)
    reversed_weights = WEIGHTS[:, ::-1]
    truth = [expected(image, (0.1, 0.2, 0.3), (1, 2, 3), reversed_weights) for image in IMAGES]
    assert bgr == pytest.approx(np.array(truth), rel=1e-4)
    to_255 = ONNXEmbedding(path=path, mean=0, std=1 / 255).fit_transform(IMAGES)
    assert to_255 == pytest.approx(np.array([expected(image, 0, 1 / 255) for image in IMAGES]), rel=1e-4)


def test_gray_images_are_three_equal_channels_or_one(path, tmp_path):
    gray = IMAGES[..., 0]
    found = ONNXEmbedding(path=path).fit_transform(gray)
    assert found == pytest.approx(np.array([expected(np.stack([image] * 3, axis=2)) for image in gray]), rel=1e-4)
    one = str(write_network(tmp_path / "gray.onnx", weights=WEIGHTS[:, :1]))
    found = ONNXEmbedding(path=one, channels="gray", mean=0.5, std=0.5).fit_transform(gray)
    truth = [expected(image[..., np.newaxis], 0.5, 0.5, WEIGHTS[:, :1]) for image in gray]
    assert found == pytest.approx(np.array(truth), rel=1e-4)


def test_the_file_is_pinned_by_its_hash(path, tmp_path):
    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    embedding = ONNXEmbedding(path=path, sha256=digest.upper()).fit(IMAGES)
    assert embedding.sha256_ == digest
    model = featkit.load_model(_saved(embedding, tmp_path), trusted=[path])
    assert np.array_equal(model.transform(IMAGES), embedding.transform(IMAGES))
    write_network(path, weights=2 * WEIGHTS)
    for fitted in (embedding, model):
        with pytest.raises(ModelFileError, match=f"expected the file of SHA-256 {digest}"):
            fitted.transform(IMAGES)
    with pytest.raises(ModelFileError, match="expected the file of SHA-256"):
        ONNXEmbedding(path=path, sha256=digest).fit(IMAGES)


def _saved(embedding, folder):
    file = folder / "embedding.skops"
    featkit.save_model(embedding, file)
    return file


@pytest.mark.parametrize("content", [None, b"", b"meow", "cut"])
def test_a_file_that_is_no_network_is_named(tmp_path, path, content):
    broken = tmp_path / "broken.onnx"
    if content is not None:
        broken.write_bytes(Path(path).read_bytes()[:60] if content == "cut" else content)
    with pytest.raises(ModelFileError, match="broken.onnx: expected an ONNX file") as caught:
        ONNXEmbedding(path=str(broken)).fit(IMAGES)
    assert caught.value.path == str(broken)


def test_images_of_another_size_lead_to_the_resizer(tmp_path):
    path = str(write_network(tmp_path / "network.onnx", size=(8, 9)))
    message = r"Expected images of 8 x 9 pixels.*got 12 x 17. Put a Resizer\(height=8, width=9\) before it"
    with pytest.raises(ImageFormatError, match=message):
        ONNXEmbedding(path=path).fit(IMAGES)
    assert ONNXEmbedding(path=path).fit_transform(IMAGES[:, :8, :9]).shape == (3, 4)


def test_channels_that_the_network_does_not_take_are_refused(path):
    message = r"expected an input of shape \(1, 1, height, width\).*got \('\?', 3, '\?', '\?'\)"
    with pytest.raises(ModelFileError, match=message):
        ONNXEmbedding(path=path, channels="gray", mean=0.5, std=0.5).fit(IMAGES)


@pytest.mark.parametrize(("inputs", "outputs", "message"), [(2, 1, "with one input"), (1, 2, "with one output")])
def test_a_network_of_more_than_an_image_and_its_embedding_is_refused(tmp_path, inputs, outputs, message):
    values = [
        [helper.make_tensor_value_info(f"{kind}{k}", TensorProto.FLOAT, [1, 3, 12, 17]) for k in range(count)]
        for kind, count in (("in", inputs), ("out", outputs))
    ]
    nodes = [helper.make_node("Add", [f"in{k % inputs}", f"in{(k + 1) % inputs}"], [f"out{k}"]) for k in range(outputs)]
    model = helper.make_model(helper.make_graph(nodes, "g", *values), opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    (tmp_path / "network.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(ModelFileError, match=message):
        ONNXEmbedding(path=str(tmp_path / "network.onnx")).fit(IMAGES)


def test_the_shape_read_from_the_file_is_what_onnx_reads(tmp_path):
    for number, options in enumerate([{}, {"layout": "nhwc"}, {"size": (300, 70000)}, {"weights": WEIGHTS[:, :1]}]):
        content = Path(write_network(tmp_path / f"{number}.onnx", **options)).read_bytes()
        [value] = onnx.load_from_string(content).graph.input
        assert input_shapes(content) == [tuple(dim.dim_value or None for dim in value.type.tensor_type.shape.dim)]


@pytest.mark.parametrize(
    "wrong", [{"mean": (1, 2)}, {"std": (1, 0, 1)}, {"channels": "gray"}, {"mean": float("nan")}, {"std": [[1, 1, 1]]}]
)
def test_normalization_that_does_not_fit_the_channels_is_refused(path, wrong):
    with pytest.raises(InvalidParameterError, match=r"must be a number.* for channels="):
        ONNXEmbedding(path=path, **wrong).fit(IMAGES)


def test_a_pipeline_resizes_what_differs_in_size(path):
    mixed = [IMAGES[0], IMAGES[1][:, :9]]
    assert make_pipeline(Resizer(height=8, width=8), ONNXEmbedding(path=path)).fit_transform(mixed).shape == (2, 4)
