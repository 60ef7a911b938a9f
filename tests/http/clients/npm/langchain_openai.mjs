// The npm package `@langchain/openai`.
import assert from "node:assert/strict";
import { HumanMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { z } from "zod";
import { ANA, HELLO, KEY, PHOTO, proved, TOO_LONG, untilIdle, URL, WEATHER } from "../kit/proving.mjs";

const place = (apiKey) => ({ apiKey, configuration: { baseURL: `${URL}/v1` } });
const model = (options = {}, key = KEY) => new ChatOpenAI({ model: "builtin", temperature: 0, maxTokens: 80, ...place(key), ...options });

const whole = await model().invoke(HELLO);
assert.ok(whole.content);
assert.ok(whole.usage_metadata.output_tokens > 0);
proved("chat", "token counts");

let text = "";
for await (const chunk of await model().stream(HELLO)) text += chunk.content;
assert.equal(text, whole.content);
proved("stream");

const leaving = new AbortController();
await assert.rejects(async () => {
  for await (const _ of await model({ model: "slow", maxTokens: 2000 }).stream(HELLO, { signal: leaving.signal })) leaving.abort();
});
await untilIdle();
proved("leaving in the middle");

const weather = tool(({ city }) => `sunny in ${city}`, { name: "get_weather", description: "The current weather of a city.", schema: z.object({ city: z.string() }) });
const called = await model().bindTools([weather], { tool_choice: "required" }).invoke(WEATHER);
assert.equal(called.tool_calls[0].name, "get_weather");
proved("tools");

const person = z.object({ name: z.string(), age: z.number() });
assert.equal((await model().withStructuredOutput(person, { method: "jsonSchema", name: "person" }).invoke(ANA)).age, 31);
proved("structured output");

assert.equal((await new OpenAIEmbeddings({ model: "builtin", ...place(KEY) }).embedDocuments(["one", "two"])).length, 2);
proved("embeddings");

const image = { type: "image_url", image_url: { url: `data:image/png;base64,${PHOTO}` } };
const seen = await model({ model: "seeing", maxTokens: 5 }).invoke([new HumanMessage({ content: [{ type: "text", text: "What is this?" }, image] })]);
assert.equal(seen.usage_metadata.output_tokens, 5);
proved("images");

await assert.rejects(model().invoke(TOO_LONG), (error) => error.status === 400 || /exceed/.test(error.message));
proved("overflow");
await assert.rejects(model({ maxRetries: 0 }, "wrong").invoke(HELLO));
proved("wrong key");
