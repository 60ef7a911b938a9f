// Prints one line of JSON for each claim: its name, whether it holds, and what was seen. Arguments: model, folder.
import fs from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [, , modelPath, folder] = process.argv;
const require = createRequire(path.join(process.cwd(), "package.json"));
const library = await import(pathToFileURL(require.resolve("node-llama-cpp")));
const { getLlama, LlamaChatSession, TokenBias } = library;

const llama = await getLlama({ gpu: false, maxThreads: 1, logLevel: "disabled" });
const model = await llama.loadModel({ modelPath });

const tell = (claim, holds, seen) => console.log(JSON.stringify({ claim, holds, seen: String(seen) }));

async function fresh(options = {}, contextOptions = {}) {
  const context = await model.createContext({ contextSize: 1024, ...contextOptions });
  return new LlamaChatSession({ contextSequence: context.getSequence(), ...options });
}

async function say(prompt, options) {
  const session = await fresh();
  const text = await session.prompt(prompt, { maxTokens: 24, ...options });
  await session.context.dispose();
  return text;
}

const wild = { temperature: 4, topK: 0, minP: 0 };

// topP
const narrow = new Set();
for (const seed of [1, 2, 3, 4]) narrow.add(await say("Tell me a story.", { ...wild, topP: 0.01, seed }));
tell("topP is without effect", narrow.size > 1, `${narrow.size} texts of 4 seeds at topP 0.01`);

// the seed when none is given
while (Date.now() % 1000 > 300) await new Promise((resolve) => setTimeout(resolve, 10));
const unseeded = [await say("Tell me a story.", { ...wild, maxTokens: 8 }), await say("Tell me a story.", { ...wild, maxTokens: 8 })];
tell("without a seed two prompts of one second get the same", unseeded[0] === unseeded[1], unseeded[0] === unseeded[1]);

// evaluationPriority
const session = await fresh();
const given = [];
const promptWithMeta = session.promptWithMeta.bind(session);
session.promptWithMeta = (text, options) => (given.push(options?.evaluationPriority), promptWithMeta(text, options));
await session.prompt("Hi", { evaluationPriority: 1, maxTokens: 1 });
tell("prompt drops evaluationPriority", given[0] !== 1, given[0]);

// penalties
const count = "Count from 1 to 100.";
const greedy = { temperature: 0, maxTokens: 60 };
const plain = await say(count, { ...greedy, repeatPenalty: false });
tell("repeatPenalty is off by default", (await say(count, greedy)) === plain && (await say(count, { ...greedy, repeatPenalty: { penalty: 10, lastTokens: 64 } })) !== plain, "greedy texts compared");
tell("frequencyPenalty is ignored alone", (await say(count, { ...greedy, repeatPenalty: { frequencyPenalty: 2 } })) === plain, "greedy texts compared");
const dry = { strength: 20, allowedLength: 1, sequenceBreakers: [] };
const repeated = "Repeat after me: la la la la la la la la la la la la la la la la";
const untouched = await say(repeated, greedy);
const withBase = await say(repeated, { ...greedy, dryRepeatPenalty: { ...dry, base: 1.75, lastTokens: 256 } });
const withoutBase = await say(repeated, { ...greedy, dryRepeatPenalty: { ...dry, lastTokens: 256 } });
tell("dryRepeatPenalty's default base has no effect", withBase !== untouched && withoutBase === untouched, withBase === untouched ? "no repetition to punish" : "greedy texts compared");
const withoutLast = await say(repeated, { ...greedy, dryRepeatPenalty: { ...dry, base: 1.75 } });
tell("dryRepeatPenalty has no effect without lastTokens", withBase !== untouched && withoutLast === untouched, "greedy texts compared");

// token bias: the logit that is added
const biasOf = (value) => [...TokenBias.for(model).set("llama", value)._biases.values()][0];
tell("tokenBias of 20 % lowers", biasOf(0.2) < 0, biasOf(0.2));
tell("a negative tokenBias is NaN", Number.isNaN(biasOf(-0.2)), biasOf(-0.2));

// forms
const grammar = await llama.createGrammarForJsonSchema({ type: "object", properties: { name: { type: "string" } } });
try {
  grammar.parse('{"name": "Ma');
} catch (error) {
  tell("grammar.parse of a cut text is a raw SyntaxError", error instanceof SyntaxError, error.name);
}

// the conversation
try {
  session.setChatHistory([{ type: "nonsense" }]);
  tell("setChatHistory is not validated", true, "no error");
} catch (error) {
  tell("setChatHistory is not validated", false, error.message);
}
let asked = 0;
const shifting = await fresh({ contextShift: { strategy: () => (asked++, {}) } }, { contextSize: 256 });
try {
  for (let turn = 0; turn < 3 && !asked; turn++) await shifting.prompt("Tell me a story.", { temperature: 0, maxTokens: 220 });
  tell("a bad result of contextShift.strategy is ignored", asked > 0, `asked ${asked} times, no error`);
} catch (error) {
  tell("a bad result of contextShift.strategy is ignored", false, error.message);
}

// states
const garbage = path.join(folder, "garbage.bin");
await fs.writeFile(garbage, "not a state");
const messages = [];
for (const file of [garbage, path.join(folder, "missing.bin")]) {
  const { sequence } = await fresh();
  await sequence.loadStateFromFile(file, { acceptRisk: true }).catch((error) => messages.push(error.message));
}
tell("loadStateFromFile has one error for every cause", messages.length === 2 && messages[0] === messages[1], messages[0]);
process.exit(0);
