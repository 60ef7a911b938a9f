"""`llama-worker mcp`: models as tools of other programs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from ....config.groups import MODEL, WORKER, read_options
from ....config.named_model import NamedModel
from ....options import LlamaOptions, ModelOptions
from ...configured import config_option, configuration
from ...fake import fake_option, faked
from ...named_options import listing, named_options
from ...output.texts import say
from ...served import built, named_models, read_api_key
from ...servers.asking import KEY_VARIABLE
from ...verbosity import verbose_option

_GROUPS = (MODEL, WORKER)


@click.command(cls=listing(_GROUPS))
@click.option("--model", "models", multiple=True, metavar="[NAME=]MODEL", help="To serve; the first is the default.")
@config_option
@click.option("--allow-download", is_flag=True, help="Let clients download models from Hugging Face.")
@click.option("--http", "over_http", is_flag=True, help="Serve streamable HTTP, not standard input and output.")
@click.option("--host", default="127.0.0.1", show_default=True, help="With --http; another address needs an API key.")
@click.option("--port", type=click.IntRange(0, 65535), default=8322, show_default=True, help="With --http.")
@click.option("--api-key-file", type=click.Path(path_type=Path), help=f"Holds the API key.  [default: {KEY_VARIABLE}]")
@fake_option
@named_options
@verbose_option
def mcp(
    models: tuple[str, ...],
    config_file: Path | None,
    allow_download: bool,
    over_http: bool,
    host: str,
    port: int,
    api_key_file: Path | None,
    fake: str | None,
    options: tuple[str, ...],
) -> int:
    """Serve models to programs that speak the Model Context Protocol: Claude Desktop, editors, agents.

    Tools: generate, chat, embed, list_models. Clients may name the models given here, in the configuration, and those
    that are downloaded; without any it is `builtin`. Whatever is to be read by people goes to standard error.
    """
    from ....mcp.serving.running import PATH, Plan, serve_http, serve_stdio

    config, given = configuration(config_file), read_options(options, _GROUPS)
    plan = Plan(
        llama=built(LlamaOptions, config.worker, given, {}),
        models=named_models(models, config.models, given[ModelOptions]) or {"builtin": NamedModel(model="builtin")},
        downloads=allow_download,
        api_key=read_api_key(api_key_file) if over_http else None,
    )
    with faked(fake):
        if not over_http:
            return asyncio.run(serve_stdio(plan))
        from ....http.serving.server import listen

        with listen(host, port, has_key=plan.api_key is not None) as listening:
            address = f"http://{host}:{listening.getsockname()[1]}{PATH}"
            asyncio.run(serve_http(plan, listening, lambda: say(f"MCP: {address} (Ctrl-C ends it)", err=True)))
    return 0
