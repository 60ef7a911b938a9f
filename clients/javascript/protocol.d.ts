/** The protocol's types; made by `python -m generators` from docs/protocol.schema.json, do not edit. */
import type * as client from "./llama-worker.js";

/** Every message to a worker. */
export type Incoming =
  | Init
  | CreateContext
  | InitializeSession
  | LoadModel
  | UnloadModel
  | ListModels
  | Estimate
  | DownloadModel
  | Search
  | ListStoredModels
  | VerifyModels
  | UpdateModels
  | LockModels
  | DownloadLockedModels
  | ExportModels
  | ImportModels
  | MeasureStores
  | RemoveModel
  | RemoveUnusedModels
  | ListAliases
  | SetAlias
  | InspectModel
  | CompareModels
  | SplitModel
  | MergeModel
  | EditMetadata
  | ConvertModel
  | QuantizeModel
  | GenerateCompletion
  | GenerateChatCompletion
  | PromptRequest
  | SendPrompt
  | AnswerCalls
  | CompletePrompt
  | Preload
  | Complete
  | Infill
  | Chat
  | FunctionResult
  | ListMcpServers
  | Abort
  | AbortDownload
  | Pause
  | Resume
  | AnswerNow
  | Cleanup
  | GetChatHistory
  | GetContextWindow
  | SetChatHistory
  | ResetChatHistory
  | ForkSession
  | CloseSession
  | SaveSession
  | LoadSession
  | ListSessions
  | ResumeSession
  | RemoveSession
  | FlushSession
  | CountTokens
  | Tokenize
  | Detokenize
  | Render
  | Embed
  | Rerank
  | Transcribe
  | WorkerInitialize
  | WorkerLoadModel
  | WorkerCreateContext
  | WorkerInitializeSession
  | WorkerPrompt
  | WorkerUnloadModel
  | WorkerDownloadModel
  | WorkerSendPrompt;

/** Every message from a worker. */
export type Outgoing =
  | Info
  | ErrorMessage
  | ProgressMessage
  | CompletionChunk
  | CompletionDone
  | ModelLoaded
  | ContextCreated
  | SessionCreated
  | ModelUnloaded
  | DownloadProgress
  | DownloadComplete
  | DownloadErrorMessage
  | FileProgress
  | OperationStarted
  | OperationEvent
  | FunctionCall
  | FunctionApproval
  | Result;

/** Choose the engine and tell what it can do. Optional: whatever needs an engine does it. */
export interface Init {
  type: "init";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  options?: LlamaOptions | null;
}

/**
 * How this worker runs engines (`LlamaWorker(...)`, `initialize(...)`).
 *
 * `engine`: "auto" (default; the environment's `LLAMA_WORKER_ENGINE`, else the bundled xllamacpp), "xllamacpp",
 * or the path or command name of a `llama-server` executable.
 * `numThreads`: threads for each engine; default: the physical cores that others leave free, decided again
 * while it computes (docs/guide/threads.md).
 * `gpu`: False keeps every layer on the CPU, "auto" (default) lets the engine use what it finds.
 * `debug`: keep the engine's verbose log in its tail.
 * `loadStallTimeout`: seconds without any sign of life while loading before the engine is given up (default 120).
 * `responseStallTimeout`: seconds without any sign of life while answering (default 600).
 * `abortStallTimeout`: seconds after which an engine is replaced that does not let go of a request that was aborted
 * (default 5; eight batches when those take longer). Other requests that it serves then fail with `EngineDiedError`.
 * `sandbox`: True (default) keeps an engine from whatever it does not need: other files, the network, programs, memory
 * beyond its limit; how far depends on the system (docs/reliability.md, and `llama-worker doctor`).
 * `politeness`: "background" computes only when nobody else on the machine wants to, and the stall timeouts are then
 * ten times as long; default "normal".
 * `journal`: a file in which every conversation is kept as it goes, so that a killed program finds it again
 * (`worker.list_sessions()`, `model.resume_session(id)`); made when it is not there, with its folder. Default: none.
 * `stateCache`: where to keep what engines have computed of conversations, so that after an unload or a death they
 * are not read again. True (default): in a private directory, for as long as the worker lives; a directory: also for
 * the next worker; False: nothing is kept.
 * `stateCacheBytes`: how much of it at most (default 2 GiB); what was used longest ago goes first.
 * `memoryBudget`: bytes of main memory that all models of this worker may take together, by their estimates; default:
 * what the machine has. What does not fit makes room first, see `load_model`'s `keep`.
 * `modelStores`: folders in which models are looked for, in this order, before those of the environment
 * (`LLAMA_WORKER_STORES`) and the user's own; downloads go to the first that can be written to
 * (docs/models.md).
 * `modelLock`: a `llama-worker.lock`; models that it does not have, byte for byte, are refused with
 * `ModelNotLockedError`, and names of those that it has lead to the revision that is locked. Default: none.
 * `signatures`: "enforce" refuses models that are not signed by who is trusted with `ModelNotSignedError`, "warn" logs
 * it, "off" (default) does not look (docs/models.md; needs the extra `signing`).
 * `signatureKey`: the file of the public key (PEM, an elliptic curve) whose signatures are trusted. Or
 * `signatureIdentity`, who signs by Sigstore, an address mostly, with `signatureIssuer`, the address of who vouches
 * for that; Sigstore's own keys are then asked for over the network, or read from the file `signatureTrustConfig`.
 * `mcpServers`: servers of the Model Context Protocol by name, whose tools prompts may offer a model (`mcp=True`,
 * docs/guide/mcp.md); each is started when a prompt first asks for it, and ended with the worker.
 */
export interface LlamaOptions {
  /** Default: `"auto"`. */
  engine?: string;
  /** From 1 to 2147483647. */
  numThreads?: number | null;
  /** Default: `"auto"`. */
  gpu?: false | "auto";
  /** Default: `false`. */
  debug?: boolean;
  /** Above 0. Default: `120.0`. */
  loadStallTimeout?: number;
  /** Above 0. Default: `600.0`. */
  responseStallTimeout?: number;
  /** Above 0. Default: `5.0`. */
  abortStallTimeout?: number;
  /** Default: `true`. */
  sandbox?: boolean;
  /** Default: `"normal"`. */
  politeness?: "background" | "normal";
  journal?: string | null;
  /** Default: `true`. */
  stateCache?: boolean | string;
  /** From 1. Default: `2147483648`. */
  stateCacheBytes?: number;
  /** From 1. */
  memoryBudget?: number | null;
  modelStores?: string[];
  modelLock?: string | null;
  /** Default: `"off"`. */
  signatures?: "enforce" | "off" | "warn";
  signatureKey?: string | null;
  signatureIdentity?: string | null;
  signatureIssuer?: string | null;
  signatureTrustConfig?: string | null;
  mcpServers?: Record<string, McpServerOptions>;
}

/**
 * A server whose tools a model may call: a `command` that is started here, or the `url` of one that runs.
 *
 * `command` with `args` speaks over its standard input and output. It finds `env` in its environment, and beside that
 * only PATH, HOME and the like; it works in `cwd`, default the program's own folder. `url` is one of streamable HTTP,
 * or with `type` "sse" of the transport before it, and gets the `headers`. In all of these `${NAME}` stands for the
 * environment's variable of that name, and `${NAME:-text}` for a text where there is none.
 * `type`: "stdio", "http" or "sse"; default: "stdio" with a command, else "http".
 * `allow`: the tools that are called without asking a person: their names, or True for all; default none.
 * `tools`: the only ones that are offered; default all.
 * `startTimeout`: seconds until it must have answered, and have told its tools (default 60).
 */
export interface McpServerOptions {
  command?: string | null;
  args?: string[];
  env?: Record<string, string>;
  cwd?: string | null;
  url?: string | null;
  headers?: Record<string, string>;
  type?: "http" | "sse" | "stdio" | null;
  /** Default: `false`. */
  allow?: boolean | string[];
  tools?: string[] | null;
  /** Above 0. Default: `60.0`. */
  startTimeout?: number;
}

/** Set how much the model keeps in mind; for the current model this also drops the current session. */
export interface CreateContext {
  type: "create_context";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  options?: ContextOptions | null;
  /** A loaded model's `modelId`, name or path. Default: the one that came last on this port. */
  model?: string | null;
}

/**
 * How much a model can keep in mind, and for how many at once (`create_context(...)`).
 *
 * `contextSize`: tokens for each sequence; default: what the model was trained for, as far as a quarter of the
 * memory that is free beside the model holds it, then of one cache for all sequences (see `model.info`).
 * `kvUnified`: True: `contextSize` is of one cache for all sequences, and each may use all of it; False: each has
 * its own. Default: False where `contextSize` is given, and for models trained for at most 4096 tokens.
 * `sequences`: how many requests are computed at once (default 4). More wait in a fair queue.
 * `batchSize`: tokens of a prompt that are computed at a time; an abort waits for at most one batch. Default: by
 * the speed of the model, 32 to 512, or 2048 with layers on a GPU. `ubatchSize`: how many of them in one step;
 * default: all, or 512 with layers on a GPU. A model whose embeddings look at a whole text needs all in one.
 * `threads`: computing threads; `threadsBatch`: while prompts are read (default: the same). `seed`: default seed of
 * the samplers. `flashAttention`: default "auto", as llama.cpp decides; on x86-64 processors False for contexts of
 * more than 1024 tokens that sequences do not share, where it is slower (docs/tuning.md).
 * `cacheType`: number type of the key-value cache, default "f16"; `cacheTypeK` and `cacheTypeV`: of its keys and
 * values alone. Values of fewer bits need flash attention.
 * `rope`: how positions are scaled, default as the file says.
 * `contextCheckpoints`: for models whose memory cannot be rewound (sliding windows, recurrent layers): copies of it
 * kept for each sequence, from which a conversation goes on that differs near its end. Default: 1 to 3, see
 * `model.settings`; 0: none, and such a conversation is read from its beginning. `swaFull` (default False): layers
 * with a sliding window keep the whole context, which needs more memory and no copies.
 */
export interface ContextOptions {
  /** From 1 to 2147483647. */
  contextSize?: number | null;
  kvUnified?: boolean | null;
  /** From 1 to 256. */
  sequences?: number | null;
  /** From 1 to 65536. */
  batchSize?: number | null;
  /** From 1 to 65536. */
  ubatchSize?: number | null;
  /** From 1 to 512. */
  threads?: number | null;
  /** From 1 to 512. */
  threadsBatch?: number | null;
  /** From 0 to 4294967294. */
  seed?: number | null;
  flashAttention?: boolean | "auto" | null;
  cacheType?: "bf16" | "f16" | "f32" | "iq4_nl" | "q4_0" | "q4_1" | "q5_0" | "q5_1" | "q8_0" | null;
  cacheTypeK?: "bf16" | "f16" | "f32" | "iq4_nl" | "q4_0" | "q4_1" | "q5_0" | "q5_1" | "q8_0" | null;
  cacheTypeV?: "bf16" | "f16" | "f32" | "iq4_nl" | "q4_0" | "q4_1" | "q5_0" | "q5_1" | "q8_0" | null;
  rope?: Rope | null;
  /** From 0 to 1024. */
  contextCheckpoints?: number | null;
  swaFull?: boolean | null;
}

/**
 * How a model's positions are scaled, where its file should not decide; what is not given is as the file says.
 *
 * `scaling`: "none", "linear", or "yarn", with which a model reads further than it was trained for: its limit is then
 * `originalContextSize` times `scale`, while with "linear" the engine keeps to what it was trained for.
 * `scale`: how many times as long a context becomes. `frequencyBase`: of the rotation (theta).
 * `originalContextSize`: tokens that a model was trained with before it was scaled (default: as the file says).
 * `extrapolationFactor`, `attentionFactor`, `betaFast`, `betaSlow`: the numbers of YaRN, as llama.cpp has them.
 */
export interface Rope {
  scaling?: "linear" | "none" | "yarn" | null;
  /** Above 0 to 1000000. */
  scale?: number | null;
  /** Above 0 to 1e+12. */
  frequencyBase?: number | null;
  /** From 1 to 2147483647. */
  originalContextSize?: number | null;
  /** From 0 to 1. */
  extrapolationFactor?: number | null;
  /** Above 0 to 1000000. */
  attentionFactor?: number | null;
  /** Above 0 to 1000000. */
  betaFast?: number | null;
  /** Above 0 to 1000000. */
  betaSlow?: number | null;
}

/** Begin a conversation. Without `model` it becomes this port's current one and needs a context. */
export interface InitializeSession {
  type: "initialize_session";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  options?: SessionOptions | null;
  /** A loaded model's `modelId`, name or path. Default: the one that came last on this port. */
  model?: string | null;
  /** An id for the new session. Default: the worker makes one up. */
  sessionId?: string | null;
}

