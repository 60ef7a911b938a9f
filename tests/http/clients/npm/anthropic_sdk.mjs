// The npm package `@anthropic-ai/sdk`.
import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import { asked, HELLO, KEY, PHOTO, proved, TOO_LONG, untilIdle, URL, WEATHER } from "../kit/proving.mjs";

const client = new Anthropic({ apiKey: KEY, baseURL: URL });
const said = (content) => ({ model: "builtin", max_tokens: 80, messages: [{ role: "user", content }] });

const whole = await client.messages.create(said(HELLO));
assert.ok(whole.content[0].text);
assert.ok(whole.usage.output_tokens > 0);
proved("chat");
assert.ok((await client.messages.countTokens({ model: "builtin", messages: said(HELLO).messages })).input_tokens > 0);
proved("token counts");

assert.ok(await client.messages.stream(said(HELLO)).finalText());
proved("stream");

const endless = client.messages.stream({ ...said(HELLO), model: "slow", max_tokens: 2000 });
await assert.rejects(async () => {
  for await (const event of endless) if (event.type === "content_block_delta") endless.abort();
});
await untilIdle();
proved("leaving in the middle");

const tools = [{ name: "get_weather", input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] } }];
const called = await client.messages.create({ ...said(WEATHER), tools, tool_choice: { type: "any" } });
const call = called.content.find((block) => block.type === "tool_use");
assert.equal(call.name, "get_weather");
proved("tools");

const image = { type: "image", source: { type: "base64", media_type: "image/png", data: PHOTO } };
const seen = await client.messages.create({ ...said([{ type: "text", text: "What is this?" }, image]), model: "seeing", max_tokens: 5 });
assert.equal(seen.usage.output_tokens, 5);
proved("images");

const names = [];
for await (const model of client.models.list()) names.push(model.id);
assert.ok(names.includes("builtin"));
proved("list of models");

const before = await asked();
await assert.rejects(client.messages.create(said(TOO_LONG)), Anthropic.BadRequestError);
assert.equal(await asked(), before + 1);
proved("overflow");
await assert.rejects(new Anthropic({ apiKey: "wrong", baseURL: URL }).messages.create(said(HELLO)), Anthropic.AuthenticationError);
proved("wrong key");
