__all__: list[str]

from .find_faces import FoundFace as FoundFace
from .find_faces import find_faces as find_faces
from .landmarks import FaceLandmarks as FaceLandmarks
from .landmarks import face_landmarks as face_landmarks
from .landmarks import face_landmarks_names as face_landmarks_names
from .models import LandmarkModelFile as LandmarkModelFile
from .models import find_model as find_model
from .scheme import FACE_MIRROR as FACE_MIRROR
from .scheme import FACE_REGIONS as FACE_REGIONS
from .schemes.known_schemes import landmark_scheme as landmark_scheme
from .schemes.landmark_scheme import LandmarkScheme as LandmarkScheme
from .shapes import check_landmarks as check_landmarks
from .shapes import mirror_landmarks as mirror_landmarks
from .shapes import normalized_mean_error as normalized_mean_error
from .smooth_landmarks import smooth_landmarks as smooth_landmarks
