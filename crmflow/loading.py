"""Loaded first by a process that loads much: all of that is to stay, so nobody searches it for garbage."""

import gc

SELDOM = 1_000_000
"""Objects made before the next search; loading a command makes a sixth of it."""

gc.set_threshold(SELDOM)
