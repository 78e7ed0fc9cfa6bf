"""``python -m release VERSION``: raise the version and build the packages."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from release import ReleaseError, make_release

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m release VERSION")
    version = sys.argv[1]
    try:
        built = make_release(Path(), version, f"{datetime.now(UTC):%Y-%m-%d}")
    except ReleaseError as error:
        sys.exit(f"error: {error}")
    sys.stdout.write("\n".join(map(str, built)))
    sys.stdout.write(
        f"\n\nNow look at `git diff`, run `make test`, and publish:\n\n"
        f"    git commit -am 'Release {version}'\n    git tag v{version}\n"
        f"    git push --follow-tags\n"
    )
