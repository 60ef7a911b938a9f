"""What a tokenizer puts around a text by itself, read of the post-processor in `tokenizer.json`."""

from __future__ import annotations

from typing import Any

import msgspec

_ROLES = ("bos", "eos", "unk", "sep", "pad", "cls", "mask")


class Added(msgspec.Struct):
    """`flags`: whether a role's token is added. `settings`: tokenizer_config.json, with the roles that the
    post-processor tells and it does not. `roles`: those that count, which are more when one token has taken another's
    role."""

    settings: dict[str, Any]
    flags: dict[str, bool] = {}
    roles: tuple[str, ...] = _ROLES
    has_settings: bool = True


def what_is_added(tokenizer: dict[str, Any], settings: dict[str, Any] | None) -> Added:
    """`tokenizer` is empty when a repository has no tokenizer.json, `settings` None when it has no configuration."""
    added = Added(dict(settings or {}), has_settings=settings is not None)
    if tokenizer:
        _fill_in(added, "bos_token", "cls_token")
        _fill_in(added, "eos_token", "sep_token")
        _read_processors(added, tokenizer.get("post_processor") or {})
    for role in added.roles:
        configured = added.settings.get(f"add_{role}_token")
        if isinstance(configured, bool):
            added.flags.setdefault(role, configured)
    return added


def _fill_in(added: Added, role: str, other: str) -> None:
    """BERT's tokenizers have `cls` and `sep` for what others call `bos` and `eos`."""
    if not added.settings.get(role) and added.settings.get(other):
        added.settings[role] = added.settings[other]


def _read_processors(added: Added, processor: dict[str, Any]) -> None:
    for each in processor.get("processors", [processor]):
        kind = each.get("type")
        if kind == "ByteLevel":
            added.flags.setdefault("bos", False)
            added.flags.setdefault("eos", False)
        elif kind == "RobertaProcessing":
            _read_roberta(added, each)
        elif kind == "TemplateProcessing":
            _read_template(added, each)


def _read_roberta(added: Added, processor: dict[str, Any]) -> None:
    added.flags |= {"bos": True, "eos": True, "sep": True}
    for role, instead in (("cls", "bos"), ("sep", "eos")):
        if not added.settings.get(f"{role}_token") and added.has_settings:
            known = added.settings.get(f"{instead}_token")
            added.settings[f"{role}_token"] = processor.get(role, [known])[0]


def _read_template(added: Added, processor: dict[str, Any]) -> None:
    """Which special tokens stand at the ends of one text, and between two."""
    single, pair = processor.get("single") or [], processor.get("pair") or []
    first = _special(single[0]) if len(single) > 1 else None
    last = _special(single[-1]) if len(single) > 1 else None
    if first:
        _read_first(added, first)
    if last:
        _read_last(added, last)
    if pair:
        start = 1 if first and _special(pair[0]) == first else 0
        stop = len(pair) - 1 if last and _special(pair[-1]) == last else len(pair)
        _read_between(added, pair[start:stop], last)


def _read_first(added: Added, first: str) -> None:
    if added.has_settings and first not in (_text(added, "bos"), _text(added, "cls")):
        for role in ("bos_token", "cls_token"):
            if not added.settings.get(role):
                added.settings[role] = first
    known = (_text(added, "bos"), _text(added, "cls"))
    added.flags["bos"] = not added.has_settings or first in known


def _read_last(added: Added, last: str) -> None:
    """A token at the end that is not `eos` becomes it; the one that was ends a turn from now on."""
    before = added.settings.get("eos_token")
    if added.has_settings and last != before:
        role = next((role for role in ("eot", "eom") if role not in added.roles), None)
        if role:
            added.roles += (role,)
            added.settings[f"{role}_token"] = before
        added.settings["eos_token"] = last
    added.flags["eos"] = True


def _read_between(added: Added, pair: list[dict[str, Any]], last: str | None) -> None:
    """What of A ... B stands between the two."""
    if len(pair) < 3 or _sequence(pair[0]) != "A" or _sequence(pair[-1]) != "B":
        return
    between = [_special(entry) for entry in pair[1:-1]]
    ends = (_text(added, "sep"), _text(added, "eos"))
    separated = bool(between[0] and between[0] in ends and not last)
    separated |= len(between) == 2 and bool(between[1]) and between[1] in ends
    added.flags["sep"] = separated
    if separated and not added.settings.get("sep_token") and added.has_settings:
        added.settings["sep_token"] = added.settings.get("eos_token")


def _text(added: Added, role: str) -> Any:
    return added.settings.get(f"{role}_token")


def _special(entry: dict[str, Any]) -> Any:
    return entry.get("SpecialToken", {}).get("id")


def _sequence(entry: dict[str, Any]) -> Any:
    return entry.get("Sequence", {}).get("id")
