"""What the report contains: every frame, table, figure and section by name. Light: the rules read it at parse time.

A new table `x` is a module `tables/x.py` with `build(findings) -> Table`, an entry in `tables.py` here, and its name in
a section; a new figure likewise, with `data(findings)` and `draw(findings)`. What belongs to a part of the study is
made only where that part is run.
"""
