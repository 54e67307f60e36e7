"""Displays of images and of what is seen in them."""
