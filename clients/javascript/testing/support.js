// What the tests share: a real worker with the built-in model, started the way LLAMA_WORKER_COMMAND says.
import { LlamaWorker, spawnWorker } from "../llama-worker.js";

const [command, ...args] = JSON.parse(process.env.LLAMA_WORKER_COMMAND ?? '["llama-worker"]');

export const RANDOM_MODEL = process.env.LLAMA_WORKER_RANDOM_MODEL;
export const GREEDY = { temperature: 0, maxTokens: 24 };
export const ENDLESS = { temperature: 0, maxTokens: 100_000 };

export function spawnIt(...more) {
  return spawnWorker({ command, args: [...args, "stdio", ...more] });
}

export async function ready(model = "builtin") {
  const transport = await spawnIt();
  const llama = new LlamaWorker(transport);
  const loaded = await llama.loadModel(model);
  await llama.createContext();
  await llama.initializeSession();
  return { llama, transport, loaded };
}

export async function all(iterable) {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
}

export async function first(iterator) {
  return (await iterator.next()).value;
}

export async function until(condition) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
