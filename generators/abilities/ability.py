"""What is declared of an ability, once."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Ability(Struct, frozen=True, kw_only=True):
    """Something that a user of an engine wants done.

    `methods` ("Model.embed") and `options` ("ModelOptions.pooling") are what Python has for it; other doors are looked
    up from them. `http`: paths of routes, and fields of requests to them ("lora"); `file` if a server is told it in
    its configuration file. `command`: what the command line has for it, "embed" or "run --image".
    `page` is the document with an example, `test` where the real engine does it. `holes` are doors that do not lead
    there, each with its reason.
    """

    name: str
    methods: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    http: tuple[str, ...] = ()
    file: bool = False
    command: str = ""
    page: str
    test: str
    holes: Mapping[str, str] = {}
