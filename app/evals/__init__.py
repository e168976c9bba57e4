"""How good the grades are, measured."""
