"""The chat page: an interview in the browser, and the HTTP API beneath it."""
