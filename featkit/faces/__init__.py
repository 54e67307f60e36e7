"""Faces: detection, landmarks, description, comparison."""
