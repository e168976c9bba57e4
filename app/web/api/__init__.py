"""The HTTP API, documented by its own OpenAPI document at /api/openapi.json."""
