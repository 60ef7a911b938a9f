// Vercel's `ai` with `@ai-sdk/openai-compatible`.
import assert from "node:assert/strict";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, embedMany, generateText, Output, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { ANA, asked, HELLO, KEY, PHOTO, proved, TOO_LONG, untilIdle, URL, WEATHER } from "../kit/proving.mjs";

const place = (apiKey) => createOpenAICompatible({ name: "here", baseURL: `${URL}/v1`, apiKey, includeUsage: true, supportsStructuredOutputs: true });
const here = place(KEY);
const settings = { model: here("builtin"), temperature: 0, maxOutputTokens: 80 };

const whole = await generateText({ ...settings, prompt: HELLO });
assert.ok(whole.text);
assert.ok(whole.usage.outputTokens > 0);
proved("chat", "token counts");

let text = "";
for await (const piece of streamText({ ...settings, prompt: HELLO }).textStream) text += piece;
assert.equal(text, whole.text);
proved("stream");

const leaving = new AbortController();
const endless = streamText({ ...settings, model: here("slow"), maxOutputTokens: 2000, prompt: HELLO, abortSignal: leaving.signal, onError: () => {} });
for await (const _ of endless.textStream) {
  leaving.abort();
  break;
}
await untilIdle();
proved("leaving in the middle");

const weather = tool({ description: "The current weather of a city.", inputSchema: z.object({ city: z.string() }), execute: () => "sunny, 24 degrees" });
const told = await generateText({ ...settings, prompt: WEATHER, tools: { get_weather: weather }, stopWhen: stepCountIs(3) });
assert.match(told.text, /sunny/);
proved("tools");

const person = z.object({ name: z.string(), age: z.number().int() });
const held = await generateText({ ...settings, prompt: ANA, output: Output.object({ schema: person }) });
assert.equal(held.output.age, 31);
proved("structured output");

const vectors = await embedMany({ model: here.textEmbeddingModel("builtin"), values: ["one", "two"] });
assert.equal(vectors.embeddings.length, 2);
proved("embeddings");

const parts = [{ type: "text", text: "What is this?" }, { type: "image", image: PHOTO, mediaType: "image/png" }];
const seen = await generateText({ ...settings, model: here("seeing"), maxOutputTokens: 5, messages: [{ role: "user", content: parts }] });
assert.equal(seen.usage.outputTokens, 5);
proved("images");

const before = await asked();
await assert.rejects(generateText({ ...settings, prompt: TOO_LONG }), (error) => APICallError.isInstance(error) && error.statusCode === 400);
assert.equal(await asked(), before + 1);
proved("overflow");
await assert.rejects(generateText({ ...settings, model: place("wrong")("builtin"), prompt: HELLO }), { statusCode: 401 });
proved("wrong key");
