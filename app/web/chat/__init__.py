"""The page of an interview: what stands on it, and how it fills in while it is looked at."""
