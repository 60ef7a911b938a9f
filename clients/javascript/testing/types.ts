// Never run: what TypeScript says of it is the test. Each "@ts-expect-error" is a mistake that the types must catch.
import {
  connectWebSocket,
  LlamaWorker,
  LlamaWorkerError,
  overPort,
  spawnWorker,
  type Abilities,
  type ChatMessage,
  type CompletionDone,
  type LlamaAPI,
  type MemoryEstimate,
  type PromptOptions,
  type Transport,
  type Unsubscribe,
  type WorkerError,
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
  const hurried: boolean = await generation.answerNow();
  const done: CompletionDone = await generation;
  const tokens: number = done.stats.completionTokens;
  return `${done.fullText} ${done.finishReason} ${tokens} ${paused} ${hurried} ${exit.code}`;
}

export async function call(llama: LlamaAPI, url: string, port: MessagePort): Promise<Unsubscribe> {
  const transports: Transport[] = [await connectWebSocket(url, { protocols: "llama-worker" }), overPort(port)];
  const functions = { price: { params: { type: "object" }, handler: ({ fruit }: { fruit: string }) => fruit.length } };
  await new LlamaWorker(transports[0]).chat([{ role: "user", content: "How much is a pear?" }], { functions });
  const operationId: string = await llama.sendPrompt("Hello!", { jsonSchema: { type: "object" } });
  await llama.abort(operationId).catch((error: LlamaWorkerError) => error.code);
  return llama.onCompletionChunk(({ chunk }) => chunk.trim());
}

export async function manage(llama: LlamaWorker): Promise<number> {
  const { engine, requests }: Abilities = await llama.init({ engine: "auto", gpu: false, numThreads: 2 });
  const needed: MemoryEstimate = await llama.estimate("builtin", { contextSize: 512, cacheType: "q8_0" });
  const { sessionId } = await llama.loadSession("chat.json", { anyModel: true });
  await llama.saveSession("chat.json", { includeState: true, session: sessionId });
  const history: ChatMessage[] = await llama.getContextWindow({ session: sessionId });
  const count: number = await llama.countTokens({ messages: history });
  const tokens: number[] = await llama.tokenize("Hello!", { addSpecial: true });
  const text: string = await llama.detokenize(tokens);
  const [{ modelInfo }] = await llama.listModels();
  return engine.length + requests.length + needed.totalBytes + count + text.length + (modelInfo.pid ?? 0);
}

export async function ask(llama: LlamaWorker): Promise<string> {
  const options: PromptOptions = { temperature: 0, repeatPenalty: { penalty: 1.1 }, tokenBias: { no: "never" }, xtc: null };
  await llama.preload("The ", { cachePrompt: true });
  for await (const text of llama.completePrompt("The ", { maxTokens: 8 })) text.trim();
  const done = await llama.prompt("Hello!", { ...options, logprobs: 2, stopSequences: ["."], seed: 1 });
  const { timings, stopSequence, logprobs, droppedMessages } = done;
  const facts = [timings?.tokensPerSecond, stopSequence, logprobs?.[0].top[0].text, droppedMessages];
  for (const call of done.toolCalls ?? []) await llama.answerCalls({ [call.id]: 1 }, options, { session: "mine" });
  return facts.join();
}

export async function speak(llama: LlamaWorker): Promise<boolean> {
  const { value } = await llama.request("tokenize", { prompt: "Hello!" });
  const { filePath } = await llama.request("download_model", { modelId: { repo: "org/repo" } });
  await llama.request("list_models");
  llama.on("download_progress", ({ bytesPerSecond, secondsLeft }) => (bytesPerSecond ?? 0) * (secondsLeft ?? 0));
  llama.onError((failure: WorkerError) => failure.type === "error" && failure.path?.trim());
  return value[0] > filePath.length;
}

export async function mistakes(llama: LlamaWorker): Promise<void> {
  // @ts-expect-error the prompt is missing
  llama.prompt();
  // @ts-expect-error a number of tokens is a number
  llama.prompt("Hello!", { maxTokens: "many" });
  // @ts-expect-error there is no such option
  llama.prompt("Hello!", { maxTokenz: 8 });
  // @ts-expect-error nor is there in what an option holds
  llama.prompt("Hello!", { repeatPenalty: { penality: 1.1 } });
  // @ts-expect-error that is for loading a model
  llama.prompt("Hello!", { contextSize: 512 });
  // @ts-expect-error a continued text calls no functions
  llama.complete("Hello!", { functions: {} });
  // @ts-expect-error "auto" or false
  llama.init({ gpu: "metal" });
  // @ts-expect-error there is no such role
  llama.chat([{ role: "robot", content: "Hello!" }]);
  // @ts-expect-error a message has its content
  llama.setChatHistory([{ role: "user", text: "Hello!" }]);
  // @ts-expect-error a session is named, not described
  llama.getChatHistory({ session: { sessionId: "mine" } });
  // @ts-expect-error a load ends with a model, not with text
  (await llama.loadModel("builtin")).fullText.trim();
  // @ts-expect-error a reply has no such field
  (await llama.prompt("Hello!")).text.trim();
  // @ts-expect-error there is no such finish reason
  (await llama.prompt("Hello!")).finishReason === "done";
  // @ts-expect-error there is no such request
  llama.request("tokenise", { prompt: "Hello!" });
  // @ts-expect-error a request's own fields are checked as well
  llama.request("tokenize", { text: "Hello!" });
  // @ts-expect-error the fields are missing
  llama.request("load_model");
  // @ts-expect-error there is no such message
  llama.on("completion_finished", () => {});
  // @ts-expect-error nor such an option of a process
  await spawnWorker({ patiense: 1000 });
  // @ts-expect-error no such method
  llama.generate("Hello!");
}
