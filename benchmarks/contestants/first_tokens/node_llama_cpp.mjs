// `node node_llama_cpp.mjs FOLDER MODEL`; the folder is the one that it is installed in.

import {createRequire} from "node:module";
import path from "node:path";
import {pathToFileURL} from "node:url";

const [folder, modelPath] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(folder), "package.json"));
const {getLlama, LlamaCompletion, LlamaLogLevel} = await import(pathToFileURL(require.resolve("node-llama-cpp")));

const llama = await getLlama({gpu: false, logLevel: LlamaLogLevel.error});
const model = await llama.loadModel({modelPath});
const context = await model.createContext({contextSize: 1024, sequences: 1});
const completion = new LlamaCompletion({contextSequence: context.getSequence()});
await completion.generateCompletion("Hello!", {
    maxTokens: 8, temperature: 0, onTextChunk: (text) => process.stdout.write(text)
});
process.exit(0);
