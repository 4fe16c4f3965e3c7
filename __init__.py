"""Tidegate: may this change merge, may it deploy, may it stay deployed?"""

__version__ = "0.1.0"
