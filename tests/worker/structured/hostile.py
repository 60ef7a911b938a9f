"""Forms of answers that keep an engine busy or end it: what tests of every door send."""

from __future__ import annotations

from typing import Any

from benchmarks.costs import grammar_limits as shapes

Fields = dict[str, Any]

FIELDS: dict[str, Fields] = {
    "50,000 parentheses": shapes.nested(50_000),
    "100,000 alternatives": shapes.alternatives(100_000),
    "30,000 rules, each of them the next": shapes.rules(30_000),
    "rules that fork": shapes.forks(40),
    "ways that double": shapes.doubling(8),
    "ways that double behind a screen": {
        "grammar": "root ::= " + " | ".join(f'"{letter}" "{i}"' for letter in "xyz" for i in range(90)) + " | real\n"
        'real ::= "x" "x" | "x" "y" | "x" "z" | "a" real "b" | "a" real "c" | "a"'
    },
    "the same in many ways": shapes.overlapping(300),
    "nothing, many times": shapes.optional_twice(1000),
    "repetitions by reference": {"grammar": "root ::= a{0,200}\na ::= b{0,200}\nb ::= c{0,200}\nc ::= [a-z]"},
    "a long text, many times": shapes.repeated_text(30_000),
    "another kind of grammar": {"grammar": '%llguidance {}\nstart: "::="'},
    "repetitions in repetitions": {
        "json_schema": {"type": "string", "pattern": "^((((a{0,200}){0,200}){0,200}){0,200})$"}
    },
    "a pattern that repeats nothing": shapes.nothing_repeated(1),
    "20,000 values": shapes.enum(20_000),
    "3,000 properties": shapes.properties(3000),
    "a long name": shapes.long_name(50_000),
    "a long reference": shapes.long_reference(200_000),
    "a large multiple": shapes.multiple_of(10_000_019),
    "definitions that double": shapes.definition_forks(40),
    "definitions that double and all apply": shapes.merged_forks(40),
    "definitions that double by place": {
        "json_schema": {"properties": {f"p{i}": {"anyOf": [{"$ref": f"#/properties/p{i + 1}"}] * 2} for i in range(40)}}
    },
}
SCHEMAS = {name: fields["json_schema"] for name, fields in FIELDS.items() if "json_schema" in fields}
GRAMMARS = {name: fields["grammar"] for name, fields in FIELDS.items() if "grammar" in fields}
