"""The optical networks that ship with the package, one JSON file each; see README.md."""
