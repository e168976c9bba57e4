"""Figures on speed and memory, taken under the conditions that the command line sets up."""

from app.linear_algebra import keep_to_one_thread

keep_to_one_thread()  # the modules below import numpy, and after that it is too late