/**
 * How a chat session begins (`create_session(...)`, `initialize_session(...)`).
 *
 * `systemPrompt`: first message of the conversation; default none.
 * `overflow`: what to do when the conversation does not fit into the context any more. "drop_oldest" (default)
 * leaves the oldest turns out of what the model sees and keeps the system prompt; "error" raises
 * `ContextOverflowError`. `create_session(overflow=function)` takes a function of one's own.
 * `overflowReserve`: the share of the context that is free again after dropping (default 0.1).
 * `reasoningEffort`: of prompts that say none themselves, see `PromptOptions`.
 * `specialTokens`: what becomes of names of special tokens, such as `<|im_end|>`, in what people, tools and functions
 * say. "inert" (default): they are read as text; "refuse": `InvalidOptionsError`; "allow": they are those tokens.
 * `systemSpecialTokens`: the same for the system prompt.
 * `lora`: {name: scale} of the adapters that all its prompts are answered with, unless a prompt says otherwise.
 */
export interface SessionOptions {
  systemPrompt?: string | null;
  /** Default: `"drop_oldest"`. */
  overflow?: "drop_oldest" | "error";
  /** From 0 to 0.9. Default: `0.1`. */
  overflowReserve?: number;
  reasoningEffort?: "high" | "low" | "max" | "medium" | "minimal" | "none" | "xhigh" | null;
  /** Default: `"inert"`. */
  specialTokens?: "allow" | "inert" | "refuse";
  /** Default: `"inert"`. */
  systemSpecialTokens?: "allow" | "inert" | "refuse";
  lora?: Record<string, number> | null;
}

/** Start an engine with a model, which becomes this port's current one. */
export interface LoadModel {
  type: "load_model";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  modelPath: ModelPath;
  options?: ModelOptions | null;
}

/** A file of a Hugging Face repository; without `file` the repository's usual quantization. */
export interface HubFile {
  repo: string;
  file?: string | null;
  revision?: string | null;
}

/**
 * How a model is loaded (`load_model(...)`); the context's options may be given here already.
 *
 * `projector`: the file that lets the model see images or hear sounds (mmproj*.gguf). "auto" (default): the one of its
 * repository, or beside it and made for it, if there is one; True: the same, and an error when there is none; a path;
 * False: none, which saves its memory.
 * `gpuLayers`: layers to keep on the GPU, the output being one; default: as many as fit with `gpuMemoryMargin`
 * bytes of each GPU left free (default 1 GiB). `useMmap` (default True), `useMlock` (default False),
 * `useDirectIo` (default False: read the file past the system's cache, into memory of the engine's own),
 * `checkTensors` (default False: validate every tensor's numbers while loading).
 * `cpuMoe`: True keeps all experts of a mixture in main memory, a number those of so many first layers; the GPU has
 * the rest. `moeCacheBytes`: of a GPU, for experts in main memory that are used often (default 0; without a
 * GPU nothing).
 * `kvOffload` (default True): the key-value cache of layers on a GPU is there too. `opOffload` (default True): a GPU
 * computes long prompts for layers in main memory. `repack` (default True): copy weights into the order in which the
 * processor computes fastest; False saves that memory.
 * `mainGpu`: the number of the GPU that computes what is not split. `splitMode`: "none" for one GPU alone, "layer",
 * "row" or "tensor". `tensorSplit`: how much of the model each GPU gets, as proportions.
 * `numa`: "distribute" threads over all nodes of a machine, "isolate" them on one, or as "numactl" says.
 * `promptCacheBytes`: main memory for conversations that have left their sequence (0: none). Default: as much as the
 * model and its sequences take, 64 MiB to 1 GiB, and at most an eighth of the machine's.
 * `pooling`: how one vector is made of the tokens of a text: their "mean", that of the first ("cls") or the "last"
 * one; "rank" makes scores. Default: as the file says, else from the last token where that costs little.
 * `chatTemplate`: in place of the model file's own: the text of a Jinja template, the path of a file with one, or a
 * name that llama.cpp knows, such as "chatml" or "llama3" (docs/guide/chat-templates.md).
 * `memoryLimit`: bytes that the engine may take, a mapped model file not counted; what would take more fails with an
 * error. 0: no limit. Default, on Linux and without a GPU: the estimate with a margin, 2 GB for small models.
 * `ignoreMemorySafetyChecks`: load even when the estimate says that the model does not fit.
 * `retrySmaller` (default True): an engine that runs out of memory is tried again, at most twice, with fewer
 * sequences, then a shorter context; on a GPU with a larger margin, then fewer layers. Events, the log and
 * `model.info.reduced` tell it.
 * `speculative`: "ngram" drafts what follows where the last tokens came before in the text, and has the model verify
 * it all at once, which is faster where a text repeats itself. `draftModel`: a smaller model of the same vocabulary
 * that drafts. Default: neither. `draftTokens`: how many at once; default 16 of a repetition and 3 of a draft model,
 * fewer where a batch would not hold them for all sequences.
 * `engineArguments`: more words for the command line of the engine, for what no option here says (docs/parity.md);
 * a llama-server gets them as they stand, the bundled engine where it can. Files that they name may be read.
 * `loras`: {name: file} of LoRA adapters (GGUF) that prompts may ask for, each by a name of your choice; a file may be
 * given as a model is. None is applied until a prompt's or a session's `lora` says so.
 * `calibrate` (default True): when a model is loaded for the first time on this machine, measure how fast it reads,
 * for about a second and four at most, and choose `batchSize` by that; kept in the user's cache (docs/tuning.md).
 * `keepAlive`: seconds after which the engine of a model that nobody uses is ended; its handle and sessions stay, and
 * the next use starts it again. Default, and 0: never.
 * `keep`: False lets it also be ended, while nobody uses it, when another model needs its memory, those unused for
 * longest first. Default: True, but False where `keepAlive` is given.
 * `convert` (default False): fetch a model `hf:org/repo` that is not here; a repository without a GGUF file is
 * converted (docs/guide/any-repository.md), and found by its name from then on. `quantize`: to what, such as
 * "Q4_K_M"; default: as the repository has its weights.
 */
export interface ModelOptions {
  /** From 1 to 2147483647. */
  contextSize?: number | null;
  kvUnified?: boolean | null;
  /** From 1 to 256. */
  sequences?: number | null;
  /** From 1 to 65536. */
  batchSize?: number | null;
  /** From 1 to 65536. */
  ubatchSize?: number | null;
  /** From 1 to 512. */
  threads?: number | null;
  /** From 1 to 512. */
  threadsBatch?: number | null;
  /** From 0 to 4294967294. */
  seed?: number | null;
  flashAttention?: boolean | "auto" | null;
  cacheType?: "bf16" | "f16" | "f32" | "iq4_nl" | "q4_0" | "q4_1" | "q5_0" | "q5_1" | "q8_0" | null;
  cacheTypeK?: "bf16" | "f16" | "f32" | "iq4_nl" | "q4_0" | "q4_1" | "q5_0" | "q5_1" | "q8_0" | null;
  cacheTypeV?: "bf16" | "f16" | "f32" | "iq4_nl" | "q4_0" | "q4_1" | "q5_0" | "q5_1" | "q8_0" | null;
  rope?: Rope | null;
  /** From 0 to 1024. */
  contextCheckpoints?: number | null;
  swaFull?: boolean | null;
  /** Default: `"auto"`. */
  projector?: boolean | string;
  /** From 0 to 2147483647. */
  gpuLayers?: number | null;
  /** From 0 to 9.007199255e+15. */
  gpuMemoryMargin?: number | null;
  /** From 0 to 9.007199255e+15. */
  promptCacheBytes?: number | null;
  /** From 0 to 9.007199255e+15. */
  memoryLimit?: number | null;
  chatTemplate?: string | null;
  pooling?: "cls" | "last" | "mean" | "rank" | null;
  /** Default: `true`. */
  useMmap?: boolean;
  /** Default: `false`. */
  useMlock?: boolean;
  /** Default: `false`. */
  useDirectIo?: boolean;
  /** Default: `false`. */
  checkTensors?: boolean;
  /** Default: `false`. */
  cpuMoe?: boolean | number;
  /** From 0 to 9.007199255e+15. Default: `0`. */
  moeCacheBytes?: number;
  /** Default: `true`. */
  kvOffload?: boolean;
  /** Default: `true`. */
  opOffload?: boolean;
  /** Default: `true`. */
  repack?: boolean;
  /** From 0 to 127. */
  mainGpu?: number | null;
  splitMode?: "layer" | "none" | "row" | "tensor" | null;
  tensorSplit?: number[] | null;
  numa?: "distribute" | "isolate" | "numactl" | null;
  /** Default: `false`. */
  ignoreMemorySafetyChecks?: boolean;
  /** Default: `true`. */
  retrySmaller?: boolean;
  speculative?: "ngram" | null;
  draftModel?: string | null;
  /** From 1 to 256. */
  draftTokens?: number | null;
  engineArguments?: string[];
  loras?: Record<string, string>;
  /** Default: `true`. */
  calibrate?: boolean;
  /** From 0. */
  keepAlive?: number | null;
  keep?: boolean | null;
  /** Default: `false`. */
  convert?: boolean;
  quantize?: string | null;
}

/** End a model's engine; its memory is free when this is answered. */
export interface UnloadModel {
  type: "unload_model";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** A loaded model. Default: the current one. */
  modelPath?: string | null;
}

/** The loaded models, with what of their engines is in memory, who uses them, and on which terms they are there. */
export interface ListModels {
  type: "list_models";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
}

/** The memory that loading a model with these options would need; nothing is loaded. */
export interface Estimate {
  type: "estimate";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  modelPath: ModelPath;
  options?: ModelOptions | null;
}

/** Fetch a model into the local store; an interrupted download goes on where it stopped. */
export interface DownloadModel {
  type: "download_model";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  modelId: ModelPath;
  /** Comes back in every message about this download. */
  requestId?: string | number | null;
  /** What the bytes must be. */
  sha256?: string | null;
  /** How many bytes there must be. From 0. */
  size?: number | null;
}

/** Repositories of a hub that have GGUF files, the most downloaded first, and what of them fits this machine. */
export interface Search {
  type: "search";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** Words of a repository's name. */
  query: string;
  /** Only what fits. Default: `false`. */
  fits?: boolean;
  /** How many repositories at most. From 1 to 100. Default: `10`. */
  limit?: number;
  /** Hugging Face or ModelScope. Default: `"hf"`. */
  site?: "hf" | "ms";
}

/** Every model on the worker's machine, with its size, origin, revision and last use. */
export interface ListStoredModels {
  type: "list_stored_models";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
}

/**
 * Read models whole, and compare them with the digests that were noted, or with what the hub says; and with their
 * signatures.
 */
export interface VerifyModels {
  type: "verify_models";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** Default: all that are there. */
  names?: ModelPath[];
  /** Default: `false`. */
  upstream?: boolean;
  /** Default: `false`. */
  signatures?: boolean;
}

/**
 * Fetch the newest revision of models of a hub, or only tell what there is; the old one goes when the new one is
 * whole.
 */
export interface UpdateModels {
  type: "update_models";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** Default: all that are there. */
  names?: ModelPath[];
  /** Default: `false`. */
  check?: boolean;
}

/** Write models into a lock of the worker's machine, beside those that it has. */
export interface LockModels {
  type: "lock_models";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  names: ModelPath[];
  /** On the worker's machine. Default: `"llama-worker.lock"`. */
  path?: string;
}

/** Fetch what a lock of the worker's machine has, and compare each with it. */
export interface DownloadLockedModels {
  type: "download_locked_models";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** Default: all that are there. */
  names?: ModelPath[];
  /** On the worker's machine. Default: `"llama-worker.lock"`. */
  path?: string;
}

/** Copy models to a new folder or .tar file of the worker's machine, with a lock. */
export interface ExportModels {
  type: "export_models";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  names: ModelPath[];
  /** On the worker's machine. */
  path: string;
}

/** Take the models of such a folder or file into the store. */
export interface ImportModels {
  type: "import_models";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** On the worker's machine. */
  path: string;
}

/** What the stores take on the disk. */
export interface MeasureStores {
  type: "measure_stores";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
}

/** Delete a model from the worker's machine, whole, unfinished or broken. */
export interface RemoveModel {
  type: "remove_model";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  modelId: ModelPath;
}

/** Delete what was downloaded and not used for so many days, or tell what that would be. */
export interface RemoveUnusedModels {
  type: "remove_unused_models";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** From 0. */
  days: number;
  /** Default: `false`. */
  dryRun?: boolean;
}

/** The short names of models, with what they mean. */
export interface ListAliases {
  type: "list_aliases";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
}

/** Let a short name mean a model, or nothing any more. */
export interface SetAlias {
  type: "set_alias";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  name: string;
  model: ModelPath | null;
}

