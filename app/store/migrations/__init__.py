"""How the tables came to be, one file a step; a file that was released is never changed."""
