__all__: list[str]

from .predictor import LandmarkPredictor as LandmarkPredictor
