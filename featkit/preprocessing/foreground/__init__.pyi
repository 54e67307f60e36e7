__all__: list[str]

from .background import BackgroundRemover as BackgroundRemover
from .segmentation import segment_foreground as segment_foreground
