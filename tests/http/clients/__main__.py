"""Install the client libraries that `make test` uses; with `--all` those of `make test-clients`, too."""

from __future__ import annotations

import sys

from tests.http.clients.environment import DAILY, JAVASCRIPT, NPM, environments, install, install_npm

everything = "--all" in sys.argv[1:]
for name in environments() if everything else DAILY:
    install(name)
for folder in (JAVASCRIPT, NPM) if everything else (JAVASCRIPT,):
    install_npm(folder)