/** All metadata and tensors of a model, as its header has them. */
export interface InspectModel {
  type: "inspect_model";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  modelPath: ModelPath;
}

/** What is different in two models that are here: metadata, tensors, with `contents` also their bytes. */
export interface CompareModels {
  type: "compare_models";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  modelPath: ModelPath;
  otherPath: ModelPath;
  /** Default: `false`. */
  contents?: boolean;
}

/** Write a model as several files; gives their paths. `file_progress` tells how far it is. */
export interface SplitModel {
  type: "split_model";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  modelPath: ModelPath;
  /** Of tensors, in each part. From 1. */
  maxBytes?: number | null;
  /** In each part; give this or `maxBytes`. From 1. */
  maxTensors?: number | null;
  /** The first part has no tensors. Default: `false`. */
  metadataApart?: boolean;
  /** What the paths begin with. Default: the model's own. */
  target?: string | null;
  /** Whether a file that is there already may be replaced. Default: `false`. */
  overwrite?: boolean;
}

/** Write a model that is in several files as one; gives its path. `file_progress` tells how far it is. */
export interface MergeModel {
  type: "merge_model";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  modelPath: ModelPath;
  /** The path of the new file. */
  target: string;
  /** Whether a file that is there already may be replaced. Default: `false`. */
  overwrite?: boolean;
}

/** Change the metadata of a model's file. `file_progress` tells how far it is when it has to be written anew. */
export interface EditMetadata {
  type: "edit_metadata";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  modelPath: ModelPath;
  /** By key, or `KEY:TYPE`; a token's id also as text. */
  values?: Record<string, unknown> | null;
  /** Keys that shall be gone. */
  remove?: string[];
  /** Another file, which gets the changes. */
  target?: string | null;
  /** Whether a file that is there already may be replaced. Default: `false`. */
  overwrite?: boolean;
}

/**
 * Make a GGUF file of a repository of safetensors, which is downloaded when it is not here.
 *
 * `dtype` is the type of its weights (`auto`: as in the repository), `quantize` a mixture of llama.cpp's, as `Q4_K_M`,
 * to which they are quantized at once, `overwrite` allows to replace the target. With `base`, a model's repository,
 * the source is that of a LoRA adapter which changes this model. One that was interrupted goes on.
 */
export interface ConvertModel {
  type: "convert_model";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** A folder on the worker's machine, or `hf:org/repo`. */
  source: string;
  /** The file to write, on the worker's machine. */
  target: string;
  /** Default: `"auto"`. */
  dtype?: "auto" | "bf16" | "f16" | "f32" | "q8_0";
  /** A folder on the worker's machine, or `hf:org/repo`. */
  base?: string | null;
  quantize?: string | null;
  /** Default: `false`. */
  overwrite?: boolean;
  /** Default: one for each processor. From 1 to 512. */
  threads?: number | null;
  /** Default: `"normal"`. */
  politeness?: "background" | "normal";
}

/**
 * Write a smaller copy of a model that is here; one that was interrupted goes on where it stopped.
 *
 * `quantization` is a mixture of llama.cpp's, as `Q4_K_M`. `imatrix` is an importance matrix, `pure` gives every
 * tensor the same type, `requantize` allows what is quantized already, `overwrite` to replace the target.
 */
export interface QuantizeModel {
  type: "quantize_model";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  modelPath: ModelPath;
  /** The file to write, on the worker's machine. */
  target: string;
  /** Default: `"Q4_K_M"`. */
  quantization?: string;
  imatrix?: string | null;
  /** Default: `false`. */
  pure?: boolean;
  /** Default: `false`. */
  requantize?: boolean;
  /** Default: `false`. */
  overwrite?: boolean;
  /** Default: one for each processor. From 1 to 512. */
  threads?: number | null;
  /** Default: `"normal"`. */
  politeness?: "background" | "normal";
}

/** Ask in the current session, which is created now when there is none. */
export interface GenerateCompletion {
  type: "generate_completion";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  options?: PromptOptions | null;
  /** What the model may call, by name. */
  functions?: Record<string, FunctionSpec> | null;
  prompt: Content;
}

/**
 * How one answer is generated (`session.prompt`, `model.chat`, `model.complete`).
 *
 * *Length.* `maxTokens`: of one answer, reasoning and function calls included; default: until the model ends it or
 * the context is full. 0 reads the prompt and answers nothing. `stopSequences`: texts that end the answer; they are
 * not part of it and are never streamed.
 *
 * *Sampling.* `temperature`: 0 is greedy; `topP`; `topK`, 0 is the whole vocabulary; `minP`. Where these four are
 * not given the model file's own recommendation is used (`general.sampling.*` in its metadata), else 0.8, 0.95, 40
 * and 0.05. `typicalP`, `topNSigma` (standard deviations), `xtc`, `mirostat`, `dynamicTemperature`: off by
 * default. `seed`: same seed, same text; default: a new one each time. `repeatPenalty`, `dryRepeatPenalty`:
 * default off (False). `tokenBias`: {word or token id: "never" | -1 to 1 | {"logit": x}}, or a list of such pairs;
 * a word's bias goes to each of its tokens.
 *
 * *Form.* `responsePrefix`: text that the answer starts with; it is part of the reply and does not count.
 * `trimWhitespaceSuffix`: cut white space off the end. `grammar`: GBNF text, or the name of one of ours ("json",
 * "json_arr", "list", "arithmetic", "english", "chess", "c", "japanese"). `jsonSchema`: the answer is JSON of that
 * schema. `logprobs`: log probabilities of each token and of so many alternatives (1 to 20).
 *
 * *Functions.* `functionChoice`: "auto" (default), "none", "required", or a function's name. The last two force
 * the first answer to be a call, without text or reasoning before it; a reply that `maxTokens` ends has no call.
 * `maxFunctionRounds`: answers that may call functions before one that must not (default 10).
 * `maxParallelFunctionCalls`: calls in one answer, which ends when one more begins; default as many as the model
 * wants.
 * `functionTimeout`: seconds for each call (default 60). `onFunctionError`: "report" (default) tells the model,
 * "raise" ends the prompt with `FunctionCallError`. `mcp`: True lets the model call the tools of all the worker's
 * `mcp_servers`, names those of some (docs/guide/mcp.md); default False.
 *
 * *Adapters.* `lora`: {name: scale} of the adapters of `load_model(loras=...)` that are applied, 1 being as they were
 * trained; those not named are not applied. Default: as the session says, else none.
 *
 * *Reasoning.* `reasoningEffort`: how hard to think, from "none" to "max", in the words of the model's chat template,
 * or as a budget where it has none (docs/guide/reasoning.md); default: as the session says, else the model's own.
 * `reasoningBudget`: tokens of reasoning before the model must answer; 0 is none, default no limit.
 *
 * *Safety.* `specialTokens`: what becomes of names of special tokens, such as `<|im_end|>`, in messages, in results
 * and in definitions of functions: "inert" (read as text), "refuse" (`InvalidOptionsError`) or "allow" (they are those
 * tokens); default: as the session says, else "inert". `systemSpecialTokens`: the same for system messages. A
 * completion, a `responsePrefix` and a grammar are the program's own and stay as they are.
 *
 * *Running.* `evaluationPriority`: 1 to 5 (default 5), who goes first when requests wait. `stopOnAbort`: an abort
 * returns the partial reply with `finish_reason == "abort"` in place of raising. `cachePrompt`: reuse what the
 * engine has computed of the same beginning (default True). `reproducible`: the same text each time, whatever else
 * runs, computed alone and from the beginning (docs/guide/reproducible.md); default False. `systemPrompt`: used when
 * this request creates the session or the list of messages has none; ignored by an existing session.
 * `chatTemplateOptions`: variables for the model's chat template, such as {"enable_thinking": False}.
 * `engineOptions`: further fields of llama.cpp's request, sent as they are; only what would keep the engine
 * busy for others is refused.
 */
export interface PromptOptions {
  /** From 0 to 2147483647. */
  maxTokens?: number | null;
  /** From 0 to 1000. */
  temperature?: number | null;
  /** From 0 to 1. */
  topP?: number | null;
  /** From 0 to 2147483647. */
  topK?: number | null;
  /** From 0 to 1. */
  minP?: number | null;
  /** Above 0 to 1. */
  typicalP?: number | null;
  /** Above 0 to 1000. */
  topNSigma?: number | null;
  dynamicTemperature?: DynamicTemperature | null;
  xtc?: Xtc | null;
  mirostat?: Mirostat | null;
  /** From 0 to 4294967294. */
  seed?: number | null;
  /** Default: `false`. */
  repeatPenalty?: false | RepeatPenalty;
  /** Default: `false`. */
  dryRepeatPenalty?: false | DryRepeatPenalty;
  tokenBias?: Record<string, "never" | number | LogitBias> | ([number | string, "never" | number | LogitBias])[];
  stopSequences?: string[];
  systemPrompt?: string | null;
  responsePrefix?: string;
  /** Default: `false`. */
  trimWhitespaceSuffix?: boolean;
  grammar?: string | null;
  jsonSchema?: Record<string, unknown> | null;
  /** From 1 to 20. */
  logprobs?: number | null;
  /** Default: `"auto"`. */
  functionChoice?: string;
  /** From 1 to 2147483647. Default: `10`. */
  maxFunctionRounds?: number;
  /** From 1 to 2147483647. */
  maxParallelFunctionCalls?: number | null;
  /** Above 0. Default: `60.0`. */
  functionTimeout?: number;
  /** Default: `"report"`. */
  onFunctionError?: "raise" | "report";
  /** Default: `false`. */
  mcp?: boolean | string[];
  lora?: Record<string, number> | null;
  reasoningEffort?: "high" | "low" | "max" | "medium" | "minimal" | "none" | "xhigh" | null;
  /** From 0 to 2147483647. */
  reasoningBudget?: number | null;
  specialTokens?: "allow" | "inert" | "refuse" | null;
  systemSpecialTokens?: "allow" | "inert" | "refuse" | null;
  /** From 1 to 5. Default: `5`. */
  evaluationPriority?: number;
  /** Default: `false`. */
  stopOnAbort?: boolean;
  /** Default: `true`. */
  cachePrompt?: boolean;
  /** Default: `false`. */
  reproducible?: boolean;
  chatTemplateOptions?: Record<string, unknown>;
  engineOptions?: Record<string, unknown>;
}

/** A temperature between `temperature - range` and `temperature + range`, by how sure the model is. */
export interface DynamicTemperature {
  /** From 0 to 100. */
  range: number;
  /** Above 0 to 100. Default: `1.0`. */
  exponent?: number;
}

/** Exclude top choices: with `probability`, remove all but the least likely token above `threshold`. */
export interface Xtc {
  /** From 0 to 1. */
  probability: number;
  /** From 0 to 1. Default: `0.1`. */
  threshold?: number;
}

/**
 * Keep the surprise of the text near `tau` (default 5), correcting by `eta` (default 0.1).
 *
 * It takes the place of top_k, top_p, min_p and typical_p.
 */
export interface Mirostat {
  /** Default: `2`. */
  version?: 1 | 2;
  /** Above 0 to 1000000. Default: `5.0`. */
  tau?: number;
  /** Above 0 to 1. Default: `0.1`. */
  eta?: number;
}

/**
 * Make tokens that were there before less likely.
 *
 * `lastTokens`: how many tokens back are looked at, of the prompt and the answer (default 64). `penalty`: divides
 * the logits of seen tokens, 1 is off (default 1.1). `frequencyPenalty` is taken off for each time a token was
 * seen, `presencePenalty` once (both default 0, -2 to 2).
 */
export interface RepeatPenalty {
  /** From 0 to 1048576. Default: `64`. */
  lastTokens?: number;
  /** Above 0 to 100. Default: `1.1`. */
  penalty?: number;
  /** From -2 to 2. Default: `0.0`. */
  frequencyPenalty?: number;
  /** From -2 to 2. Default: `0.0`. */
  presencePenalty?: number;
}

/**
 * DRY: make it less likely that a sequence of tokens is repeated, the longer it already is.
 *
 * The penalty is `strength * base ** (length - allowed_length)`, for repetitions longer than `allowedLength`
 * tokens (default 2) within `lastTokens` (default: the whole context). `sequenceBreakers` end a sequence.
 */
export interface DryRepeatPenalty {
  /** From 0 to 100. Default: `0.8`. */
  strength?: number;
  /** From 1 to 100. Default: `1.75`. */
  base?: number;
  /** From 0 to 2147483647. Default: `2`. */
  allowedLength?: number;
  /** From 0 to 1048576. */
  lastTokens?: number | null;
  /** Default: `["\n",":","\"","*"]`. */
  sequenceBreakers?: string[];
}

/** A number that is added to a token's logit. */
export interface LogitBias {
  /** From -10000 to 10000. */
  logit: number;
}

