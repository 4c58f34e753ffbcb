"""The architecture of the chapter from scratch, in NumPy and PyTorch alone. Import the modules; this package imports
nothing itself.
"""
