"""The families' laboratory: tiny random models of many architectures, with real vocabularies and chat templates.

`python -m tests.families` fetches what they are made from (38 MB, once). Their text is noise; what a template, a
grammar or an engine enforces is not, and that is what is checked here.
"""
