"""The AWS simulator's own server (`moto_server`, same arguments), which starts with a second less of work.

botocore makes a loader for each session, and each reads and parses EC2's whole model again; moto opens three sessions
while it is imported. One loader for all keeps what was read.
"""

import functools
import sys

import botocore.loaders

botocore.loaders.create_loader = functools.cache(botocore.loaders.create_loader)

from moto.server import main  # noqa: E402 - after the loader is in place

if __name__ == "__main__":
    main(sys.argv[1:])
