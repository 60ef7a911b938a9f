"""Message ports: in-process, stdio, WebSocket, and the bridge that speaks over them."""
