"""What commands are given: arguments, standard input, files, and forms of answers."""
