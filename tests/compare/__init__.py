"""The ⚠ of docs/compare-node-llama-cpp.md, held against the version of node-llama-cpp that is installed."""
