"""What was measured, as JSON, Markdown and plots, with the machine, the versions and the settings of that day."""