/**
 * A function that the model may call. `params` is the JSON schema of an object.
 *
 * `handled`: true asks for its result with `function_call` while the answer is made; false ends the answer with the
 * call, and `answer_calls` goes on.
 */
export interface FunctionSpec {
  description?: string;
  params?: Record<string, unknown> | null;
  /** Default: `true`. */
  handled?: boolean;
}

/** Make `messages` the current session's history and answer the last one, which must be the user's. */
export interface GenerateChatCompletion {
  type: "generate_chat_completion";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  options?: PromptOptions | null;
  /** What the model may call, by name. */
  functions?: Record<string, FunctionSpec> | null;
  messages: ChatMessage[];
}

/** Ask in a session and stream the answer. */
export interface PromptRequest {
  type: "prompt";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  options?: PromptOptions | null;
  /** What the model may call, by name. */
  functions?: Record<string, FunctionSpec> | null;
  prompt: Content;
  /** A `sessionId`. Default: the session that came last on this port. */
  session?: string | null;
}

/** As `prompt`, but told at once which operation it is (`operation_started`). */
export interface SendPrompt {
  type: "send_prompt";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  options?: PromptOptions | null;
  /** What the model may call, by name. */
  functions?: Record<string, FunctionSpec> | null;
  prompt: Content;
  /** A `sessionId`. Default: the session that came last on this port. */
  session?: string | null;
}

/** Go on after an answer whose `finishReason` is `tool_calls`. */
export interface AnswerCalls {
  type: "answer_calls";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  options?: PromptOptions | null;
  /** What the model may call, by name. */
  functions?: Record<string, FunctionSpec> | null;
  /** What each call gave: `{call id: result}`. */
  results: Record<string, unknown>;
  /** A `sessionId`. Default: the session that came last on this port. */
  session?: string | null;
}

/** How the user might go on with a prompt that begins so; leaves no trace in the conversation. */
export interface CompletePrompt {
  type: "complete_prompt";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  prompt: string;
  options?: PromptOptions | null;
  /** A `sessionId`. Default: the session that came last on this port. */
  session?: string | null;
}

/** Read a conversation and the beginning of a prompt before it is asked, so that its answer comes sooner. */
export interface Preload {
  type: "preload";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  prompt?: Content;
  options?: PromptOptions | null;
  /** A `sessionId`. Default: the session that came last on this port. */
  session?: string | null;
}

/** Continue a text as it stands, without a chat template and without remembering it. */
export interface Complete {
  type: "complete";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  prompt: string;
  options?: PromptOptions | null;
  /** A loaded model's `modelId`, name or path. Default: the one that came last on this port. */
  model?: string | null;
}

/**
 * Write what stands between two texts. `extra` are other files, the most important last; what does not fit into the
 * context is left out: files from the first on, then what is farthest from the gap.
 */
export interface Infill {
  type: "infill";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  prefix: string;
  suffix: string;
  extra?: InfillFile[];
  options?: PromptOptions | null;
  /** A loaded model's `modelId`, name or path. Default: the one that came last on this port. */
  model?: string | null;
}

/** Another file of the project whose gap is filled. */
export interface InfillFile {
  filename: string;
  text: string;
}

/** Answer a list of messages without remembering it. */
export interface Chat {
  type: "chat";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  options?: PromptOptions | null;
  /** What the model may call, by name. */
  functions?: Record<string, FunctionSpec> | null;
  messages: ChatMessage[];
  /** A loaded model's `modelId`, name or path. Default: the one that came last on this port. */
  model?: string | null;
}

/**
 * What the function returned that a `function_call` asked for; true to a `function_approval` that may be called.
 *
 * In place of `result`, `content`: parts, as `prompt` has them, for a function that shows an image or plays a sound.
 * Or the `error` it failed with, to which `onFunctionError` applies; or the reason why it was `refused`, which the
 * model is told; or `unapproved`, why it could not be asked whether the call may be made, which ends the prompt.
 */
export interface FunctionResult {
  type: "function_result";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  callId: string;
  result?: unknown;
  content?: Content | null;
  error?: string | null;
  refused?: string | null;
  unapproved?: string | null;
}

/** The worker's MCP servers, started if need be, with their tools; of one that cannot be used, the problem. */
export interface ListMcpServers {
  type: "list_mcp_servers";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
}

/** Abort an operation; without a name the generation that was asked for last. Harmless when there is none. */
export interface Abort {
  type: "abort";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** An `operationId`, as chunks and `operation_started` carry it. */
  operationId?: string | null;
  /** The `id` (of a download also the `requestId`) of an earlier request. */
  requestId?: string | number | null;
}

/** Abort a download; without `requestId` the one that was asked for last. What was fetched is kept. */
export interface AbortDownload {
  type: "abort_download";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** The `id` (of a download also the `requestId`) of an earlier request. */
  requestId?: string | number | null;
}

/** Hold a generation; without a name the one that was asked for last. */
export interface Pause {
  type: "pause";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** An `operationId`, as chunks and `operation_started` carry it. */
  operationId?: string | null;
  /** The `id` (of a download also the `requestId`) of an earlier request. */
  requestId?: string | number | null;
}

/** Go on with a paused generation; without a name the one that was asked for last. */
export interface Resume {
  type: "resume";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** An `operationId`, as chunks and `operation_started` carry it. */
  operationId?: string | null;
  /** The `id` (of a download also the `requestId`) of an earlier request. */
  requestId?: string | number | null;
}

/**
 * End the reasoning of a generation, so that its answer begins; without a name of the one that was asked for last.
 * Without effect when it does not reason.
 */
export interface AnswerNow {
  type: "answer_now";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** An `operationId`, as chunks and `operation_started` carry it. */
  operationId?: string | null;
  /** The `id` (of a download also the `requestId`) of an earlier request. */
  requestId?: string | number | null;
}

/** Abort everything, end every engine, free everything. `init` begins anew. */
export interface Cleanup {
  type: "cleanup";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
}

/** The messages of a session. */
export interface GetChatHistory {
  type: "get_chat_history";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** A `sessionId`. Default: the session that came last on this port. */
  session?: string | null;
}

/** The messages of a session that the model sees: the history, less what did not fit. */
export interface GetContextWindow {
  type: "get_context_window";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** A `sessionId`. Default: the session that came last on this port. */
  session?: string | null;
}

/** Replace the messages of a session. */
export interface SetChatHistory {
  type: "set_chat_history";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  messages: ChatMessage[];
  /** A `sessionId`. Default: the session that came last on this port. */
  session?: string | null;
}

/** Forget the messages of a session but its system prompt. */
export interface ResetChatHistory {
  type: "reset_chat_history";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** A `sessionId`. Default: the session that came last on this port. */
  session?: string | null;
}

/** A second conversation that goes on from where a session is now; the current session stays what it is. */
export interface ForkSession {
  type: "fork_session";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** A `sessionId`. Default: the session that came last on this port. */
  session?: string | null;
  /** An id for the new session. Default: the worker makes one up. */
  sessionId?: string | null;
}

/** Forget a session altogether. */
export interface CloseSession {
  type: "close_session";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** A `sessionId`. Default: the session that came last on this port. */
  session?: string | null;
}

/** Write a conversation to a file on the worker's machine. Refused where the worker is shared. */
export interface SaveSession {
  type: "save_session";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  path: string;
  /** Also what the engine has computed of it. Default: `false`. */
  includeState?: boolean;
  /** A `sessionId`. Default: the session that came last on this port. */
  session?: string | null;
}

/** A conversation out of such a file. Refused where the worker is shared. */
export interface LoadSession {
  type: "load_session";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  path: string;
  /** Take a conversation with another model. Default: `false`. */
  anyModel?: boolean;
  /** A loaded model's `modelId`, name or path. Default: the one that came last on this port. */
  model?: string | null;
  /** An id for the new session. Default: the worker makes one up. */
  sessionId?: string | null;
}

/** The conversations in the journal, the one that was used last first. Refused where the worker is shared. */
export interface ListSessions {
  type: "list_sessions";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
}

/** Go on with a conversation of the journal, under its id. Refused where the worker is shared. */
export interface ResumeSession {
  type: "resume_session";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** The `sessionId` that the conversation had, as `list_sessions` tells it. */
  sessionId: string;
  /** Take a conversation with another model. Default: `false`. */
  anyModel?: boolean;
  /** A loaded model's `modelId`, name or path. Default: the one that came last on this port. */
  model?: string | null;
}

/** Forget a conversation of the journal for good. Refused where the worker is shared. */
export interface RemoveSession {
  type: "remove_session";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** The `sessionId` that the conversation had, as `list_sessions` tells it. */
  sessionId: string;
}

/** Wait until the journal has a session as it is now; fails when it cannot be written. */
export interface FlushSession {
  type: "flush_session";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** A `sessionId`. Default: the session that came last on this port. */
  session?: string | null;
}

/** Tokens of a text or of messages for a model; without either, of a session as the model sees it now. */
export interface CountTokens {
  type: "count_tokens";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  prompt?: string | null;
  messages?: ChatMessage[] | null;
  /** A loaded model's `modelId`, name or path. Default: the one that came last on this port. */
  model?: string | null;
  /** A `sessionId`. Default: the session that came last on this port. */
  session?: string | null;
}

/** The token ids of a text. */
export interface Tokenize {
  type: "tokenize";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  prompt: string;
  /** With those that the model wants at a beginning. Default: `false`. */
  addSpecial?: boolean;
  /** Read names such as `<|im_end|>` as special tokens. Default: `false`. */
  parseSpecial?: boolean;
  /** A loaded model's `modelId`, name or path. Default: the one that came last on this port. */
  model?: string | null;
}

/** The text of token ids. */
export interface Detokenize {
  type: "detokenize";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  tokens: number[];
  /** A loaded model's `modelId`, name or path. Default: the one that came last on this port. */
  model?: string | null;
}

/**
 * What the model would see of a `chat` with the same fields: text, token ids, and which pieces are control
 * tokens.
 */
export interface Render {
  type: "render";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  options?: PromptOptions | null;
  /** What the model may call, by name. */
  functions?: Record<string, FunctionSpec> | null;
  messages: ChatMessage[];
  /** With what begins the answer. Default: `true`. */
  addGenerationPrompt?: boolean;
  /** A loaded model's `modelId`, name or path. Default: the one that came last on this port. */
  model?: string | null;
}

/**
 * The vectors of texts, or of their tokens, in their order; each is base64 of its 32-bit floats, little end first.
 *
 * `dimensions` keeps the first numbers of each. `truncate` embeds the beginning of a text that is too long, which else
 * is refused. `pooling` only makes sure how vectors are made: a model is loaded with one.
 */
export interface Embed {
  type: "embed";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  texts: string | (string | number[])[];
  pooling?: "cls" | "last" | "mean" | null;
  /** Make each vector of length 1. Default: `true`. */
  normalize?: boolean;
  /** From 1 to 2147483647. */
  dimensions?: number | null;
  /** Default: `false`. */
  truncate?: boolean;
  /** A loaded model's `modelId`, name or path. Default: the one that came last on this port. */
  model?: string | null;
}

/**
 * Documents by how well they answer a query, the best first.
 *
 * `truncate` reads the beginning of a document that is too long, which else is refused.
 */
export interface Rerank {
  type: "rerank";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  query: string;
  documents: string[];
  /** Only so many of the best. From 1 to 2147483647. */
  topN?: number | null;
  /** Default: `false`. */
  truncate?: boolean;
  /** A loaded model's `modelId`, name or path. Default: the one that came last on this port. */
  model?: string | null;
}

/**
 * Write down what is said in a sound. `language` is its name or code, `prompt` is asked in place of the usual
 * words; `temperature` is 0 unless given.
 */
export interface Transcribe {
  type: "transcribe";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** A WAV, MP3 or FLAC file as base64, at most 25 MiB of it. */
  audio: string;
  language?: string | null;
  prompt?: string | null;
  options?: PromptOptions | null;
  /** A loaded model's `modelId`, name or path. Default: the one that came last on this port. */
  model?: string | null;
}

/** As `init`; with `modelPath` in its payload it loads that model too. */
export interface WorkerInitialize {
  type: "worker:initialize";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  payload?: InitializePayload;
}

