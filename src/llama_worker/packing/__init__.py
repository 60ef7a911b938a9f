"""How programs made with us reach machines: packed into one executable, or as a folder that installs offline."""
