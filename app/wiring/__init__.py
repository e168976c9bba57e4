"""From settings to services: the one place that picks implementations.

`banks` is light, so that the first question is on screen at once; `services` imports what takes
time, and is imported where there is time.
"""
