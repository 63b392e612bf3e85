"""The command line: `allclear`."""
