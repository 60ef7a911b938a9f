import { createInterface } from "node:readline/promises";
import { LlamaWorker, spawnWorker } from "../llama-worker.js";

const [command = "llama-worker", ...args] = process.argv.slice(2);
const llama = new LlamaWorker(await spawnWorker({ command, args: [...args, "stdio"] }));

await llama.loadModel("builtin");
await llama.createContext();
await llama.initializeSession({ systemPrompt: "You are helpful." });

const input = createInterface({ input: process.stdin });
for await (const line of input) {
  if (!line) break;
  for await (const text of llama.prompt(line, { temperature: 0, maxTokens: 200 })) process.stdout.write(text);
  process.stdout.write("\n");
}
await llama.close();
