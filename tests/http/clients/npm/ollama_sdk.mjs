// The npm package `ollama`.
import assert from "node:assert/strict";
import { Ollama } from "ollama";
import { ANA, asked, HELLO, KEY, PHOTO, proved, TOO_LONG, untilIdle, URL, WEATHER } from "../kit/proving.mjs";

const place = (key) => new Ollama({ host: URL, headers: { Authorization: `Bearer ${key}` } });
const client = place(KEY);
const said = (content, more = {}) => ({ model: "builtin", options: { temperature: 0, num_predict: 80 }, messages: [{ role: "user", content }], ...more });

const whole = await client.chat(said(HELLO));
assert.ok(whole.message.content);
assert.ok(whole.eval_count > 0);
proved("chat", "token counts");

let text = "";
for await (const piece of await client.chat(said(HELLO, { stream: true }))) text += piece.message.content;
assert.equal(text, whole.message.content);
proved("stream");

const endless = await client.chat(said(HELLO, { model: "slow", options: { num_predict: 2000 }, stream: true }));
await assert.rejects(async () => {
  for await (const _ of endless) endless.abort();
}, { name: "AbortError" });
await untilIdle();
proved("leaving in the middle");

const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const tools = [{ type: "function", function: { name: "get_weather", description: "The current weather of a city.", parameters } }];
assert.deepEqual((await client.chat(said(WEATHER, { tools }))).message.tool_calls[0].function.arguments, { city: "Lisbon" });
proved("tools");

const format = { type: "object", properties: { age: { type: "integer" } }, required: ["age"] };
assert.equal(typeof JSON.parse((await client.chat(said(ANA, { format }))).message.content).age, "number");
proved("structured output");

assert.equal((await client.embed({ model: "builtin", input: ["one", "two"] })).embeddings.length, 2);
proved("embeddings");

const shown = { model: "seeing", options: { num_predict: 5 }, messages: [{ role: "user", content: "What is this?", images: [PHOTO] }] };
assert.equal((await client.chat(shown)).eval_count, 5);
proved("images");

assert.ok((await client.list()).models.some((model) => model.name === "builtin:latest"));
proved("list of models");

const before = await asked();
await assert.rejects(client.chat(said(TOO_LONG)), { status_code: 400 });
assert.equal(await asked(), before + 1);
proved("overflow");
await assert.rejects(place("wrong").chat(said(HELLO)), { status_code: 401 });
proved("wrong key");
