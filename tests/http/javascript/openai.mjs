// The npm `openai` package: a message, a stream that is left in the middle, tools, a response, an error.
import assert from "node:assert/strict";
import OpenAI from "openai";

const client = new OpenAI();
const messages = [{ role: "user", content: "Hello!" }];
const asked = { model: "builtin", messages, max_tokens: 20, temperature: 0 };

const whole = await client.chat.completions.create(asked);
assert.ok(whole.choices[0].message.content);

let text = "";
for await (const chunk of await client.chat.completions.create({ ...asked, stream: true })) {
  text += chunk.choices[0].delta.content ?? "";
}
assert.equal(text, whole.choices[0].message.content);

const endless = await client.completions.create({ model: "builtin", prompt: "The", max_tokens: 1500, stream: true });
for await (const _ of endless) break;

const parameters = { type: "object", properties: { city: { type: "string" } } };
const tools = [{ type: "function", function: { name: "get_weather", parameters } }];
const weather = [{ role: "user", content: "What is the weather in Paris?" }];
const called = await client.chat.completions.create({ ...asked, messages: weather, tools, tool_choice: "required", max_tokens: 80 });
assert.equal(called.choices[0].message.tool_calls[0].function.name, "get_weather");

const response = await client.responses.create({ model: "builtin", input: "Hello!", max_output_tokens: 40 });
assert.ok(response.output_text);

await assert.rejects(client.chat.completions.create({ ...asked, model: "nothing" }), OpenAI.NotFoundError);
console.log("ok");
