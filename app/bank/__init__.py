"""Reading and writing question banks."""
