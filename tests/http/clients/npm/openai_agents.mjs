// The npm package `@openai/agents`: agents over chat completions and over responses.
import assert from "node:assert/strict";
import { Agent, OpenAIProvider, Runner, setTracingDisabled, tool } from "@openai/agents";
import { z } from "zod";
import { ANA, asked, HELLO, KEY, proved, TOO_LONG, URL, WEATHER } from "../kit/proving.mjs";

setTracingDisabled(true);
const weather = tool({ name: "get_weather", description: "The current weather of a city.", parameters: z.object({ city: z.string() }), execute: () => "sunny, 24 degrees" });
const agent = (options = {}) => new Agent({ name: "helper", model: "builtin", modelSettings: { temperature: 0, maxTokens: 80 }, ...options });

async function tried(useResponses) {
  const runner = (apiKey = KEY) => new Runner({ modelProvider: new OpenAIProvider({ apiKey, baseURL: `${URL}/v1`, useResponses }), tracingDisabled: true });
  const whole = await runner().run(agent(), HELLO);
  assert.ok(whole.finalOutput);
  assert.ok(whole.state.usage.outputTokens > 0);
  const stream = await runner().run(agent(), HELLO, { stream: true });
  let text = "";
  for await (const piece of stream.toTextStream()) text += piece;
  await stream.completed;
  assert.equal(text, whole.finalOutput);
  assert.match((await runner().run(agent({ tools: [weather] }), WEATHER)).finalOutput, /sunny/);
  const person = z.object({ name: z.string(), age: z.number() });
  assert.equal((await runner().run(agent({ outputType: person }), ANA)).finalOutput.age, 31);
  const before = await asked();
  await assert.rejects(runner().run(agent(), TOO_LONG), { status: 400 });
  assert.equal(await asked(), before + 1);
  await assert.rejects(runner("wrong").run(agent(), HELLO), { status: 401 });
}

await tried(false);
proved("chat", "stream", "token counts", "tools", "structured output", "overflow", "wrong key");
await tried(true);
proved("responses");
