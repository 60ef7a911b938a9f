"""Install all client libraries that the tests use."""

from __future__ import annotations

from tests.http.clients.environment import REQUIREMENTS, install, install_javascript

for name in REQUIREMENTS:
    install(name)
install_javascript()
