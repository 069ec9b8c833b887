"""The tool: `python -m cuvae VERB ...` and the script `cuvae`."""

import os
import sys
from pathlib import Path
from typing import NoReturn


def main() -> NoReturn:
    tool = Path(__file__).parent / "bin" / "cuvae"
    try:
        # In this process's place, so that signals, pipes and exit codes are the tool's own.
        os.execv(tool, [str(tool), *sys.argv[1:]])
    except OSError as error:
        sys.exit(f"cuvae: the tool {tool} does not start: {error}")


if __name__ == "__main__":
    main()
