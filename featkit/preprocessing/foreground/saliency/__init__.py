"""Saliency: superpixels, what stands out among them, and cuts that vote for the foreground."""
