"""How Sphinx makes the site: `make site`.

The pages are read from the root of the repository, so that links between them work there, too.
"""

project = "automl_cli"
project_copyright = "the automl_cli authors"
extensions = ["myst_parser"]
root_doc = "docs/index"
include_patterns = [
    "docs/*.md",
    "examples/README.md",
    "benchmarks/*.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
]
exclude_patterns = [".*", "runs", "site"]
myst_heading_anchors = 3
html_theme = "furo"  # asks no server for fonts or scripts
html_title = "automl_cli"
html_extra_path = ["front"]  # index.html at the root leads to the first page
html_copy_source = False
html_show_sphinx = False
pygments_style = "friendly"
