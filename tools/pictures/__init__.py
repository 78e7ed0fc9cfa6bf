"""The pictures of the documents, drawn by ``python -m pictures docs/pictures``.

`terminal` shows a real run, `diagrams` how a run works.
"""
