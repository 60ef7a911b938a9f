"""Other people's client libraries, each in a script that holds a short conversation with the server."""
