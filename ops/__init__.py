"""Building, starting and checking Shouhou. Standard library only, so that it runs before anything is installed.

`python3 -m ops help` lists the commands; the Makefile calls them.
"""
