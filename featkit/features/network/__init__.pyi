__all__: list[str]

from .onnx_embedding import ONNXEmbedding as ONNXEmbedding
from .onnx_segmenter import ONNXSegmenter as ONNXSegmenter
