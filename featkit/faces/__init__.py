"""Faces: models, detection, landmarks, geometry, comparison."""
