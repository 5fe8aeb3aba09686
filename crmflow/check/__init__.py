"""Records → findings: the schema of each block, then the rules across rows, forms and workbooks."""
