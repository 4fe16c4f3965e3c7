"""The decisions as plain functions: evidence in, verdict out.

`run` goes from a repository to a verdict. What it rests on is gathered in `evidence/` (both
sides of the change) and `imports/` (what other tools found). Five files decide: `matching` tells
what stood at the base, `decision` what becomes of each finding and gap, asking `policy` (its lines
and layers are in `policies/`) and then `waivers`; `baseline` is for what no base was scanned for.
`judge` is all of these as the base tip holds them, and `judge_changed`, with `judge_files/`, what a
change does to them. Names in `_file` and `_entries` read and write; `waiving`, `adoption` and
`replayed` serve verbs.
"""
