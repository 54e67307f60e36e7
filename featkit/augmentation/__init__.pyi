__all__: list[str]

from .augmented_classifier import AugmentedClassifier as AugmentedClassifier
from .corruptions import Corrupter as Corrupter
from .corruptions import corrupt as corrupt
