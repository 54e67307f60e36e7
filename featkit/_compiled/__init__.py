"""Kernels compiled ahead of time: what they are called, and which ones this processor runs."""
