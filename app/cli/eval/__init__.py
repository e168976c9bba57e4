"""`mockint eval` and its commands, one file a command."""
