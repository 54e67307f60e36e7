"""Pictures of what pipelines see, measure and achieve: one display in each file."""
