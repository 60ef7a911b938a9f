"""Chat templates are programs that come with a model: these do not mean well."""

from __future__ import annotations

import random

from tests.models import raw_gguf as raw

from .anatomy import Anatomy, Key
from .mutators import Damage, Mutator


def _trap(what: str) -> str:
    """Nothing to be seen while it is loaded: only what is asked then sets it off."""
    return _MESSAGES + "{% if 'la li' in messages|map(attribute='content')|list %}" + what + "{% endif %}"


_MESSAGES = "{% for m in messages %}{{ m.content }}{% endfor %}"
TEMPLATES: dict[str, str] = {
    "endless range": "{% for a in range(1000000000) %}x{% endfor %}",
    "endless silence": "{% for a in range(1000000000) %}{% endfor %}",
    "loops in loops": "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}"
    "{% endfor %}{% endfor %}",
    "largest list": "{{ range(9223372036854775807)|list }}",
    "text doubled": "{% set n = namespace(t='x') %}{% for a in range(60) %}"
    "{% set n.t = n.t ~ n.t %}{% endfor %}{{ n.t }}",
    "text repeated": "{{ 'x' * 9223372036854775807 }}",
    "list repeated": "{{ ([1, 2, 3] * 1000000000)|length }}",
    "indentation": "{{ 'x'|indent(2147483647) }}",
    "macro in itself": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "two macros": "{% macro f() %}{{ g() }}{% endmacro %}{% macro g() %}{{ f() }}{% endmacro %}{{ f() }}",
    "doubling macro": "{% macro f(n) %}{% if n %}{{ f(n-1) }}{{ f(n-1) }}{% endif %}x{% endmacro %}{{ f(60) }}",
    "deep parentheses": "{{ " + "(" * 20_000 + "1" + ")" * 20_000 + " }}",
    "deep lists": "{{ " + "[" * 20_000 + "]" * 20_000 + " }}",
    "deep ifs": "{% if true %}" * 5_000 + "{% endif %}" * 5_000,
    "deep loops": "{% for a in [1] %}" * 2_000 + "{% endfor %}" * 2_000,
    "long sum": "{{ " + "1+" * 50_000 + "1 }}",
    "long not": "{{ " + "not " * 50_000 + "1 }}",
    "long minus": "{{ " + "-" * 50_000 + "1 }}",
    "many filters": "{{ 'x'" + "|upper" * 20_000 + " }}",
    "ten megabytes": _MESSAGES + "x" * (10 << 20),
    "ten megabytes of tags": _MESSAGES * 200_000,
    "no end": "{% for m in messages %}{{ m.content }}",
    "no beginning": "{% endfor %}{{ messages }}",
    "no template": "{% for %}{{{",
    "open tag": "{{ messages",
    "open text": "{{ 'x }}",
    "only a tag": "{%",
    "undefined call": "{{ never_heard_of() }}",
    "undefined filter": "{{ messages|never_heard_of }}",
    "undefined attribute": "{{ messages[99].a.b.c.d }}",
    "not a function": "{{ messages() }}{{ 5() }}",
    "classes of Python": "{{ ''.__class__.__mro__[1].__subclasses__() }}" + _MESSAGES,
    "names of C++": "{{ raise_exception.constructor }}{{ self }}{{ namespace.__init__ }}" + _MESSAGES,
    "raises": "{{ raise_exception('never') }}",
    "raises with everything": "{{ raise_exception('x' * 100000) }}",
    "division": "{{ 1 // 0 }}{{ 1 % 0 }}{{ 1 / 0 }}",
    "numbers": "{{ 9223372036854775807 + 9223372036854775807 }}{{ -9223372036854775808 // -1 }}" + _MESSAGES,
    "power": "{{ 9 ** 9 ** 9 ** 9 }}",
    "slices": "{{ 'abc'[::0] }}{{ messages[::-9223372036854775808] }}{{ 'abc'[9223372036854775807:] }}",
    "strftime": "{{ strftime_now('%' * 100000) }}{{ strftime_now('%n%E%O%') }}",
    "json of itself": "{% set a = namespace() %}{% set a.a = a %}{{ a|tojson }}",
    "json of everything": "{{ messages|tojson(indent=2147483647) }}",
    "sorting": "{{ range(10000000)|list|sort|join(',')|length }}",
    "regular expressions": "{{ ('a' * 50000)|replace('a', 'b' * 50000)|length }}",
    "null bytes": "\0{{ messages }}\0",
    "not text": "{{ '\ud7ff\uffff' }}{{ messages[0]['content'][0:1] }}",
    "include": "{% include '/etc/passwd' %}{% import '/etc/passwd' as x %}" + _MESSAGES,
    "a trap in a loop": _trap("{% for a in range(1000000000) %}{% endfor %}"),
    "a trap in a list": _trap("{{ range(9223372036854775807)|list }}"),
    "a trap in a macro": _trap("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"),
    "a trap that raises": _trap("{{ raise_exception('now') }}"),
    "a trap of much text": _trap("{{ 'word ' * 5000000 }}"),
    "a trap of nothing": _trap("{{ never_heard_of() }}"),
    "empty": "",
    "white space": " \n" * 100_000,
    "special tokens": "<|im_end|><|endoftext|>" * 50_000,
    "longer than the context": "x " * 100_000 + _MESSAGES,
}
ARCHITECTURES = 3
"""Templates are read by the same code for all architectures, so they are tried on so many only."""


def template_mutators() -> list[Mutator]:
    return [Mutator(f"template {name}", 1, _with(template)) for name, template in TEMPLATES.items()]


def _with(template: str) -> Damage:
    def damage(sound: Anatomy, chance: random.Random, number: int) -> bytes:
        hurt = sound.copy()
        payload = raw.text(template.encode(errors="surrogatepass"))
        hurt.keys = [key for key in hurt.keys if key.name != b"tokenizer.chat_template"]
        hurt.keys.append(Key(b"tokenizer.chat_template", raw.STRING, payload))
        return hurt.encode()

    return damage
