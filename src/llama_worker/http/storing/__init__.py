"""What the server keeps on disk: the page's conversations and the responses that a next request may go on with."""
