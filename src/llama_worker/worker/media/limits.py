"""How much of images and sounds is taken."""

LARGEST_IMAGE = 20 << 20
"""Bytes of one image's file."""
LARGEST_SOUND = 25 << 20
"""Bytes of one sound's file; as OpenAI's transcriptions."""
LONGEST_SOUND = 7200.0
"""Seconds of one sound, which the engine decodes whole: 64 kB for each."""
LARGEST_TOTAL = 40 << 20
"""Bytes of all images and sounds of one conversation. As base64 they fit into one message of a port (64 MiB)."""
MOST_PIXELS = 64_000_000
"""Of one image: the engine takes some ten bytes for each while it reads a file."""
MOST_PIXELS_TOTAL = 200_000_000
"""Of all images of one conversation, which the engine holds at once while it reads a prompt, in three bytes each."""
MOST_PARTS = 256
"""Parts of one message."""
MOST_MEDIA = 256
"""Images and sounds of one conversation."""
MOST_PIECES = 4096
"""Segments, chunks or tags of one file that are looked through for its size; 20 MiB are 320 of a JPEG's largest."""
