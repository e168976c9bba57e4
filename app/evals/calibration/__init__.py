"""The small model behind similarity: its data, its fit, its held-out figures."""
