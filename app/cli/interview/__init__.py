"""An interview on a terminal: from the first question to the last card."""
