"""
Remove the background by a network of your own
==============================================

`ONNXSegmenter` writes the alpha channel by a pretrained segmentation network from an ONNX file. featkit ships no
weights; here the network is a file that the example writes: what is warmer than blue, as a probability.
"""

import tempfile

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from skimage.data import rocket

from featkit import ONNXSegmenter
from featkit.display import StepsDisplay

warm = 20 * np.array([1, 0, -1], dtype=np.float32).reshape(1, 3, 1, 1)  # red less blue
graph = helper.make_graph(
    [helper.make_node("Conv", ["image", "warm"], ["strength"]), helper.make_node("Sigmoid", ["strength"], ["map"])],
    "warm",
    [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, 107, 160])],
    [helper.make_tensor_value_info("map", TensorProto.FLOAT, ["n", 1, 107, 160])],
    [numpy_helper.from_array(warm, "warm")],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
path = tempfile.mkdtemp() + "/warm.onnx"
with open(path, "wb") as file:
    file.write(model.SerializeToString())

photo = np.ascontiguousarray(rocket()[::4, ::4])
cut_out = ONNXSegmenter(path=path, mean=0.2, std=1.0).fit_transform([photo])[0]
display = StepsDisplay([("photo", photo), ("what the network calls foreground", cut_out)]).plot()
