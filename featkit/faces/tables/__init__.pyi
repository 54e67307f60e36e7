__all__: list[str]

from .faces_to_file import FacesResult as FacesResult
from .faces_to_file import faces_to_file as faces_to_file
from .load_matcher import load_matcher as load_matcher
from .train_matcher import TrainedMatcher as TrainedMatcher
from .train_matcher import train_matcher as train_matcher
