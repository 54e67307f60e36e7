__all__: list[str]

from .comparison import FaceComparison as FaceComparison
from .comparison import compare_faces as compare_faces
from .verification import FaceVerifier as FaceVerifier
from .verification import equal_error_rate as equal_error_rate
from .verification import true_match_rate as true_match_rate
