__all__: list[str]

from .boxes import FaceBox as FaceBox
from .detection import detect_faces as detect_faces
