"""The manual: the documents that travel with the program, as books, pages and what is found in them."""
