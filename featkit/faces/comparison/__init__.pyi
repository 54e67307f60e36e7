__all__: list[str]

from .comparison import FaceComparison as FaceComparison
from .comparison import compare_faces as compare_faces
from .descriptions import FaceDescription as FaceDescription
from .descriptions import describe_face as describe_face
from .descriptions import face_similarities as face_similarities
from .matcher import FaceMatcher as FaceMatcher
from .verification import FaceVerifier as FaceVerifier
from .verification import equal_error_rate as equal_error_rate
from .verification import true_match_rate as true_match_rate
