__all__: list[str]

from .convert_boxes import convert_boxes as convert_boxes
from .convert_landmarks import convert_landmarks as convert_landmarks
from .read_landmarks import LandmarkFile as LandmarkFile
from .read_landmarks import read_landmarks as read_landmarks
from .write_landmarks import write_landmarks as write_landmarks
