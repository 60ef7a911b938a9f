"""`-v` and `-vv`: what the loggers tell, on standard error."""

from __future__ import annotations

import logging

import click

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def _tell(ctx: click.Context, param: click.Parameter, count: int) -> None:
    if not count:
        return
    from ..loggers import PACKAGE

    PACKAGE.setLevel(logging.DEBUG if count > 1 else logging.INFO)
    if not PACKAGE.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter(FORMAT))
        PACKAGE.addHandler(handler)


verbose_option = click.option(
    "-v",
    "--verbose",
    count=True,
    expose_value=False,
    callback=_tell,
    help="Tell on standard error of engines, models and downloads; -vv of each request too, never of its text.",
)
