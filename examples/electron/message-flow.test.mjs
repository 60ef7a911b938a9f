// The example's message flow without Electron: Node's MessageChannel in place of MessageChannelMain.
import assert from "node:assert/strict";
import { test } from "node:test";
import { MessageChannel } from "node:worker_threads";
import { relay } from "../../clients/javascript/llama-worker.js";
import { GREEDY, all, spawnIt } from "../../clients/javascript/testing/support.js";
import { connectLLM } from "./connect.mjs";

test("from the page through the preload's port to the worker and back", async () => {
  const { port1, port2 } = new MessageChannel();
  const worker = await spawnIt();
  relay(port1, worker);

  const page = new EventTarget();
  const connecting = connectLLM(page);
  page.dispatchEvent(Object.assign(new Event("message"), { data: "something else", ports: [] }));
  page.dispatchEvent(Object.assign(new Event("message"), { data: "llama-port", ports: [port2] }));
  const llama = await connecting;

  assert.equal((await all(llama.loadModel("builtin"))).at(-1), 1);
  await llama.createContext();
  await llama.initializeSession({ systemPrompt: "You are helpful." });
  const generation = llama.prompt("Hello!", GREEDY);
  assert.equal((await all(generation)).join(""), (await generation).fullText);
  await llama.close();
  assert.equal((await worker.ended).code, 0);
});
