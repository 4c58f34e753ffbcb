"""What the page of labelling shows."""