/** `LlamaOptions`; with a `modelPath` also `ModelOptions`, and that model is loaded at once. */
export interface InitializePayload {
  /** From 1 to 2147483647. */
  contextSize?: number | null;
  kvUnified?: boolean | null;
  /** From 1 to 256. */
  sequences?: number | null;
  /** From 1 to 65536. */
  batchSize?: number | null;
  /** From 1 to 65536. */
  ubatchSize?: number | null;
  /** From 1 to 512. */
  threads?: number | null;
  /** From 1 to 512. */
  threadsBatch?: number | null;
  /** From 0 to 4294967294. */
  seed?: number | null;
  flashAttention?: boolean | "auto" | null;
  cacheType?: "bf16" | "f16" | "f32" | "iq4_nl" | "q4_0" | "q4_1" | "q5_0" | "q5_1" | "q8_0" | null;
  cacheTypeK?: "bf16" | "f16" | "f32" | "iq4_nl" | "q4_0" | "q4_1" | "q5_0" | "q5_1" | "q8_0" | null;
  cacheTypeV?: "bf16" | "f16" | "f32" | "iq4_nl" | "q4_0" | "q4_1" | "q5_0" | "q5_1" | "q8_0" | null;
  rope?: Rope | null;
  /** From 0 to 1024. */
  contextCheckpoints?: number | null;
  swaFull?: boolean | null;
  /** Default: `"auto"`. */
  projector?: boolean | string;
  /** From 0 to 2147483647. */
  gpuLayers?: number | null;
  /** From 0 to 9.007199255e+15. */
  gpuMemoryMargin?: number | null;
  /** From 0 to 9.007199255e+15. */
  promptCacheBytes?: number | null;
  /** From 0 to 9.007199255e+15. */
  memoryLimit?: number | null;
  chatTemplate?: string | null;
  pooling?: "cls" | "last" | "mean" | "rank" | null;
  /** Default: `true`. */
  useMmap?: boolean;
  /** Default: `false`. */
  useMlock?: boolean;
  /** Default: `false`. */
  useDirectIo?: boolean;
  /** Default: `false`. */
  checkTensors?: boolean;
  /** Default: `false`. */
  cpuMoe?: boolean | number;
  /** From 0 to 9.007199255e+15. Default: `0`. */
  moeCacheBytes?: number;
  /** Default: `true`. */
  kvOffload?: boolean;
  /** Default: `true`. */
  opOffload?: boolean;
  /** Default: `true`. */
  repack?: boolean;
  /** From 0 to 127. */
  mainGpu?: number | null;
  splitMode?: "layer" | "none" | "row" | "tensor" | null;
  tensorSplit?: number[] | null;
  numa?: "distribute" | "isolate" | "numactl" | null;
  /** Default: `false`. */
  ignoreMemorySafetyChecks?: boolean;
  /** Default: `true`. */
  retrySmaller?: boolean;
  speculative?: "ngram" | null;
  draftModel?: string | null;
  /** From 1 to 256. */
  draftTokens?: number | null;
  engineArguments?: string[];
  loras?: Record<string, string>;
  /** Default: `true`. */
  calibrate?: boolean;
  /** From 0. */
  keepAlive?: number | null;
  keep?: boolean | null;
  /** Default: `false`. */
  convert?: boolean;
  quantize?: string | null;
  /** Default: `"auto"`. */
  engine?: string;
  /** From 1 to 2147483647. */
  numThreads?: number | null;
  /** Default: `"auto"`. */
  gpu?: false | "auto";
  /** Default: `false`. */
  debug?: boolean;
  /** Above 0. Default: `120.0`. */
  loadStallTimeout?: number;
  /** Above 0. Default: `600.0`. */
  responseStallTimeout?: number;
  /** Above 0. Default: `5.0`. */
  abortStallTimeout?: number;
  /** Default: `true`. */
  sandbox?: boolean;
  /** Default: `"normal"`. */
  politeness?: "background" | "normal";
  journal?: string | null;
  /** Default: `true`. */
  stateCache?: boolean | string;
  /** From 1. Default: `2147483648`. */
  stateCacheBytes?: number;
  /** From 1. */
  memoryBudget?: number | null;
  modelStores?: string[];
  modelLock?: string | null;
  /** Default: `"off"`. */
  signatures?: "enforce" | "off" | "warn";
  signatureKey?: string | null;
  signatureIdentity?: string | null;
  signatureIssuer?: string | null;
  signatureTrustConfig?: string | null;
  mcpServers?: Record<string, McpServerOptions>;
  modelPath?: ModelPath | null;
}

/** As `load_model`. */
export interface WorkerLoadModel {
  type: "worker:loadModel";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  payload: LoadModelPayload;
}

/** `ModelOptions` and which model. */
export interface LoadModelPayload {
  /** From 1 to 2147483647. */
  contextSize?: number | null;
  kvUnified?: boolean | null;
  /** From 1 to 256. */
  sequences?: number | null;
  /** From 1 to 65536. */
  batchSize?: number | null;
  /** From 1 to 65536. */
  ubatchSize?: number | null;
  /** From 1 to 512. */
  threads?: number | null;
  /** From 1 to 512. */
  threadsBatch?: number | null;
  /** From 0 to 4294967294. */
  seed?: number | null;
  flashAttention?: boolean | "auto" | null;
  cacheType?: "bf16" | "f16" | "f32" | "iq4_nl" | "q4_0" | "q4_1" | "q5_0" | "q5_1" | "q8_0" | null;
  cacheTypeK?: "bf16" | "f16" | "f32" | "iq4_nl" | "q4_0" | "q4_1" | "q5_0" | "q5_1" | "q8_0" | null;
  cacheTypeV?: "bf16" | "f16" | "f32" | "iq4_nl" | "q4_0" | "q4_1" | "q5_0" | "q5_1" | "q8_0" | null;
  rope?: Rope | null;
  /** From 0 to 1024. */
  contextCheckpoints?: number | null;
  swaFull?: boolean | null;
  /** Default: `"auto"`. */
  projector?: boolean | string;
  /** From 0 to 2147483647. */
  gpuLayers?: number | null;
  /** From 0 to 9.007199255e+15. */
  gpuMemoryMargin?: number | null;
  /** From 0 to 9.007199255e+15. */
  promptCacheBytes?: number | null;
  /** From 0 to 9.007199255e+15. */
  memoryLimit?: number | null;
  chatTemplate?: string | null;
  pooling?: "cls" | "last" | "mean" | "rank" | null;
  /** Default: `true`. */
  useMmap?: boolean;
  /** Default: `false`. */
  useMlock?: boolean;
  /** Default: `false`. */
  useDirectIo?: boolean;
  /** Default: `false`. */
  checkTensors?: boolean;
  /** Default: `false`. */
  cpuMoe?: boolean | number;
  /** From 0 to 9.007199255e+15. Default: `0`. */
  moeCacheBytes?: number;
  /** Default: `true`. */
  kvOffload?: boolean;
  /** Default: `true`. */
  opOffload?: boolean;
  /** Default: `true`. */
  repack?: boolean;
  /** From 0 to 127. */
  mainGpu?: number | null;
  splitMode?: "layer" | "none" | "row" | "tensor" | null;
  tensorSplit?: number[] | null;
  numa?: "distribute" | "isolate" | "numactl" | null;
  /** Default: `false`. */
  ignoreMemorySafetyChecks?: boolean;
  /** Default: `true`. */
  retrySmaller?: boolean;
  speculative?: "ngram" | null;
  draftModel?: string | null;
  /** From 1 to 256. */
  draftTokens?: number | null;
  engineArguments?: string[];
  loras?: Record<string, string>;
  /** Default: `true`. */
  calibrate?: boolean;
  /** From 0. */
  keepAlive?: number | null;
  keep?: boolean | null;
  /** Default: `false`. */
  convert?: boolean;
  quantize?: string | null;
  modelPath: ModelPath;
}

/** As `create_context`. */
export interface WorkerCreateContext {
  type: "worker:createContext";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  payload?: ContextOptions;
}

/** As `initialize_session`. */
export interface WorkerInitializeSession {
  type: "worker:initializeSession";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  payload?: SessionOptions;
}

/** As `prompt`. */
export interface WorkerPrompt {
  type: "worker:prompt";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  payload: PromptPayload;
}

/** The question and how to answer it. */
export interface PromptPayload {
  prompt: string;
  options?: PromptOptions | null;
  functions?: Record<string, FunctionSpec> | null;
  /** A `sessionId`. Default: the session that came last on this port. */
  session?: string | null;
}

/** As `unload_model`. */
export interface WorkerUnloadModel {
  type: "worker:unloadModel";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  /** Default: `{"modelPath":null}`. */
  payload?: UnloadModelPayload;
}

/** Which model. Default: the current one. */
export interface UnloadModelPayload {
  modelPath?: string | null;
}

/** As `download_model`; the request's `id` is its `requestId`. */
export interface WorkerDownloadModel {
  type: "worker:downloadModel";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  payload: HubFile;
}

/** As `send_prompt`. */
export interface WorkerSendPrompt {
  type: "worker:sendPrompt";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number | null;
  payload: PromptPayload;
}

/** What is happening, in words, for people and logs. Programs need none of them. */
export interface Info {
  type: "info";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number;
  message: string;
}

/** The end of a request that failed, or (without `id`) what could not even be read as one. */
export interface ErrorMessage {
  type: "error";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number;
  code: string;
  message: string;
  /** The same text as `message`. */
  error: string;
  /** The facts beside the message; which ones depends on the code. */
  details?: Record<string, unknown>;
  /** The field that is wrong, as in `options.maxTokens`. */
  path?: string;
}

/** How far a load, the reading of a prompt, or work on the files of models is. */
export interface ProgressMessage {
  type: "progress";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number;
  progressType: "download" | "files" | "inference" | "load";
  /** From 0 to 1; it never falls. From 0 to 1. */
  progress: number;
  /** The part it is in, if it has parts. */
  stage?: string;
  /** Which operation this is about. */
  operationId?: string;
}

/** The next piece of an answer, or of the reasoning before it (then `chunk` is empty). */
export interface CompletionChunk {
  type: "completion_chunk";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number;
  chunk: string;
  reasoning?: string;
  /** Which operation this is about. */
  operationId?: string;
}

/** The end of a generation, also of one that was aborted: then `fullText` is as far as it came. */
export interface CompletionDone {
  type: "completion_done";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number;
  fullText: string;
  finishReason: "abort" | "length" | "stop" | "stop_sequence" | "tool_calls";
  stats: Usage;
  /** Default: `{"promptSeconds":0.0,"completionSeconds":0.0,"tokensPerSecond":0.0}`. */
  timings?: Timings;
  /** Which operation this is about. */
  operationId?: string;
  reasoning?: string;
  toolCalls?: ToolCall[];
  /** The value, where `options.responseFormat` asked for one. */
  parsed?: unknown;
  /** Which of the stop sequences ended it. */
  stopSequence?: string;
  logprobs?: TokenLogprob[];
  /** Oldest messages that did not fit any more. Default: `0`. */
  droppedMessages?: number;
}

/**
 * Tokens as the engine counted them; `cachedTokens` of the prompt's were not computed again. Of the answer's,
 * `acceptedTokens` were drafted beforehand and only verified, out of `draftedTokens`.
 */
export interface Usage {
  /** Default: `0`. */
  promptTokens: number;
  /** Default: `0`. */
  completionTokens: number;
  /** Default: `0`. */
  totalTokens: number;
  /** Default: `0`. */
  cachedTokens: number;
  /** Default: `0`. */
  draftedTokens: number;
  /** Default: `0`. */
  acceptedTokens: number;
}

/** Seconds that the engine spent on the prompt and on the answer, and tokens per second of the answer. */
export interface Timings {
  /** Default: `0.0`. */
  promptSeconds: number;
  /** Default: `0.0`. */
  completionSeconds: number;
  /** Default: `0.0`. */
  tokensPerSecond: number;
}

/**
 * A function that the model wants called; `arguments` is JSON text. `source` is the MCP server whose tool it is,
 * for whoever is to approve the call.
 */
export interface ToolCall {
  id: string;
  name: string;
  arguments: string;
  source?: string;
}

/** A token, the natural logarithm of its probability before sampling, and the likeliest tokens in its place. */
export interface TokenLogprob {
  id: number;
  text: string;
  logprob: number;
  top: TokenLogprob[];
}

/** The end of a load that succeeded. */
export interface ModelLoaded {
  type: "model_loaded";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number;
  /** Names this model in `model`. */
  modelId: string;
  modelInfo: ModelInfo;
}

/**
 * What is known of a loaded model: `size` in bytes, `parameters` its weights, sizes of contexts, batches and
 * vocabulary in tokens, `sequences` the requests that are computed at once. With `kvUnified` these share one context
 * of `contextSize`, each of which may use all of it; else each has its own. `contextReason`: why it is that large.
 *
 * `publicName` is what it is called towards others; no path. `pid` is its engine's process id, None while it is not
 * running. `engine` is "ready", "starting", "stopped" (the next request starts it), or "failed": it died too often for
 * that, and the model must be loaded again. `lastDeath` says how it ended last. `reduced` names
 * what was given up because it ran out of memory, as "sequences: 4 to 2". `settings` are what its engine was told.
 *
 * Of `layers`, the output counting as one, `gpuLayers` are on GPUs; None: the engine knows of no GPU, or none runs.
 * `memory` is what went where, told only where there is a GPU. `gpuUnused` says why no GPU computes although the
 * machine has one.
 *
 * `residentBytes` of its engine's process are in main memory now, `mappedBytes` of them pages of the model file,
 * which the system may drop and read again; None while it is not running.
 *
 * `modalities` are what it reads beside text ("image", "audio"), with the file `projector`. `loras`
 * are the adapters that prompts may ask for.
 */
