"""The package for an authority: a ZIP that anybody can check without this software. The same data gives the same bytes.

Actions come in to write it, a command to check one that is given to it as a file.
"""
