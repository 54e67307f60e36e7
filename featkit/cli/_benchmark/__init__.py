"""What `featkit benchmark` is made of beside its command: candidates, groups of images, labels (also of `extract`)."""
