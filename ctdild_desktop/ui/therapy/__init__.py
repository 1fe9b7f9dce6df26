"""Recording lines of therapy and what happens to them."""
