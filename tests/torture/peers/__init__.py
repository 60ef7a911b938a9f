"""The same tortures for programs that use other libraries: what becomes of the program itself."""
