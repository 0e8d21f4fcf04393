"""Machine translation of people's words: texts, who reads them in what, and the engines.

The interface's own catalogs live in /translations, not here.
"""
