import assert from "node:assert/strict";
import { test } from "node:test";
import { LlamaWorker, LlamaWorkerError } from "../llama-worker.js";
import { ENDLESS, GREEDY, RANDOM_MODEL, all, first, ready, spawnIt, until } from "../testing/support.js";

test("load with progress, then stream", async () => {
  const llama = new LlamaWorker(await spawnIt());
  const loaded = [];
  llama.onModelLoaded((message) => loaded.push(message.modelInfo.name));
  const progress = await all(llama.loadModel("builtin"));
  assert.equal(progress.at(-1), 1);
  assert.deepEqual(progress, [...progress].sort((a, b) => a - b));
  assert.deepEqual(loaded, ["builtin.gguf"]);
  await llama.createContext();
  const chunks = [];
  llama.onCompletionChunk(({ chunk }) => chunks.push(chunk));
  const generation = llama.generateCompletion("Hello!", GREEDY);
  const pieces = await all(generation);
  const done = await generation;
  assert.equal(pieces.join(""), done.fullText);
  assert.deepEqual(chunks, pieces);
  assert.equal(done.stats.promptTokens + done.stats.completionTokens, done.stats.totalTokens);
  await llama.close();
});

test("abort in the middle of a stream keeps the text", async () => {
  const { llama } = await ready(RANDOM_MODEL);
  const generation = llama.complete("a", ENDLESS);
  const start = await first(generation[Symbol.asyncIterator]());
  await generation.abort();
  const done = await generation;
  assert.equal(done.finishReason, "abort");
  assert.ok(done.fullText.startsWith(start));
  await llama.close();
});

test("break, a signal and abort() without an id abort too", async () => {
  const { llama } = await ready(RANDOM_MODEL);
  const broken = llama.complete("a", ENDLESS);
  for await (const _ of broken) break;
  assert.equal((await broken).finishReason, "abort");

  const controller = new AbortController();
  const signalled = llama.complete("a", { ...ENDLESS, signal: controller.signal });
  await first(signalled[Symbol.asyncIterator]());
  controller.abort();
  assert.equal((await signalled).finishReason, "abort");

  const last = llama.complete("a", ENDLESS);
  await first(last[Symbol.asyncIterator]());
  assert.equal(await llama.abort(), true);
  assert.equal((await last).finishReason, "abort");
  assert.equal(await llama.abort(), false);
  await llama.close();
});

test("two prompts at once", async () => {
  const { llama, loaded } = await ready();
  const sessions = ["one", "two"];
  for (const sessionId of sessions) await llama.initializeSession({}, { model: loaded.modelId, sessionId });
  const replies = await Promise.all(sessions.map((session) => llama.prompt(`I am ${session}.`, GREEDY, { session })));
  for (const [index, session] of sessions.entries()) {
    const history = await llama.getChatHistory({ session });
    assert.deepEqual(history.map((message) => message.content), [`I am ${session}.`, replies[index].fullText]);
  }
  await llama.close();
});

test("sendPrompt gives the operation's id, events tell the rest", async () => {
  const { llama } = await ready();
  const done = new Promise((resolve) => llama.onCompletionDone(resolve));
  const operationId = await llama.sendPrompt("Hello!", GREEDY);
  assert.equal((await done).operationId, operationId);
  await llama.close();
});

test("an engine that is killed fails what runs, and the next request works", async () => {
  const { llama, loaded } = await ready(RANDOM_MODEL);
  const errors = [];
  llama.onError(({ code }) => errors.push(code));
  const running = llama.complete("a", ENDLESS);
  await first(running[Symbol.asyncIterator]());
  process.kill(loaded.modelInfo.pid, "SIGKILL");
  await assert.rejects(running, (error) => {
    assert.ok(error instanceof LlamaWorkerError);
    assert.equal(error.code, "engine_died");
    assert.equal(error.details.signal, "SIGKILL");
    return true;
  });
  assert.deepEqual(errors, ["engine_died"]);
  assert.equal((await llama.complete("a", GREEDY)).type, "completion_done");
  await llama.close();
});

test("a process that is killed fails what runs and what comes", async () => {
  const { llama, transport } = await ready(RANDOM_MODEL);
  const running = llama.complete("a", ENDLESS);
  await first(running[Symbol.asyncIterator]());
  process.kill(transport.pid, "SIGKILL");
  await assert.rejects(running, { code: "port_closed", message: /SIGKILL/ });
  await assert.rejects(llama.listModels(), { code: "port_closed" });
});

test("close ends the process in good order", async () => {
  const { llama, transport, loaded } = await ready();
  await llama.close();
  assert.deepEqual(await transport.ended, { code: 0, signal: null });
  assert.throws(() => process.kill(loaded.modelInfo.pid, 0), { code: "ESRCH" });
});

test("errors carry code and path; a listener that throws harms nothing", async (context) => {
  context.mock.method(console, "error", () => {});
  const { llama } = await ready();
  llama.onError(() => {
    throw new Error("a bug of the listener's");
  });
  const wrong = llama.prompt("a", { topP: 7 });
  await assert.rejects(wrong, { code: "invalid_options", path: "options.topP" });
  await assert.rejects(llama.loadModel("/nowhere.gguf"), { code: "model_not_found" });
  await assert.rejects(llama.request("teapot"), { code: "unknown_message" });
  await until(() => console.error.mock.callCount() === 3);
  await llama.close();
});

test("a function of ours is called", async () => {
  const { llama } = await ready();
  const asked = [];
  const get_weather = {
    description: "The current weather of a city.",
    params: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    handler: ({ city }) => {
      asked.push(city);
      return `It is sunny in ${city}, 24 degrees.`;
    },
  };
  const { fullText } = await llama.prompt("What is the weather in Lisbon?", { temperature: 0, functions: { get_weather } });
  assert.deepEqual(asked, ["Lisbon"]);
  assert.ok(fullText);
  await llama.close();
});
