"""Every route with what people who mean harm, and programs with mistakes, send."""
