"""The parts of a policy: what a line asks, the lines, and whose lines they are."""
