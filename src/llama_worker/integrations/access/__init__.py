"""What all frameworks need: one worker for the program, models that are loaded once, answers for callers with async and
without."""
