// The npm package `openai`.
import assert from "node:assert/strict";
import OpenAI from "openai";
import { ANA, asked, HELLO, KEY, PHOTO, proved, TOO_LONG, untilIdle, URL, WEATHER } from "../kit/proving.mjs";

const client = new OpenAI({ baseURL: `${URL}/v1`, apiKey: KEY });
const said = (content, options = {}) => ({ model: "builtin", temperature: 0, max_tokens: 80, messages: [{ role: "user", content }], ...options });
const ask = (content, options) => client.chat.completions.create(said(content, options));

const whole = await ask(HELLO);
assert.ok(whole.choices[0].message.content);
assert.ok(whole.usage.completion_tokens > 0);
proved("chat", "token counts");

let text = "";
for await (const chunk of await ask(HELLO, { stream: true })) text += chunk.choices[0].delta.content ?? "";
assert.equal(text, whole.choices[0].message.content);
proved("stream");

for await (const _ of await ask(HELLO, { model: "slow", max_tokens: 2000, stream: true })) break;
await untilIdle();
proved("leaving in the middle");

const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const called = await ask(WEATHER, { tools: [{ type: "function", function: { name: "get_weather", parameters } }], tool_choice: "required" });
assert.equal(called.choices[0].message.tool_calls[0].function.name, "get_weather");
proved("tools");

const schema = { type: "object", properties: { name: { type: "string" }, age: { type: "integer" } }, required: ["name", "age"], additionalProperties: false };
const held = await ask(ANA, { response_format: { type: "json_schema", json_schema: { name: "person", strict: true, schema } } });
assert.equal(JSON.parse(held.choices[0].message.content).age, 31);
proved("structured output");

const response = await client.responses.create({ model: "builtin", input: HELLO, max_output_tokens: 40 });
assert.ok(response.output_text);
const streamed = client.responses.stream({ model: "builtin", input: HELLO, max_output_tokens: 40 });
assert.ok((await streamed.finalResponse()).output_text);
proved("responses");

assert.equal((await client.embeddings.create({ model: "builtin", input: ["one", "two"] })).data.length, 2);
proved("embeddings");

const image = { type: "image_url", image_url: { url: `data:image/png;base64,${PHOTO}` } };
assert.equal((await ask([{ type: "text", text: "What is this?" }, image], { model: "seeing", max_tokens: 5 })).usage.completion_tokens, 5);
proved("images");

assert.ok((await client.models.list()).data.some((model) => model.id === "builtin"));
proved("list of models");

const before = await asked();
await assert.rejects(ask(TOO_LONG), { code: "context_length_exceeded" });
assert.equal(await asked(), before + 1);
proved("overflow");
await assert.rejects(new OpenAI({ baseURL: `${URL}/v1`, apiKey: "wrong" }).chat.completions.create(said(HELLO)), OpenAI.AuthenticationError);
proved("wrong key");
