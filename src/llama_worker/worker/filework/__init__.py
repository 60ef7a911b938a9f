"""Tasks of `models/filework/`, each in a process of its own: started, confined, followed, ended with its program."""
