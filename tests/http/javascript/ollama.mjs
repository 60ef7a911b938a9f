// The npm `ollama` package: chat, a stream that is left in the middle, tools, a form, vectors, models, errors.
import assert from "node:assert/strict";
import { Ollama } from "ollama";

const client = new Ollama({ host: process.env.OLLAMA_HOST });
const messages = [{ role: "user", content: "Hello!" }];
const options = { temperature: 0, num_predict: 20 };
const asked = { model: "builtin", messages, options };

assert.match((await client.version()).version, /^\d+\.\d+\.\d+$/);
const whole = await client.chat(asked);
assert.equal(whole.done_reason, "stop");
let text = "";
for await (const piece of await client.chat({ ...asked, stream: true })) text += piece.message.content;
assert.equal(text, whole.message.content);

const endless = await client.generate({ model: "builtin", prompt: "The", raw: true, stream: true, options: { temperature: 0 } });
setTimeout(() => endless.abort(), 50);
await assert.rejects(async () => {
  for await (const _ of endless);
}, { name: "AbortError" });

const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const tools = [{ type: "function", function: { name: "get_weather", description: "The current weather of a city.", parameters } }];
const question = [{ role: "user", content: "What is the weather in Lisbon?" }];
const called = await client.chat({ model: "builtin", messages: question, tools, options: { temperature: 0 } });
assert.deepEqual(called.message.tool_calls[0].function.arguments, { city: "Lisbon" });
const result = { role: "tool", content: "sunny, 24 degrees", tool_name: "get_weather" };
const told = await client.chat({ model: "builtin", messages: [...question, called.message, result], tools, options });
assert.match(told.message.content, /sunny/);

const form = { type: "object", properties: { age: { type: "integer" } }, required: ["age"] };
const held = await client.generate({ model: "builtin", prompt: "Ana is 31.", format: form, options: { temperature: 0, num_predict: 200 } });
assert.equal(typeof JSON.parse(held.response).age, "number");

assert.equal((await client.embed({ model: "builtin", input: ["one", "two"] })).embeddings.length, 2);
assert.equal((await client.list()).models[0].name, "builtin:latest");
assert.equal((await client.ps()).models[0].name, "builtin:latest");
assert.deepEqual((await client.show({ model: "builtin" })).capabilities, ["completion", "tools"]);
for await (const line of await client.pull({ model: "builtin", stream: true })) assert.equal(line.status, "success");

await assert.rejects(client.chat({ ...asked, model: "nothing" }), { name: "ResponseError", status_code: 404 });
await assert.rejects(client.delete({ model: "builtin" }), { status_code: 400 });
await assert.rejects(client.copy({ source: "builtin", destination: "other" }), { status_code: 501 });
console.log("ok");
