"""The commands about faces."""
