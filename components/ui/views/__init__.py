"""The parts that one page alone is made of, named after the page; what pages share is one folder up."""
