"""The `openai` package: an image, a sound, and a transcription, whole and streamed."""

import base64
import sys
from pathlib import Path

import openai

folder = Path(sys.argv[1])
client = openai.OpenAI()
image = base64.b64encode((folder / "photo.png").read_bytes()).decode()
sound = base64.b64encode((folder / "speech.wav").read_bytes()).decode()
shown = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{image}", "detail": "low"}}
heard = {"type": "input_audio", "input_audio": {"data": sound, "format": "wav"}}

for part in (shown, heard):
    message = {"role": "user", "content": [{"type": "text", "text": "What is this?"}, part]}
    answer = client.chat.completions.create(model="seeing", messages=[message], max_tokens=4)
    assert answer.choices[0].message.content, answer

viewed = {"type": "input_image", "image_url": f"data:image/png;base64,{image}", "detail": "auto"}
asked = [{"role": "user", "content": [{"type": "input_text", "text": "What is this?"}, viewed]}]
response = client.responses.create(model="seeing", input=asked, max_output_tokens=4)
assert response.output_text, response

with (folder / "speech.wav").open("rb") as file:
    written = client.audio.transcriptions.create(
        model="seeing", file=file, language="en", temperature=0, extra_body={"max_tokens": 4}
    )
assert written.text, written
with (folder / "speech.wav").open("rb") as file:
    stream = client.audio.transcriptions.create(
        model="seeing", file=file, stream=True, extra_body={"max_tokens": 4}, response_format="json"
    )
    kinds = [event.type for event in stream]
assert kinds[0] == "transcript.text.delta", kinds
assert kinds[-1] == "transcript.text.done", kinds

far = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}]}
codes = []
try:
    client.chat.completions.create(model="seeing", messages=[far])
except openai.BadRequestError as error:
    codes.append(error.code)
assert codes == ["invalid_media"], codes