export interface ModelInfo {
  name: string;
  path: string;
  size: number;
  parameters: number;
  contextSize: number;
  trainedContextSize: number;
  vocabularySize: number;
  sequences: number;
  batchSize: number;
  /** Default: `false`. */
  kvUnified?: boolean;
  contextReason?: string;
  publicName?: string;
  pid?: number;
  /** Default: `"ready"`. */
  engine?: "failed" | "ready" | "starting" | "stopped";
  lastDeath?: string;
  reduced?: string[];
  settings: ModelSettings;
  /** Default: `0`. */
  layers?: number;
  gpuLayers?: number;
  memory?: DeviceMemory[];
  gpuUnused?: string;
  residentBytes?: number;
  mappedBytes?: number;
  modalities?: string[];
  projector?: string;
  loras?: Adapter[];
}

/**
 * What an engine was told, by the names of the options that change it; None is what the engine decides itself.
 *
 * `contextSize` (of each of the `sequences`, or of all with `kvUnified`) and batches are in tokens. `gpuLayers`:
 * None are as many as fit, `gpuMemoryMargin` bytes of each GPU left free. `promptCacheBytes` of main memory keep
 * conversations that have left their sequence. `memoryLimit` in bytes, 0 for none; the default one does not hold with
 * a GPU. `draftTokens`: how many are drafted at once at most, 0 for none. `reasons`: why what depends on the machine
 * or the model is as it is, by its name in Python ("batch_size").
 */
export interface ModelSettings {
  contextSize: number;
  kvUnified: boolean;
  sequences: number;
  batchSize: number;
  ubatchSize: number;
  threads: number;
  threadsBatch: number;
  gpuLayers: number | null;
  gpuMemoryMargin: number;
  promptCacheBytes: number;
  memoryLimit: number;
  cacheTypeK: string;
  cacheTypeV: string;
  flashAttention: boolean | "auto";
  rope: Rope | null;
  contextCheckpoints: number;
  swaFull: boolean;
  seed: number | null;
  useMmap: boolean;
  useMlock: boolean;
  useDirectIo: boolean;
  cpuMoe: boolean | number;
  moeCacheBytes: number;
  kvOffload: boolean;
  opOffload: boolean;
  repack: boolean;
  mainGpu: number | null;
  splitMode: string | null;
  tensorSplit: number[] | null;
  numa: string | null;
  speculative: string | null;
  draftModel: string | null;
  draftTokens: number;
  reasons: Record<string, string>;
}

/**
 * Bytes that a model takes of one kind of memory: its weights, what its sequences keep, and scratch.
 *
 * `device` is llama.cpp's name for it, such as "CUDA0", "CPU" or "CPU_Mapped" (mapped from the file).
 */
export interface DeviceMemory {
  device: string;
  /** Default: `0`. */
  modelBytes: number;
  /** Default: `0`. */
  cacheBytes: number;
  /** Default: `0`. */
  computeBytes: number;
}

/** A LoRA adapter that is loaded with a model: what prompts call it, its file, and its size in bytes. */
export interface Adapter {
  name: string;
  path: string;
  size: number;
}

/** The context is there: tokens for each sequence, sequences computed at once, prompt tokens computed at a time. */
export interface ContextCreated {
  type: "context_created";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number;
  modelId: string;
  contextSize: number;
  sequences: number;
  batchSize: number;
  modelInfo: ModelInfo;
}

/** The conversation can begin. */
export interface SessionCreated {
  type: "session_created";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number;
  /** Names this session in `session`. */
  sessionId: string;
  modelId: string;
  /** What a fork, or a session that was there before, began with. */
  systemPrompt?: string;
}

/** The engine has ended and its memory is free. */
export interface ModelUnloaded {
  type: "model_unloaded";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number;
  modelId: string;
  modelPath: string;
}

/**
 * How far a download is; sizes in bytes, speed in bytes per second, of all the model's files together. `digest` is
 * what the file that is being fetched must have ("sha256:..."), as far as its server tells it. `chosen` is the model
 * that was chosen where only a repository was named, and `reason` says why.
 */
export interface DownloadProgress {
  type: "download_progress";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number;
  requestId?: string | number;
  /** From 0 to 1; it never falls. From 0 to 1. */
  progress: number;
  /** Which of the model's files is being fetched. */
  file?: string;
  /** Default: `0`. */
  downloadedBytes?: number;
  totalBytes?: number;
  /** Default: `0.0`. */
  bytesPerSecond?: number;
  secondsLeft?: number;
  digest?: string;
  chosen?: string;
  reason?: string;
  /** Which operation this is about. */
  operationId?: string;
}

/** The file is there, whole and checked. */
export interface DownloadComplete {
  type: "download_complete";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number;
  requestId?: string | number;
  filePath: string;
  /** Which operation this is about. */
  operationId?: string;
}

/** The end of a download that failed, or was aborted (code `aborted`). */
export interface DownloadErrorMessage {
  type: "download_error";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number;
  code: string;
  message: string;
  /** The same text as `message`. */
  error: string;
  /** The facts beside the message; which ones depends on the code. */
  details?: Record<string, unknown>;
  requestId?: string | number;
}

/**
 * How far work on a model's files is (quantizing, say): sizes in bytes of what it reads, and of what it has
 * written; `parts` are tensors, or files.
 */
export interface FileProgress {
  type: "file_progress";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number;
  /** From 0 to 1; it never falls. From 0 to 1. */
  progress: number;
  /** What it is at. */
  stage?: string;
  /** Default: `0`. */
  doneBytes?: number;
  totalBytes?: number;
  /** Default: `0`. */
  writtenBytes?: number;
  /** Default: `0`. */
  doneParts?: number;
  /** Default: `0`. */
  parts?: number;
  /** Default: `0.0`. */
  bytesPerSecond?: number;
  secondsLeft?: number;
  /** Which operation this is about. */
  operationId?: string;
}

/** The answer to `send_prompt` that comes at once; chunks and `completion_done` follow with the same ids. */
export interface OperationStarted {
  type: "operation_started";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number;
  /** Which operation this is about. */
  operationId: string;
}

/**
 * Something else that happened, told under a request's id only.
 *
 * `event.type` is one of `StateChanged {state}` (queued, running, paused), `ToolCallDelta {index, name, arguments,
 * offset}`, `ToolCalled {id, name, arguments, round}`, `ToolReturned {id, name, result, error, round}`,
 * `ContextShifted {dropped_messages}` and `EngineReduced {changes}`.
 */
export interface OperationEvent {
  type: "operation_event";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number;
  /** Which operation this is about. */
  operationId: string;
  event: Record<string, unknown>;
}

/** The model wants a function of yours called: answer with `function_result` and the same `callId`. */
export interface FunctionCall {
  type: "function_call";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number;
  callId: string;
  name: string;
  /** As the function's schema says. */
  arguments?: unknown;
  /** Which operation this is about. */
  operationId?: string;
}

/**
 * The model wants a tool of an MCP server called (`source`) that is not allowed without asking.
 *
 * Answer with `function_result` and the same `callId`: the result true has it called; anything else, or `refused`, has
 * the model told that it was not.
 */
export interface FunctionApproval {
  type: "function_approval";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number;
  callId: string;
  name: string;
  /** As the tool's schema says. */
  arguments?: unknown;
  source?: string;
  /** Which operation this is about. */
  operationId?: string;
}

/** The end of a request that has no message of its own; what `value` is depends on the request. */
export interface Result {
  type: "result";
  /** Chosen by the sender; comes back in every message that answers this one. */
  id?: string | number;
  value?: unknown;
}

/**
 * A repository that became a GGUF file of `sizeBytes` bytes.
 *
 * `architecture` is what GGUF calls it, `tensors` their count, `dtype` the type of its weights ("bf16", say), or
 * `quantization` the mixture that they were quantized to.
 */
export interface ConvertedModel {
  path: string;
  architecture: string;
  dtype: string;
  tensors: number;
  sizeBytes: number;
  quantization: string | null;
}

/** How well the document with this number answers a query; scores are the model's own, larger is better. */
export interface Ranking {
  index: number;
  score: number;
}

/**
 * What the header of a model file says, in its order; of a model in parts all parts taken together.
 *
 * `headerBytes` are those before the tensors of the first part.
 */
export interface FileDescription {
  path: string;
  version: number;
  alignment: number;
  sizeBytes: number;
  headerBytes: number;
  metadata: MetadataEntry[];
  tensors: TensorEntry[];
}

/**
 * A key of a file's metadata. `type` is as GGUF calls it: "u32", "string", "string[32000]" for an array. `value` is
 * None for a long array.
 */
export interface MetadataEntry {
  key: string;
  type: string;
  value: unknown;
}

/** A tensor: `type` is as ggml calls it ("Q4_K"), the innermost dimension stands first. */
export interface TensorEntry {
  name: string;
  type: string;
  shape: number[];
  sizeBytes: number;
}

/**
 * What is different in two model files. `contents` names the tensors of the same type and shape whose bytes differ;
 * None when nobody has looked.
 */
export interface FileDifferences {
  metadata: MetadataDifference[];
  tensors: TensorDifference[];
  contents: string[] | null;
}

/**
 * A key whose value is another, or that only one of the files has. Of two arrays: how many of their items differ,
 * and the first of these, counted from 0.
 */
export interface MetadataDifference {
  key: string;
  before: MetadataEntry | null;
  after: MetadataEntry | null;
  items: number | null;
  firstItem: number | null;
}

/** A tensor of another type or shape, or that only one of the files has. */
export interface TensorDifference {
  name: string;
  before: TensorEntry | null;
  after: TensorEntry | null;
}

/** What came of an edit: the file, what is different in it, and whether it was changed in place. */
export interface MetadataEdit {
  path: string;
  inPlace: boolean;
  changes: MetadataDifference[];
}

/**
 * A repository of a hub, with its models, the smallest first.
 *
 * `best` is the name of the one that `download_model` takes when only the repository is named, and None when none
 * fits; `reason` says why, or why it is not known what fits. `downloads` are those of 30 days, `lastModified` is ISO
 * 8601; `gated`: its terms must be accepted on its `page` first. `baseModels` are the repositories that it was made
 * from. None is what the hub does not tell.
 */
export interface FoundModel {
  name: string;
  page: string;
  files: FoundFile[];
  best?: string;
  fits?: boolean;
  reason?: string;
  license?: string;
  downloads?: number;
  likes?: number;
  lastModified?: string;
  /** Default: `false`. */
  gated?: boolean;
  baseModels?: string[];
  architecture?: string;
  parameters?: number;
  contextLength?: number;
}

/**
 * One model of a repository: `name` loads and fetches it, `sizeBytes` are those of all its parts. Without a `fit`
 * its header could not be read.
 */
export interface FoundFile {
  name: string;
  quantization: string;
  sizeBytes: number;
  fit?: Fit;
}

/**
 * Whether a model, loaded as `load_model` does without options, fits into what this machine has free now.
 *
 * `requiredBytes` of main memory is what it would take with `contextSize` tokens, `reason` the same in words.
 */
export interface Fit {
  fits: boolean;
  requiredBytes: number;
  availableBytes: number;
  contextSize: number;
  reason: string;
}

/**
 * An MCP server of the worker: its tools, and the problem that keeps it, or some of them, from being
 * used.
 */
export interface McpServerInfo {
  name: string;
  tools: McpTool[];
  problem: string | null;
}

/** A tool of an MCP server, by the server's own name; one that needs no approval is called without asking. */
export interface McpTool {
  name: string;
  description: string;
  needsApproval: boolean;
}

/**
 * A model that is loaded: `modelId` names it in requests.
 *
 * `users` operations and requests use it now. While nobody does, its engine may be ended when another model needs the
 * memory, unless `keep`, and after `keepAlive` seconds, where that is not None.
 */
export interface LoadedModel {
  modelId: string;
  modelInfo: ModelInfo;
  /** Default: `0`. */
  users: number;
  /** Default: `true`. */
  keep: boolean;
  keepAlive: number | null;
}

/**
 * Bytes of main memory, and of the GPUs' (`gpuBytes`, all in one) with `gpuLayers` there, the output being one.
 *
 * `weightsBytes` are mapped from the file; `repackedBytes` are copies in the layout that the CPU computes with;
 * `kvCacheBytes` hold what the sequences have read; `computeBytes` are scratch; `runtimeBytes` are the process
 * itself and its vocabulary; `companionBytes` are what is loaded beside the model. `totalBytes` is what the process
 * will show. `requiredBytes` is less where weights are repacked: the pages of the file that were copied may be
 * dropped at any time. `contextSize` is in tokens: with `kvUnified` of one cache that all `sequences` share, else
 * for each of them.
 */
