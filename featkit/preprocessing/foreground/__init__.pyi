__all__: list[str]

from .background import BackgroundRemover as BackgroundRemover
from .foreground_classifier import ForegroundClassifier as ForegroundClassifier
from .segmentation import segment_foreground as segment_foreground
