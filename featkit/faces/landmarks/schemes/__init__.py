"""Schemes of landmarks: which points a face of each has, and which of 300-W's they are."""
