// As `ours.py`, with node-llama-cpp in the program's own process. Run it in a folder that has node-llama-cpp installed.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(`${process.cwd()}/`);
const library = await import(pathToFileURL(require.resolve("node-llama-cpp")).href);
const { getLlama, LlamaChatSession, LlamaCompletion, LlamaLogLevel } = library;

const LONG_PROMPT = "a b c d e f g h ".repeat(200);
const [task, path, extra] = process.argv.slice(2);
let gap = 0;
let last = performance.now();
setInterval(() => {
  const now = performance.now();
  gap = Math.max(gap, now - last - 20);
  last = now;
}, 20);

const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.disabled, maxThreads: 1 });
const seconds = (since) => Math.round(performance.now() - since) / 1000;

async function open(contextSize) {
  const model = await llama.loadModel({ modelPath: path });
  const context = await model.createContext({ contextSize, threads: 1 });
  return context.getSequence();
}

async function complete(contextSequence, options, text = "hello") {
  const completion = new LlamaCompletion({ contextSequence });
  try {
    return await completion.generateCompletion(text, { maxTokens: 4, ...options });
  } finally {
    completion.dispose({ disposeSequence: false });
  }
}

const tasks = {
  async file() {
    const contextSequence = await open(1024);
    await complete(contextSequence, {});
    const session = new LlamaChatSession({ contextSequence });
    await session.prompt("hello", { maxTokens: 4 });
    return { outcome: "answered" };
  },
  async grammar() {
    const grammar = await llama.createGrammar({ grammar: readFileSync(extra, "utf8") });
    await complete(await open(1024), { grammar });
    return { outcome: "answered" };
  },
  async schema() {
    const grammar = await llama.createGrammarForJsonSchema(JSON.parse(readFileSync(extra, "utf8")));
    const session = new LlamaChatSession({ contextSequence: await open(1024) });
    await session.prompt("hello", { maxTokens: 4, grammar });
    return { outcome: "answered" };
  },
  async stop() {
    const sequence = await open(4096);
    const controller = new AbortController();
    const running = complete(sequence, { signal: controller.signal }, LONG_PROMPT).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const began = performance.now();
    controller.abort();
    await running;
    const stopped = seconds(began);
    await complete(sequence, { maxTokens: 1 });
    return { outcome: "answered", stopped, next: seconds(began) };
  },
};

let result;
try {
  result = await tasks[task]();
} catch (error) {
  result = { outcome: "error", message: String(error).slice(0, 200) };
}
console.log(JSON.stringify({ ...result, gap: gap / 1000 }));
process.exit(0);
