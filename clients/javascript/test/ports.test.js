import assert from "node:assert/strict";
import { test } from "node:test";
import { MessageChannel } from "node:worker_threads";
import { LlamaWorker, connectWebSocket, overPort, relay } from "../llama-worker.js";
import { GREEDY, all, spawnIt } from "../testing/support.js";

test("over a MessagePort, as an Electron preload has it", async () => {
  const { port1, port2 } = new MessageChannel();
  const worker = await spawnIt();
  relay(port2, worker);
  const llama = new LlamaWorker(overPort(port1));
  await llama.loadModel("builtin");
  await llama.createContext();
  const generation = llama.generateChatCompletion([{ role: "user", content: "Hello!" }], GREEDY);
  assert.equal((await all(generation)).join(""), (await generation).fullText);
  port1.close();
  assert.equal((await worker.ended).code, 0);
});

test("over a WebSocket", { skip: process.env.LLAMA_WORKER_URL ? false : "no LLAMA_WORKER_URL" }, async () => {
  const llama = new LlamaWorker(await connectWebSocket(process.env.LLAMA_WORKER_URL));
  await llama.loadModel("builtin");
  await llama.createContext();
  const generation = llama.generateCompletion("Hello!", GREEDY);
  assert.equal((await all(generation)).join(""), (await generation).fullText);
  await llama.close();
  await assert.rejects(llama.listModels(), { code: "port_closed" });
});

test("nobody is there", { skip: typeof WebSocket === "undefined" && "this Node has no WebSocket" }, async () => {
  await assert.rejects(connectWebSocket("ws://127.0.0.1:1/"), { code: "port_closed" });
});
