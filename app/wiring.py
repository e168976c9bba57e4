"""From settings to services: the one place that picks implementations."""
