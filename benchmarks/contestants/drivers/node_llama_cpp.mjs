// node-llama-cpp, as its documentation uses it: `getLlama`, `loadModel`, `createContext({sequences})`,
// `LlamaCompletion.generateCompletion` and `LlamaChatSession.prompt`, each with `onTextChunk`.
//
// Several chats are as many sessions, each on a sequence of the one context, whose prompts it batches; more chats than
// sequences wait for one that is free, as `getSequence` does not wait by itself. The chat wrapper is found once, at load
// (`resolveChatWrapper`), and given to all: left to itself each session looks for it anew, which takes seconds. Its own default is as many
// threads as the processor has cores, and at least four. `temperature: 0` is greedy, as is its default, and
// `repeatPenalty: false` turns off the penalty that it would compute for each token. A sequence goes on from the
// tokens that it has in common with the new prompt; `clearHistory()` drops them. Counts are those of its token meter.
//
// The first argument is the folder that it is installed in.

import {createRequire} from "node:module";
import {createInterface} from "node:readline";
import path from "node:path";
import {pathToFileURL} from "node:url";
import fs from "node:fs";

const folder = path.resolve(process.argv[2]);
const require = createRequire(path.join(folder, "package.json"));
const {getLlama, LlamaChatSession, LlamaCompletion, LlamaLogLevel, resolveChatWrapper} =
    await import(pathToFileURL(require.resolve("node-llama-cpp")));

const now = () => performance.now() / 1000;
let model, context, chatWrapper, embedding, free = [], waiting = [];

class Stopwatch {
    began = now();
    heard(text) {
        this.first ??= now();
        if (text && !this.text) this.text = now();
    }
    read(used) {
        const total = now() - this.began;
        return {
            firstByte: (this.first ?? now()) - this.began,
            firstToken: (this.text ?? now()) - this.began,
            total,
            ...used
        };
    }
}

const requests = {
    async load({model: modelPath, threads, context: contextSize, sequences, embeddings}) {
        const began = now();
        const llama = await getLlama({gpu: false, logLevel: LlamaLogLevel.error});
        model = await llama.loadModel({modelPath});
        if (embeddings)
            embedding = await model.createEmbeddingContext({contextSize, ...(threads && {threads})});
        context = await model.createContext({contextSize, sequences, ...(threads && {threads})});
        chatWrapper = resolveChatWrapper(model);
        free = Array.from({length: sequences}, () => context.getSequence());
        const {version} = JSON.parse(fs.readFileSync(path.join(folder, "node_modules/node-llama-cpp/package.json")));
        return {
            seconds: now() - began,
            versions: {"node-llama-cpp": version, "llama.cpp": llama.llamaCppRelease.release, node: process.version},
            settings: {
                threads: context.idealThreads,
                batchSize: context.batchSize,
                flashAttention: context.flashAttention,
                build: llama.buildType
            }
        };
    },

    async answer({prompt, tokens, cached}) {
        return await withSequence(async (sequence) => {
            if (!cached) await sequence.clearHistory();
            const completion = new LlamaCompletion({contextSequence: sequence});
            const before = sequence.tokenMeter.getState();
            const watch = new Stopwatch();
            await completion.generateCompletion(prompt, options(tokens, watch));
            const told = watch.read({});
            const used = sequence.tokenMeter.diff(before);
            completion.dispose({disposeSequence: false});
            const promptTokens = model.tokenize(prompt).length + (model.tokens.shouldPrependBosToken ? 1 : 0);
            return {
                ...told, tokens: used.usedOutputTokens, promptTokens,
                cachedTokens: promptTokens - 1 - used.usedInputTokens // its meter counts the last one as output
            };
        });
    },

    async chats({prompts, tokens}) {
        const began = now();
        const each = await Promise.all(prompts.map((prompt) => chat(prompt, tokens)));
        return {total: now() - began, each};
    },

    async embed({texts}) {
        const began = now();
        await Promise.all(texts.map((text) => embedding.getEmbeddingFor(text)));
        return {total: now() - began};
    }
};

function options(maxTokens, watch) {
    return {maxTokens, temperature: 0, repeatPenalty: false, onTextChunk: (text) => watch.heard(text)};
}

async function chat(prompt, tokens) {
    const watch = new Stopwatch();
    return await withSequence(async (sequence) => {
        const session = new LlamaChatSession({contextSequence: sequence, chatWrapper});
        const before = sequence.tokenMeter.getState();
        await session.prompt(prompt, options(tokens, watch));
        const told = watch.read({});
        const used = sequence.tokenMeter.diff(before);
        session.dispose({disposeSequence: false});
        return {...told, tokens: used.usedOutputTokens};
    });
}

async function withSequence(task) {
    const sequence = free.pop() ?? await new Promise((resolve) => waiting.push(resolve));
    try {
        return await task(sequence);
    } finally {
        const next = waiting.shift();
        if (next) next(sequence);
        else free.push(sequence);
    }
}

// Requests come one after another: each is answered before the next one is read.
for await (const line of createInterface({input: process.stdin})) {
    const {do: did, ...fields} = JSON.parse(line);
    if (did === "quit") break;
    let answer;
    try {
        if (!(did in requests)) throw new Error(`there is no request '${did}'`);
        answer = await requests[did](fields);
    } catch (error) {
        answer = {error: String(error)};
    }
    fs.writeSync(1, JSON.stringify(answer) + "\n");
}
fs.writeSync(1, "{}\n");
process.exit(0);
