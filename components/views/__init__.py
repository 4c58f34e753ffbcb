"""What pages show, one package a page; none knows another."""
