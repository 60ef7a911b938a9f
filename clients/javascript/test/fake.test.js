// An app's own tests need no model: the worker is the real one, what it answers is in testing/script.json.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LlamaWorker } from "../llama-worker.js";
import { all, spawnIt } from "../testing/support.js";

test("scripted replies, calls of functions and a crash", async () => {
  const llama = new LlamaWorker(await spawnIt("--fake", "testing/script.json"));
  const progress = await all(llama.loadModel("hf:org/any-model"));
  assert.ok(progress.length > 1);
  await llama.createContext();
  await llama.initializeSession();
  assert.deepEqual(await all(llama.prompt("A story.")), ["Once ", "upon a time"]);
  const asked = [];
  const getWeather = { description: "The weather", params: {}, handler: ({ city }) => asked.push(city) };
  await llama.prompt("The weather?", { functions: { getWeather }, maxFunctionRounds: 1 }).catch(() => {});
  assert.equal(asked[0], "Lisbon");
  await assert.rejects(async () => await llama.prompt("Now crash."), { code: "engine_died" });
  await llama.close();
});
