// A method for every request, and what those give that just ask.
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { LlamaWorker } from "../llama-worker.js";
import { GREEDY, all, ready, spawnIt } from "../testing/support.js";

const WITHOUT_METHOD = new Set(["function_result"]); // the client answers functions by itself
const CHANNEL = /^worker:/; // other names for the same requests

test("every request that the worker knows has a method", async (context) => {
  const llama = new LlamaWorker(await spawnIt());
  context.after(() => llama.close());
  const { requests } = await llama.init();
  assert.ok(requests.length > 30);
  for (const type of requests) {
    if (WITHOUT_METHOD.has(type) || CHANNEL.test(type)) continue;
    const name = type.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
    assert.equal(typeof LlamaWorker.prototype[name], "function", type);
  }
});

test("texts become tokens and tokens texts", async (context) => {
  const { llama } = await ready();
  context.after(() => llama.close());
  const tokens = await llama.tokenize("Hello, world!");
  assert.ok(tokens.every(Number.isInteger));
  assert.equal(await llama.detokenize(tokens), "Hello, world!");
  assert.equal(await llama.countTokens({ prompt: "Hello, world!" }), tokens.length);
  const messages = [{ role: "user", content: "Hello, world!" }];
  assert.ok((await llama.countTokens({ messages })) > tokens.length);
  const empty = await llama.countTokens();
  await llama.setChatHistory(messages);
  assert.ok((await llama.countTokens()) > empty);
});

test("texts become vectors, which come as base64", async (context) => {
  const { llama } = await ready();
  context.after(() => llama.close());
  const embedding = llama.embed(["one", "two"], { dimensions: 8 });
  const progress = await all(embedding);
  assert.equal(progress.at(-1), 1);
  const vectors = (await embedding).value.map(
    (vector) => new Float32Array(Uint8Array.from(atob(vector), (c) => c.charCodeAt(0)).buffer),
  );
  assert.deepEqual(vectors.map(({ length }) => length), [8, 8]);
  assert.ok(Math.abs(vectors[0].reduce((sum, number) => sum + number * number, 0) - 1) < 1e-4);
  await assert.rejects(llama.rerank("a query", ["a", "b"]), { code: "not_supported" });
  await assert.rejects(llama.infill("a", "b"), { code: "not_supported" });
});

test("what the model sees of a conversation is shown", async (context) => {
  const { llama } = await ready();
  context.after(() => llama.close());
  const shown = await llama.render([{ role: "user", content: "Hello!" }]);
  assert.deepEqual(shown.pieces[0], { text: "<|im_start|>", control: true });
  assert.equal(shown.pieces.map(({ text }) => text).join(""), shown.text);
  assert.equal(await llama.countTokens({ messages: [{ role: "user", content: "Hello!" }] }), shown.tokens.length);
});

test("the memory of a model is estimated, loaded models are listed", async (context) => {
  const llama = new LlamaWorker(await spawnIt());
  context.after(() => llama.close());
  const [small, large] = await Promise.all([256, 1024].map((contextSize) => llama.estimate("builtin", { contextSize })));
  assert.ok(small.totalBytes < large.totalBytes);
  assert.deepEqual(await llama.listModels(), []);
  const { modelId } = await llama.loadModel("builtin");
  assert.deepEqual((await llama.listModels()).map((model) => model.modelId), [modelId]);
  assert.equal((await llama.unloadModel()).type, "model_unloaded");
  assert.deepEqual(await llama.listModels(), []);
});

test("a conversation is saved, loaded, forked, forgotten", async (context) => {
  const path = join(tmpdir(), `llama-worker-${process.pid}.json`);
  context.after(() => rm(path, { force: true }));
  const { llama } = await ready();
  context.after(() => llama.close());
  await llama.prompt("Hello!", GREEDY);
  const history = await llama.getChatHistory();
  assert.deepEqual(await llama.getContextWindow(), history);
  await llama.saveSession(path);
  const { sessionId } = await llama.loadSession(path, { sessionId: "again" });
  assert.equal(sessionId, "again");
  assert.deepEqual(await llama.getChatHistory({ session: "again" }), history);
  assert.equal((await llama.forkSession({ session: "again", sessionId: "fork" })).sessionId, "fork");
  await llama.resetChatHistory({ session: "again" });
  assert.deepEqual(await llama.getChatHistory({ session: "again" }), []);
  assert.deepEqual(await llama.getChatHistory({ session: "fork" }), history);
  await llama.closeSession({ session: "fork" });
  await assert.rejects(llama.getChatHistory({ session: "fork" }), { code: "session_not_loaded" });
});

test("a conversation outlives its worker", async (context) => {
  const journal = join(tmpdir(), `llama-worker-${process.pid}.chats`);
  context.after(() => rm(journal, { force: true }));
  const begin = async () => {
    const llama = new LlamaWorker(await spawnIt());
    context.after(() => llama.close());
    await llama.init({ journal });
    await llama.loadModel("builtin");
    return llama;
  };
  const before = await begin();
  await before.initializeSession({ systemPrompt: "Be brief." }, { model: "builtin", sessionId: "mine" });
  await before.prompt("Hello!", GREEDY, { session: "mine" });
  const history = await before.getChatHistory({ session: "mine" });
  before.close();
  const after = await begin();
  const [info] = await after.listSessions();
  assert.deepEqual([info.sessionId, info.title, info.messages, info.unfinished], ["mine", "Hello!", 3, false]);
  assert.equal((await after.resumeSession("mine")).systemPrompt, "Be brief.");
  assert.deepEqual(await after.getChatHistory({ session: "mine" }), history);
  await after.resetChatHistory({ session: "mine" });
  await after.flushSession({ session: "mine" });
  await after.removeSession("mine");
  assert.deepEqual(await after.listSessions(), []);
});

test("a prompt is read ahead, and completed as its user might", async (context) => {
  const { llama } = await ready();
  context.after(() => llama.close());
  assert.equal((await llama.preload("Hello,")).fullText, "");
  const completion = llama.completePrompt("Hel", GREEDY);
  assert.equal((await all(completion)).join(""), (await completion).fullText);
  assert.deepEqual(await llama.getChatHistory(), []);
});

test("an answer goes on with the results of its calls", async (context) => {
  const { llama } = await ready();
  context.after(() => llama.close());
  const get_weather = {
    description: "The current weather of a city.",
    params: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  };
  const options = { temperature: 0, functions: { get_weather } };
  const asked = await llama.prompt("What is the weather in Lisbon?", options);
  assert.equal(asked.finishReason, "tool_calls");
  const results = Object.fromEntries(asked.toolCalls.map(({ id }) => [id, "It is sunny in Lisbon, 24 degrees."]));
  const answer = llama.answerCalls(results, options);
  assert.equal((await all(answer)).join(""), (await answer).fullText);
  assert.notEqual((await answer).finishReason, "tool_calls");
});
