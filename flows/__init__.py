"""When, where from, where to: the only package with I/O and Prefect.

The Prefect settings below are defaults, set here because this module runs before any of ours imports Prefect; a
`PREFECT_*` variable that the user has set wins.
"""

import os

PREFECT_DEFAULTS = {
    # The temporary server needs 11-21 s on 2 idle cores; Prefect gives up after 20.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    # A schedule looks 10 s ahead for due runs; every 10 s, as is usual, would find some of them too late.
    "PREFECT_RUNNER_POLL_FREQUENCY": "5",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
}

for _name, _value in PREFECT_DEFAULTS.items():
    os.environ.setdefault(_name, _value)
