"""What the terminal face puts on the screen."""
