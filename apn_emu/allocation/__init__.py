"""Routes, spectrum assignment, the allocator of lightpaths, blocking simulation. Pure."""
