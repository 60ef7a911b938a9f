// Never run: what TypeScript says of it is the test. Each "@ts-expect-error" is a mistake that the types must catch.
import {
  connectWebSocket,
  LlamaWorker,
  LlamaWorkerError,
  overPort,
  spawnWorker,
  type CompletionDone,
  type LlamaAPI,
  type Transport,
  type Unsubscribe,
} from "../llama-worker.js";

export async function converse(): Promise<string> {
  const transport = await spawnWorker({ command: "llama-worker", args: ["stdio"], patience: 1000, cwd: "/" });
  const exit: { code: number | null; signal: string | null } = await transport.ended;
  const llama = new LlamaWorker(transport);
  for await (const progress of llama.loadModel("builtin", { contextSize: 512, gpuLayers: 0 })) progress.toFixed(2);
  const { modelInfo } = await llama.loadModel({ repo: "org/repo", file: "model.gguf" });
  await llama.createContext({ sequences: 2 }, { model: modelInfo.name });
  const { sessionId } = await llama.initializeSession({ systemPrompt: "Be brief." });
  const generation = llama.prompt("Hello!", { maxTokens: 8, signal: AbortSignal.timeout(1000) }, { session: sessionId });
  for await (const text of generation) text.toUpperCase();
  await generation.abort();
  const paused: boolean = await generation.pause();
  const done: CompletionDone = await generation;
  const tokens: number = done.stats.completionTokens;
  return `${done.fullText} ${done.finishReason} ${tokens} ${paused} ${exit.code}`;
}

export async function call(llama: LlamaAPI, url: string, port: MessagePort): Promise<Unsubscribe> {
  const transports: Transport[] = [await connectWebSocket(url, { protocols: "llama-worker" }), overPort(port)];
  const functions = { price: { params: { type: "object" }, handler: ({ fruit }: { fruit: string }) => fruit.length } };
  await new LlamaWorker(transports[0]).chat([{ role: "user", content: "How much is a pear?" }], { functions });
  const operationId: string = await llama.sendPrompt("Hello!", { jsonSchema: { type: "object" } });
  await llama.abort(operationId).catch((error: LlamaWorkerError) => error.code);
  return llama.onCompletionChunk(({ chunk }) => chunk.trim());
}

export async function mistakes(llama: LlamaWorker): Promise<void> {
  // @ts-expect-error the prompt is missing
  llama.prompt();
  // @ts-expect-error a number of tokens is a number
  llama.prompt("Hello!", { maxTokens: "many" });
  // @ts-expect-error there is no such role
  llama.chat([{ role: "robot", content: "Hello!" }]);
  // @ts-expect-error a load ends with a model, not with text
  (await llama.loadModel("builtin")).fullText.trim();
  // @ts-expect-error no such method
  llama.generate("Hello!");
}
