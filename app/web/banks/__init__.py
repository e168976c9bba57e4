"""What the pages of banks are made from: lists and filters, uploads, forms."""
