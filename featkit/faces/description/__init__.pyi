__all__: list[str]

from .alignment import FaceAligner as FaceAligner
from .alignment import align_face as align_face
from .alignment import face_alignment_map as face_alignment_map
from .aspect_ratios import eye_aspect_ratio as eye_aspect_ratio
from .aspect_ratios import mouth_aspect_ratio as mouth_aspect_ratio
from .descriptors import LandmarkDescriptors as LandmarkDescriptors
from .descriptors import landmark_descriptors as landmark_descriptors
from .descriptors import landmark_descriptors_names as landmark_descriptors_names
from .geometry import LandmarkGeometry as LandmarkGeometry
from .geometry import landmark_geometry as landmark_geometry
from .geometry import landmark_geometry_names as landmark_geometry_names
from .pose import head_pose as head_pose
from .procrustes import ProcrustesAligner as ProcrustesAligner
from .procrustes import procrustes_distance as procrustes_distance
