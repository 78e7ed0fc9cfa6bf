"""The exact config, the tables and the versions, to repeat the run."""

import shlex

from automl_cli.report.data import ReportData
from automl_cli.report.section import Block, Heading, Listing, Paragraph, Section, Table
from automl_cli.report.wording import make_text_cell


def write_repeat(data: ReportData) -> Section:
    """Write the section that says how to get the same run."""
    files, directory = data.run.files, data.run.directory
    given = [path for path in (files.train, files.test) if path is not None]
    arguments = ["automl", "fit", *map(str, given)]
    if files.sample is not None:
        arguments += ["--sample", str(files.sample)]
    arguments += ["-c", str(directory.config.absolute())]
    tables = [(name, getattr(files, name)) for name in ("train", "test", "sample", "original")]
    rows = [
        [make_text_cell(name), make_text_cell("none" if path is None else str(path))]
        for name, path in tables
    ]
    rows += [
        [make_text_cell(name), make_text_cell(str(version))]
        for name, version in data.known["versions"].items()
    ]
    rows.append([make_text_cell("key of data and config"), make_text_cell(str(data.known["key"]))])
    config = data.run.config
    limited = config.budget is not None or (config.search.trials and config.search.budget)
    blocks: list[Block] = [
        Listing(caption="The command", text=shlex.join(arguments)),
        Paragraph(
            text="Under a budget, a faster or slower machine fits other candidates. Without "
            "one, the same data, config and versions give the same numbers."
            if limited
            else ("There was no budget: the same data, config and versions give the same numbers.")
        ),
        Listing(caption="config.yaml", text=directory.config.read_text(encoding="utf-8")),
        Table(
            caption="Tables and versions",
            headings=[Heading(text="what"), Heading(text="value", kind="code")],
            rows=rows,
        ),
    ]
    return Section(name="repeat", title="Reproduce this run", blocks=blocks)
