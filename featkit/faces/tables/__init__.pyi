__all__: list[str]

from .load_matcher import load_matcher as load_matcher
from .train_matcher import TrainedMatcher as TrainedMatcher
from .train_matcher import train_matcher as train_matcher
