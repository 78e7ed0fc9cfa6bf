"""``python -m automl_cli`` and the ``automl`` command."""

from automl_cli.cli.app import main

if __name__ == "__main__":
    main()