export interface MemoryEstimate {
  weightsBytes: number;
  repackedBytes: number;
  kvCacheBytes: number;
  computeBytes: number;
  runtimeBytes: number;
  gpuBytes: number;
  totalBytes: number;
  requiredBytes: number;
  contextSize: number;
  sequences: number;
  /** Default: `false`. */
  kvUnified: boolean;
  /** Default: `0`. */
  gpuLayers: number;
  /** Default: `0`. */
  companionBytes: number;
}

/**
 * A model that was quantized: the file, and what it is in numbers.
 *
 * `sourceBytes` are those of the tensors before, `sizeBytes` those of the file. `types` counts tensors by their
 * type; `fallbacks` of them got another type than the mixture has for them, as their rows are no whole blocks of it.
 */
export interface QuantizedModel {
  path: string;
  quantization: string;
  sourceBytes: number;
  sizeBytes: number;
  bitsPerWeight: number;
  types: Record<string, number>;
  /** Default: `0`. */
  fallbacks: number;
}

/**
 * A conversation in the journal. `sessionId` is the session's `id`, `title` how its first question begins, `model`
 * the name of its model's file, `messages` how many it has; `created` and `updated` are seconds since 1970.
 *
 * `unfinished`: its last turn has not ended: it runs right now, or the program was killed in it. `options` are the
 * session's, `promptOptions` and `functions` (their names) those of its last prompt.
 */
export interface SessionInfo {
  sessionId: string;
  title: string;
  model: string;
  messages: number;
  created: number;
  updated: number;
  unfinished: boolean;
  options: SessionOptions;
  promptOptions: PromptOptions;
  functions: string[];
}

/** What `init` answers: the protocol's version, this package's, the engine, and the request types it knows. */
export interface Abilities {
  protocolVersion: number;
  version: string;
  engine: string;
  requests: string[];
}

/**
 * A model on this machine. `lastUsed` is in seconds since 1970, unknown facts are None.
 *
 * `state` is "complete", "partial" (a download that can be resumed), "incomplete" (parts are missing), "broken" or,
 * of a model that is looked at from afar, "remote"; `problem` says in one sentence what is wrong.
 *
 * `origin` is "hub", "web", "file" (put there by somebody) or "package"; `source` is the name that brings this very
 * file, with the commit of a repository, which is `revision` too. `store` is the folder of the store that has it,
 * `readOnly` one that cannot be written to, and `hidden` says that an earlier store has a model of this name, which
 * is the one that is used.
 */
export interface ModelEntry {
  name: string;
  path: string;
  /** Default: `"complete"`. */
  state: "broken" | "complete" | "incomplete" | "partial" | "remote";
  problem: string | null;
  architecture: string | null;
  quantization: string | null;
  /** Default: `0`. */
  sizeBytes: number;
  downloadedBytes: number | null;
  parameters: number | null;
  contextLength: number | null;
  /** Default: `1`. */
  parts: number;
  lastUsed: number | null;
  /** Default: `"file"`. */
  origin: "file" | "hub" | "package" | "web";
  source: string | null;
  revision: string | null;
  store: string | null;
  /** Default: `false`. */
  readOnly: boolean;
  /** Default: `false`. */
  hidden: boolean;
}

/**
 * A model that was read whole. `state` is "bad" when one of its files is, or its header says what cannot be;
 * `problem` then says in one sentence what is wrong and what to do.
 *
 * `signature` is None when nobody asked for it, "ok" when all files are signed by who is trusted, else the `reason` of
 * `ModelNotSignedError`; `signatureProblem` is its sentence.
 */
export interface ModelCheck {
  name: string;
  state: "bad" | "ok" | "unrecorded";
  files: FileCheck[];
  problem: string | null;
  signature: "changed" | "missing" | "not_named" | "ok" | "untrusted" | null;
  signatureProblem: string | null;
}

/**
 * A file of a model, compared with what is known of it. Digests are hexadecimal, `sizeBytes` what it has.
 *
 * `state` is "ok", "changed", "missing" or "unrecorded": nobody has said what it must be. `recordedBy` is who has:
 * the "store" (its files are named by their digests), the "download", the "hub", or a "lock".
 */
export interface FileCheck {
  path: string;
  state: "changed" | "missing" | "ok" | "unrecorded";
  /** Default: `0`. */
  sizeBytes: number;
  digest: string | null;
  expected: string | null;
  recordedBy: "download" | "hub" | "lock" | "store" | null;
}

/**
 * What became of a model, or would (`updated` is False then): the revisions that it has and that upstream has.
 *
 * `state`: "current", "newer" (upstream has another file), "same_file" (another revision, in which this file is as it
 * was), "pinned" (its name says which commit it is), "gone" (upstream has it no more) or "failed", with the `problem`.
 * `sizeBytes` are to be fetched, or were.
 */
export interface ModelUpdate {
  name: string;
  state: "current" | "failed" | "gone" | "newer" | "pinned" | "same_file";
  /** Default: `false`. */
  updated: boolean;
  revision: string | null;
  newest: string | null;
  /** Default: `0`. */
  sizeBytes: number;
  problem: string | null;
}

/** A model of a lock: `source` is its name with the revision pinned, `path` its first file, where it is here. */
export interface PinnedModel {
  name: string;
  source: string;
  license: string;
  /** Default: `0`. */
  sizeBytes: number;
  path: string | null;
}

/** A model that was copied to the folder or tar file `path`. */
export interface ExportedModel {
  name: string;
  path: string;
  sizeBytes: number;
}

/** A model that was taken in: `source` is its name with the revision pinned, `license` what its header says. */
export interface ImportedModel {
  name: string;
  source: string;
  license: string;
  sizeBytes: number;
}

/**
 * What a store takes on the disk, in bytes, each file counted once.
 *
 * `unfinishedBytes` are of downloads that can be resumed, `unnamedBytes` of files that no name leads to any more,
 * `otherBytes` of what is no model: other programs' files in the same folders. `freeBytes` are left on its disk.
 */
export interface StoreUsage {
  folder: string;
  readOnly: boolean;
  sizeBytes: number;
  models: StoredSize[];
  /** Default: `0`. */
  unfinishedBytes: number;
  /** Default: `0`. */
  unnamedBytes: number;
  /** Default: `0`. */
  otherBytes: number;
  /** Default: `0`. */
  freeBytes: number;
}

/** What a model takes on the disk. Of `sizeBytes`, `sharedBytes` are another model's or revision's as well. */
export interface StoredSize {
  name: string;
  sizeBytes: number;
  /** Default: `0`. */
  sharedBytes: number;
}

/** A model that was removed, or would be; `freedBytes` on the disk. `lastUsed` in seconds since 1970. */
export interface RemovedModel {
  name: string;
  freedBytes: number;
  lastUsed?: number;
}

/**
 * A prompt as the model sees it: the `text` that the chat template makes of a conversation, the ids of its
 * `tokens`, and its `pieces`. As a string it has brackets around control tokens: `⟦<|im_start|>⟧user`.
 */
export interface Rendered {
  text: string;
  tokens: number[];
  pieces: RenderedPiece[];
}

/** A part of a prompt: a control token, of which `text` is the name, or the text between two of them. */
export interface RenderedPiece {
  text: string;
  /** Default: `false`. */
  control: boolean;
}

/** `"builtin"`, a file, `hf:org/repo[:quant]`, a URL, or `{repo, file}`. */
export type ModelPath = string | HubFile;

/** Text, or parts as OpenAI has them: `text`, `image_url` (a `data:` URL), `input_audio` (base64). */
export type Content = string | Record<string, unknown>[];

/** `{role, content}`, role one of system, user, assistant, tool; the fields of tool calls as usual. */
export interface ChatMessage {
  role: "system" | "user" | "assistant" | "tool";
  content: string | Record<string, unknown>[] | null;
  name?: string;
  tool_calls?: Record<string, unknown>[];
  tool_call_id?: string;
  reasoning_content?: string;
}

/** Each type of request, and what it ends with. */
export interface Requests {
  "init": { request: Init; end: ResultOf<Abilities> };
  "create_context": { request: CreateContext; end: ContextCreated };
  "initialize_session": { request: InitializeSession; end: SessionCreated };
  "load_model": { request: LoadModel; end: ModelLoaded };
  "unload_model": { request: UnloadModel; end: ModelUnloaded };
  "list_models": { request: ListModels; end: ResultOf<LoadedModel[]> };
  "estimate": { request: Estimate; end: ResultOf<MemoryEstimate> };
  "download_model": { request: DownloadModel; end: DownloadComplete };
  "search": { request: Search; end: ResultOf<FoundModel[]> };
  "list_stored_models": { request: ListStoredModels; end: ResultOf<ModelEntry[]> };
  "verify_models": { request: VerifyModels; end: ResultOf<ModelCheck[]> };
  "update_models": { request: UpdateModels; end: ResultOf<ModelUpdate[]> };
  "lock_models": { request: LockModels; end: ResultOf<PinnedModel[]> };
  "download_locked_models": { request: DownloadLockedModels; end: ResultOf<PinnedModel[]> };
  "export_models": { request: ExportModels; end: ResultOf<ExportedModel[]> };
  "import_models": { request: ImportModels; end: ResultOf<ImportedModel[]> };
  "measure_stores": { request: MeasureStores; end: ResultOf<StoreUsage[]> };
  "remove_model": { request: RemoveModel; end: ResultOf<RemovedModel> };
  "remove_unused_models": { request: RemoveUnusedModels; end: ResultOf<RemovedModel[]> };
  "list_aliases": { request: ListAliases; end: ResultOf<Record<string, string>> };
  "set_alias": { request: SetAlias; end: Result };
  "inspect_model": { request: InspectModel; end: ResultOf<FileDescription> };
  "compare_models": { request: CompareModels; end: ResultOf<FileDifferences> };
  "split_model": { request: SplitModel; end: ResultOf<string[]> };
  "merge_model": { request: MergeModel; end: ResultOf<string> };
  "edit_metadata": { request: EditMetadata; end: ResultOf<MetadataEdit> };
  "convert_model": { request: ConvertModel; end: ResultOf<ConvertedModel> };
  "quantize_model": { request: QuantizeModel; end: ResultOf<QuantizedModel> };
  "generate_completion": { request: GenerateCompletion; end: CompletionDone };
  "generate_chat_completion": { request: GenerateChatCompletion; end: CompletionDone };
  "prompt": { request: PromptRequest; end: CompletionDone };
  "send_prompt": { request: SendPrompt; end: CompletionDone };
  "answer_calls": { request: AnswerCalls; end: CompletionDone };
  "complete_prompt": { request: CompletePrompt; end: CompletionDone };
  "preload": { request: Preload; end: CompletionDone };
  "complete": { request: Complete; end: CompletionDone };
  "infill": { request: Infill; end: CompletionDone };
  "chat": { request: Chat; end: CompletionDone };
  "function_result": { request: FunctionResult; end: Result };
  "list_mcp_servers": { request: ListMcpServers; end: ResultOf<McpServerInfo[]> };
  "abort": { request: Abort; end: ResultOf<boolean> };
  "abort_download": { request: AbortDownload; end: ResultOf<boolean> };
  "pause": { request: Pause; end: ResultOf<boolean> };
  "resume": { request: Resume; end: ResultOf<boolean> };
  "answer_now": { request: AnswerNow; end: ResultOf<boolean> };
  "cleanup": { request: Cleanup; end: Result };
  "get_chat_history": { request: GetChatHistory; end: ResultOf<ChatMessage[]> };
  "get_context_window": { request: GetContextWindow; end: ResultOf<ChatMessage[]> };
  "set_chat_history": { request: SetChatHistory; end: Result };
  "reset_chat_history": { request: ResetChatHistory; end: Result };
  "fork_session": { request: ForkSession; end: SessionCreated };
  "close_session": { request: CloseSession; end: Result };
  "save_session": { request: SaveSession; end: Result };
  "load_session": { request: LoadSession; end: SessionCreated };
  "list_sessions": { request: ListSessions; end: ResultOf<SessionInfo[]> };
  "resume_session": { request: ResumeSession; end: SessionCreated };
  "remove_session": { request: RemoveSession; end: Result };
  "flush_session": { request: FlushSession; end: Result };
  "count_tokens": { request: CountTokens; end: ResultOf<number> };
  "tokenize": { request: Tokenize; end: ResultOf<number[]> };
  "detokenize": { request: Detokenize; end: ResultOf<string> };
  "render": { request: Render; end: ResultOf<Rendered> };
  "embed": { request: Embed; end: ResultOf<string[]> };
  "rerank": { request: Rerank; end: ResultOf<Ranking[]> };
  "transcribe": { request: Transcribe; end: CompletionDone };
  "worker:initialize": { request: WorkerInitialize; end: ResultOf<Abilities> | ModelLoaded };
  "worker:loadModel": { request: WorkerLoadModel; end: ModelLoaded };
  "worker:createContext": { request: WorkerCreateContext; end: ContextCreated };
  "worker:initializeSession": { request: WorkerInitializeSession; end: SessionCreated };
  "worker:prompt": { request: WorkerPrompt; end: CompletionDone };
  "worker:unloadModel": { request: WorkerUnloadModel; end: ModelUnloaded };
  "worker:downloadModel": { request: WorkerDownloadModel; end: DownloadComplete };
  "worker:sendPrompt": { request: WorkerSendPrompt; end: CompletionDone };
}

