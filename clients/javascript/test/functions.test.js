// The client's side of function calls, against a transport that plays the worker.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LlamaWorker } from "../llama-worker.js";

function stage() {
  const sent = [];
  let receive;
  const transport = {
    send: (message) => sent.push(message),
    onMessage: (callback) => (receive = callback),
    onClose: () => {},
    close: async () => {},
  };
  return { llama: new LlamaWorker(transport), sent, receive: (message) => receive(message) };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

test("a function of ours is called and its result sent", async () => {
  const { llama, sent, receive } = stage();
  const functions = { price: { description: "Price", params: { type: "object" }, handler: ({ fruit }) => fruit.length } };
  const generation = llama.prompt("How much?", { functions, temperature: 0 });
  assert.deepEqual(sent[0].functions, { price: { description: "Price", params: { type: "object" }, handled: true } });
  assert.deepEqual(sent[0].options, { temperature: 0 });
  receive({ type: "function_call", id: generation.id, callId: "c", name: "price", arguments: { fruit: "apple" } });
  await tick();
  assert.equal(sent[1].type, "function_result");
  assert.deepEqual([sent[1].callId, sent[1].result], ["c", 5]);
  receive({ type: "completion_done", id: generation.id, fullText: "5" });
  assert.equal((await generation).fullText, "5");
});

test("its failure is sent as well", async () => {
  const { llama, sent, receive } = stage();
  const handler = () => {
    throw new RangeError("no such fruit");
  };
  const generation = llama.prompt("How much?", { functions: { price: { handler } } });
  receive({ type: "function_call", id: generation.id, callId: "c", name: "price", arguments: {} });
  await tick();
  assert.equal(sent[1].error, "RangeError: no such fruit");
});

test("a tool of the worker's servers is called when somebody has said yes, and only then", async () => {
  const { llama, sent, receive } = stage();
  const question = { type: "function_approval", callId: "c", name: "read", arguments: { path: "/a" }, source: "files" };
  const asked = [];
  const approve = async (call) => asked.push(call) && call.arguments.path === "/a";
  const generation = llama.prompt("Read it", { mcp: true, approve });
  assert.deepEqual(sent[0].options, { mcp: true });
  receive({ ...question, id: generation.id });
  await tick();
  assert.deepEqual(asked, [{ name: "read", arguments: { path: "/a" }, source: "files" }]);
  assert.deepEqual([sent[1].type, sent[1].callId, sent[1].result], ["function_result", "c", true]);
  receive({ ...question, id: generation.id, arguments: { path: "/b" } });
  await tick();
  assert.equal(sent[2].refused, "the user refused this call");

  const unasked = llama.prompt("Read it", { mcp: true });
  receive({ ...question, id: unasked.id });
  await tick();
  assert.equal(sent.at(-1).refused, "the user refused this call");
});
