"""An interview while it goes on: grading in the background, and streams of what happens."""
