"""Who may come in, and what a reply tells the browser to refuse."""
