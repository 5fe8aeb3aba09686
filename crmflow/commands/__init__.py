"""What each verb of the command line does; every module has one ``main`` that returns the exit code."""
