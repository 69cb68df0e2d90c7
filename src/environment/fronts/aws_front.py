"""The AWS simulator's own server (`moto_server`, same arguments), which starts with a second less of work.

botocore makes a loader for each session, and each reads and parses EC2's whole model again; moto opens three sessions
while it is imported. One loader for all keeps what was read. What is loaded stays for good, so the garbage collector
need not go through it again and again while it grows, nor ever after.
"""

import functools
import gc
import sys

gc.disable()

import botocore.loaders  # noqa: E402 - without the collector

botocore.loaders.create_loader = functools.cache(botocore.loaders.create_loader)

import moto.ec2.models  # noqa: E402, F401 - else loaded by the first call, with the collector at work
import moto.ec2.responses  # noqa: E402, F401
from moto.server import main  # noqa: E402 - after the loader is in place

gc.freeze()
gc.enable()

if __name__ == "__main__":
    main(sys.argv[1:])
