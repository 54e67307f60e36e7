#!/usr/bin/env bash
# OpenCV 5.0, module dnn: forward("name") of a tensor inside the network gives another tensor's shape and values.
# OpenCV 4.10 refuses it. Exits 1 when the behaviour has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check numpy==2.4.6 opencv-python-headless==5.0.0.93 onnx==1.23.2
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import cv2
import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

weights = np.random.default_rng(0).normal(size=(4, 3, 3, 3)).astype(np.float32)
nodes = [
    helper.make_node("Conv", ["image", "weights"], ["found"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
    helper.make_node("Relu", ["found"], ["maps"]),
    helper.make_node("GlobalAveragePool", ["maps"], ["mean"]),
    helper.make_node("Flatten", ["mean"], ["embedding"]),
]
graph = helper.make_graph(
    nodes,
    "network",
    [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, "height", "width"])],
    [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, 4])],
    [numpy_helper.from_array(weights, "weights")],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
checker.check_model(model)
network = cv2.dnn.readNetFromONNX(np.frombuffer(model.SerializeToString(), np.uint8))
network.setInput(np.ones((1, 3, 9, 11), np.float32))
inside = network.forward("maps").shape
print(f"opencv {cv2.__version__}: 'maps' of shape (1, 4, 9, 11) comes as {inside}")
sys.exit(0 if inside != (1, 4, 9, 11) else 1)
PYTHON