/** A `result` whose value is known. */
export type ResultOf<Value> = Omit<Result, "value"> & { value: Value };

/** What a request of a type takes. */
export type FieldsOf<Type extends keyof Requests> = Omit<Requests[Type]["request"], "type" | "id">;

/** What a request of a type ends with. */
export type EndOf<Type extends keyof Requests> = Requests[Type]["end"];

/** A method for each request. */
export interface Methods {
  /** Choose the engine and tell what it can do. */
  init(options?: LlamaOptions | null): Promise<Abilities>;
  /** Set how much the model keeps in mind; for the current model this also drops the current session. */
  createContext(
    options?: ContextOptions | null,
    more?: { model?: string | null },
  ): client.Operation<ContextCreated, number>;
  /** Begin a conversation. */
  initializeSession(
    options?: SessionOptions | null,
    more?: { model?: string | null; sessionId?: string | null },
  ): client.Operation<SessionCreated, number>;
  /** Start an engine with a model, which becomes this port's current one. */
  loadModel(modelPath: ModelPath, options?: ModelOptions | null): client.Operation<ModelLoaded, number>;
  /** End a model's engine; its memory is free when this is answered. */
  unloadModel(modelPath?: string | null): Promise<ModelUnloaded>;
  /** The loaded models, with what of their engines is in memory, who uses them, and on which terms they are there. */
  listModels(): Promise<LoadedModel[]>;
  /** The memory that loading a model with these options would need; nothing is loaded. */
  estimate(modelPath: ModelPath, options?: ModelOptions | null): Promise<MemoryEstimate>;
  /** Fetch a model into the local store; an interrupted download goes on where it stopped. */
  downloadModel(
    modelId: ModelPath,
    requestId?: string | number | null,
    more?: { sha256?: string | null; size?: number | null },
  ): client.Operation<DownloadComplete, number>;
  /** Repositories of a hub that have GGUF files, the most downloaded first, and what of them fits this machine. */
  search(query: string, more?: { fits?: boolean; limit?: number; site?: "hf" | "ms" }): Promise<FoundModel[]>;
  /** Every model on the worker's machine, with its size, origin, revision and last use. */
  listStoredModels(): Promise<ModelEntry[]>;
  /** Read models whole, and compare them with the digests that were noted, or with what the hub says; and with their signatures. */
  verifyModels(more?: { names?: ModelPath[]; upstream?: boolean; signatures?: boolean }): Promise<ModelCheck[]>;
  /** Fetch the newest revision of models of a hub, or only tell what there is; the old one goes when the new one is whole. */
  updateModels(more?: { names?: ModelPath[]; check?: boolean }): Promise<ModelUpdate[]>;
  /** Write models into a lock of the worker's machine, beside those that it has. */
  lockModels(names: ModelPath[], more?: { path?: string }): Promise<PinnedModel[]>;
  /** Fetch what a lock of the worker's machine has, and compare each with it. */
  downloadLockedModels(more?: { names?: ModelPath[]; path?: string }): Promise<PinnedModel[]>;
  /** Copy models to a new folder or .tar file of the worker's machine, with a lock. */
  exportModels(names: ModelPath[], path: string): Promise<ExportedModel[]>;
  /** Take the models of such a folder or file into the store. */
  importModels(path: string): Promise<ImportedModel[]>;
  /** What the stores take on the disk. */
  measureStores(): Promise<StoreUsage[]>;
  /** Delete a model from the worker's machine, whole, unfinished or broken. */
  removeModel(modelId: ModelPath): Promise<RemovedModel>;
  /** Delete what was downloaded and not used for so many days, or tell what that would be. */
  removeUnusedModels(days: number, more?: { dryRun?: boolean }): Promise<RemovedModel[]>;
  /** The short names of models, with what they mean. */
  listAliases(): Promise<Record<string, string>>;
  /** Let a short name mean a model, or nothing any more. */
  setAlias(name: string, model: ModelPath | null): Promise<Result>;
  /** All metadata and tensors of a model, as its header has them. */
  inspectModel(modelPath: ModelPath): Promise<FileDescription>;
  /** What is different in two models that are here: metadata, tensors, with `contents` also their bytes. */
  compareModels(modelPath: ModelPath, otherPath: ModelPath, more?: { contents?: boolean }): Promise<FileDifferences>;
  /** Write a model as several files; gives their paths. */
  splitModel(
    modelPath: ModelPath,
    more?: { maxBytes?: number | null; maxTensors?: number | null; metadataApart?: boolean; target?: string | null; overwrite?: boolean },
  ): client.Operation<ResultOf<string[]>, number>;
  /** Write a model that is in several files as one; gives its path. */
  mergeModel(
    modelPath: ModelPath,
    target: string,
    more?: { overwrite?: boolean },
  ): client.Operation<ResultOf<string>, number>;
  /** Change the metadata of a model's file. */
  editMetadata(
    modelPath: ModelPath,
    more?: { values?: Record<string, unknown> | null; remove?: string[]; target?: string | null; overwrite?: boolean },
  ): client.Operation<ResultOf<MetadataEdit>, number>;
  /** Make a GGUF file of a repository of safetensors, which is downloaded when it is not here. */
  convertModel(
    source: string,
    target: string,
    more?: { dtype?: "auto" | "bf16" | "f16" | "f32" | "q8_0"; base?: string | null; quantize?: string | null; overwrite?: boolean; threads?: number | null; politeness?: "background" | "normal" },
  ): client.Operation<ResultOf<ConvertedModel>, number>;
  /** Write a smaller copy of a model that is here; one that was interrupted goes on where it stopped. */
  quantizeModel(
    modelPath: ModelPath,
    target: string,
    quantization?: string,
    more?: { imatrix?: string | null; pure?: boolean; requantize?: boolean; overwrite?: boolean; threads?: number | null; politeness?: "background" | "normal" },
  ): client.Operation<ResultOf<QuantizedModel>, number>;
  /** Ask in the current session, which is created now when there is none. */
  generateCompletion(prompt: Content, options?: client.PromptOptions): client.Generation;
  /** Make `messages` the current session's history and answer the last one, which must be the user's. */
  generateChatCompletion(messages: ChatMessage[], options?: client.PromptOptions): client.Generation;
  /** Ask in a session and stream the answer. */
  prompt(prompt: Content, options?: client.PromptOptions, more?: { session?: string | null }): client.Generation;
  /** As `prompt`, but told at once which operation it is (`operation_started`). */
  sendPrompt(prompt: Content, options?: client.PromptOptions, more?: { session?: string | null }): Promise<string>;
  /** Go on after an answer whose `finishReason` is `tool_calls`. */
  answerCalls(
    results: Record<string, unknown>,
    options?: client.PromptOptions,
    more?: { session?: string | null },
  ): client.Generation;
  /** How the user might go on with a prompt that begins so; leaves no trace in the conversation. */
  completePrompt(prompt: string, options?: client.TextOptions, more?: { session?: string | null }): client.Generation;
  /** Read a conversation and the beginning of a prompt before it is asked, so that its answer comes sooner. */
  preload(prompt?: Content, options?: client.TextOptions, more?: { session?: string | null }): client.Generation;
  /** Continue a text as it stands, without a chat template and without remembering it. */
  complete(prompt: string, options?: client.TextOptions, more?: { model?: string | null }): client.Generation;
  /** Write what stands between two texts. */
  infill(
    prefix: string,
    suffix: string,
    options?: client.TextOptions,
    more?: { extra?: InfillFile[]; model?: string | null },
  ): client.Generation;
  /** Answer a list of messages without remembering it. */
  chat(messages: ChatMessage[], options?: client.PromptOptions, more?: { model?: string | null }): client.Generation;
  /** The worker's MCP servers, started if need be, with their tools; of one that cannot be used, the problem. */
  listMcpServers(): Promise<McpServerInfo[]>;
  /** Abort an operation; without a name the generation that was asked for last. */
  abort(operationId?: string | null, more?: { requestId?: string | number | null }): Promise<boolean>;
  /** Abort a download; without `requestId` the one that was asked for last. */
  abortDownload(requestId?: string | number | null): Promise<boolean>;
  /** Hold a generation; without a name the one that was asked for last. */
  pause(operationId?: string | null, more?: { requestId?: string | number | null }): Promise<boolean>;
  /** Go on with a paused generation; without a name the one that was asked for last. */
  resume(operationId?: string | null, more?: { requestId?: string | number | null }): Promise<boolean>;
  /** End the reasoning of a generation, so that its answer begins; without a name of the one that was asked for last. */
  answerNow(operationId?: string | null, more?: { requestId?: string | number | null }): Promise<boolean>;
  /** Abort everything, end every engine, free everything. */
  cleanup(): Promise<Result>;
  /** The messages of a session. */
  getChatHistory(more?: { session?: string | null }): Promise<ChatMessage[]>;
  /** The messages of a session that the model sees: the history, less what did not fit. */
  getContextWindow(more?: { session?: string | null }): Promise<ChatMessage[]>;
  /** Replace the messages of a session. */
  setChatHistory(messages: ChatMessage[], more?: { session?: string | null }): Promise<Result>;
  /** Forget the messages of a session but its system prompt. */
  resetChatHistory(more?: { session?: string | null }): Promise<Result>;
  /** A second conversation that goes on from where a session is now; the current session stays what it is. */
  forkSession(more?: { session?: string | null; sessionId?: string | null }): Promise<SessionCreated>;
  /** Forget a session altogether. */
  closeSession(more?: { session?: string | null }): Promise<Result>;
  /** Write a conversation to a file on the worker's machine. */
  saveSession(path: string, more?: { includeState?: boolean; session?: string | null }): Promise<Result>;
  /** A conversation out of such a file. */
  loadSession(
    path: string,
    more?: { anyModel?: boolean; model?: string | null; sessionId?: string | null },
  ): Promise<SessionCreated>;
  /** The conversations in the journal, the one that was used last first. */
  listSessions(): Promise<SessionInfo[]>;
  /** Go on with a conversation of the journal, under its id. */
  resumeSession(sessionId: string, more?: { anyModel?: boolean; model?: string | null }): Promise<SessionCreated>;
  /** Forget a conversation of the journal for good. */
  removeSession(sessionId: string): Promise<Result>;
  /** Wait until the journal has a session as it is now; fails when it cannot be written. */
  flushSession(more?: { session?: string | null }): Promise<Result>;
  /** Tokens of a text or of messages for a model; without either, of a session as the model sees it now. */
  countTokens(
    more?: { prompt?: string | null; messages?: ChatMessage[] | null; model?: string | null; session?: string | null },
  ): Promise<number>;
  /** The token ids of a text. */
  tokenize(
    prompt: string,
    more?: { addSpecial?: boolean; parseSpecial?: boolean; model?: string | null },
  ): Promise<number[]>;
  /** The text of token ids. */
  detokenize(tokens: number[], more?: { model?: string | null }): Promise<string>;
  /** What the model would see of a `chat` with the same fields: text, token ids, and which pieces are control tokens. */
  render(
    messages: ChatMessage[],
    options?: PromptOptions | null,
    more?: { addGenerationPrompt?: boolean; model?: string | null },
  ): Promise<Rendered>;
  /** The vectors of texts, or of their tokens, in their order; each is base64 of its 32-bit floats, little end first. */
  embed(
    texts: string | (string | number[])[],
    more?: { pooling?: "cls" | "last" | "mean" | null; normalize?: boolean; dimensions?: number | null; truncate?: boolean; model?: string | null },
  ): client.Operation<ResultOf<string[]>, number>;
  /** Documents by how well they answer a query, the best first. */
  rerank(
    query: string,
    documents: string[],
    more?: { topN?: number | null; truncate?: boolean; model?: string | null },
  ): client.Operation<ResultOf<Ranking[]>, number>;
  /** Write down what is said in a sound. */
  transcribe(
    audio: string,
    options?: client.TextOptions,
    more?: { language?: string | null; prompt?: string | null; model?: string | null },
  ): client.Generation;
}
