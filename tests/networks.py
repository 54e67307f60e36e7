"""Small networks in ONNX files: one convolution, ReLU and, where asked for, the mean over all positions."""

from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

WEIGHTS = np.random.default_rng(0).normal(size=(4, 3, 3, 3)).astype(np.float32)


def write_network(path, *, weights=WEIGHTS, layout="nchw", pooled=True, size=("height", "width")):
    """Write the network and give the path back."""
    axes = list(size)
    shape = ["n", weights.shape[1], *axes] if layout == "nchw" else ["n", *axes, weights.shape[1]]
    nodes, given = [], "image"
    if layout == "nhwc":
        nodes, given = [helper.make_node("Transpose", ["image"], ["first"], perm=[0, 3, 1, 2])], "first"
    nodes += [
        helper.make_node("Conv", [given, "weights"], ["found"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["found"], ["maps"]),
    ]
    if pooled:
        nodes += [
            helper.make_node("GlobalAveragePool", ["maps"], ["mean"]),
            helper.make_node("Flatten", ["mean"], ["embedding"]),
        ]
    result, result_shape = ("embedding", [1, len(weights)]) if pooled else ("maps", [1, len(weights), *axes])
    if layout == "nhwc" and not pooled:
        nodes.append(helper.make_node("Transpose", ["maps"], ["last"], perm=[0, 2, 3, 1]))
        result, result_shape = "last", [1, *axes, len(weights)]
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(result, TensorProto.FLOAT, result_shape)],
        [numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    Path(path).write_bytes(model.SerializeToString())
    return path
