"""Servers of the Model Context Protocol (MCP), whose tools a model may call as functions.

The official package `mcp` is imported when the first server is connected.
"""
