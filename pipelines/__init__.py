"""Ready-made applications: they assemble public names and compute nothing themselves."""
