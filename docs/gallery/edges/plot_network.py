"""
A pretrained network of your own
================================

`ONNXEmbedding` runs a network from an ONNX file by OpenCV: deep features beside the classical ones, with the same
classifier. featkit ships no weights; here the network is a file that the example writes, with one filter for edges.
"""

import tempfile

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from skimage.data import chelsea

from featkit import ONNXEmbedding, Resizer
from featkit.display import StepsDisplay

edges = np.zeros((2, 3, 3, 3), dtype=np.float32)
edges[0, :, 1, ::2] = [-1, 1]  # from left to right
edges[1, :, ::2, 1] = [-1, 1]  # from top to bottom
size = ["n", 3, 64, 96]
graph = helper.make_graph(
    [
        helper.make_node("Conv", ["image", "edges"], ["found"], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["found"], ["maps"]),
    ],
    "edges",
    [helper.make_tensor_value_info("image", TensorProto.FLOAT, size)],
    [helper.make_tensor_value_info("maps", TensorProto.FLOAT, ["n", 2, 64, 96])],
    [numpy_helper.from_array(edges, "edges")],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
path = tempfile.mkdtemp() + "/edges.onnx"
with open(path, "wb") as file:
    file.write(model.SerializeToString())

cat = Resizer(height=64, width=96).fit_transform([chelsea()])
display = StepsDisplay([("image", cat[0]), ("embedding", ONNXEmbedding(path=path).fit_transform(cat)[0])]).plot()
