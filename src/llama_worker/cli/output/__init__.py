"""How commands show things: to people, whose terminal may be narrow, and to programs, in a pipe."""
