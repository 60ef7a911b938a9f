"""How many threads compute, and on which CPUs, while the machine's other work comes and goes.

ggml computes each graph with as many threads as OpenMP grants. GNU's OpenMP, when told to be dynamic, grants as many as
the computing thread has CPUs that it may use, less the load average, which is hidden from it. So the affinity of the
engine's threads, set from outside, is the number of its threads from the next token on.

- `cpus.py`: which CPUs are worth computing on.
- `following.py`: in the engine process, makes OpenMP follow its affinity, where the system lets it.
- `occupancy.py`: what others do on each CPU now.
- `choice.py`: which CPUs to compute on, given that.
- `phases.py`: what the engine computes now: a prompt, one answer, several.
- `governor.py`: looks, chooses and sets, while the engine computes.
"""
