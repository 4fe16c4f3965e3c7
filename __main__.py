"""`python -P -m tidegate` is the console script `tidegate`."""

from .cli.main import main

if __name__ == "__main__":
    main()
