__all__: list[str]

from .feature_extractor import FeatureExtractor as FeatureExtractor
from .image_transformer import ImageTransformer as ImageTransformer
