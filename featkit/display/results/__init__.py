"""Displays of benchmark results."""
