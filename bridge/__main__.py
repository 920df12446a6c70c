"""`python -m bridge` is `macnet`, for where the folder of installed commands is not on the path."""

from bridge.cli import main

if __name__ == "__main__":
    main()
