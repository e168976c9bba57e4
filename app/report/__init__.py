"""A session or a whole history as figures, page, Markdown and JSON."""
