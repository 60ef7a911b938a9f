// The React hook over a real worker, rendered without a browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { MessageChannel } from "node:worker_threads";
import { createElement } from "react";
import { act, create } from "react-test-renderer";
import { relay } from "llama-worker";
import { spawnIt } from "../../clients/javascript/testing/support.js";
import { useLLM } from "./use-llm.mjs";

globalThis.IS_REACT_ACT_ENVIRONMENT = true;
globalThis.window = new EventTarget();

/** A component that shows nothing; gives what the hook says in its last rendering, and what unmounts it. */
async function rendered(model) {
  const { port1, port2 } = new MessageChannel();
  const worker = await spawnIt();
  relay(port1, worker);
  const seen = {};
  const Chat = () => Object.assign(seen, { llm: useLLM(model, { systemPrompt: "You are helpful." }) }) && null;
  let root;
  await act(async () => (root = create(createElement(Chat))));
  window.dispatchEvent(Object.assign(new Event("message"), { data: "llama-port", ports: [port2] }));
  return { seen, worker, unmount: () => act(async () => root.unmount()) };
}

async function settled(condition) {
  while (!condition()) await act(() => new Promise((resolve) => setTimeout(resolve, 5)));
}

test("a component asks, sees the answer grow, and asks again", async () => {
  const { seen, worker, unmount } = await rendered("builtin");
  await settled(() => seen.llm.ready);
  assert.equal(seen.llm.progress, 1);
  await act(() => seen.llm.ask("What is the capital of Portugal?", { temperature: 0 }));
  assert.match(seen.llm.text, /Lisbon/);
  assert.equal(seen.llm.generating, false);
  await act(() => seen.llm.ask("Hello!", { temperature: 0 }));
  assert.ok(seen.llm.text && !seen.llm.text.includes("Lisbon"));
  await unmount();
  assert.equal((await worker.ended).code, 0);
});

test("a file that is no model is an error with its code", async () => {
  const { seen, worker, unmount } = await rendered("no-such-model.gguf");
  await settled(() => seen.llm.error);
  assert.equal(seen.llm.error.code, "model_not_found");
  assert.equal(seen.llm.ready, false);
  await unmount();
  assert.equal((await worker.ended).code, 0);
});
