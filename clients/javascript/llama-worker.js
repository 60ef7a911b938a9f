/**
 * Client of a llama-worker: a local LLM behind a small message protocol (docs/protocol.md).
 *
 *     const llama = new LlamaWorker(await spawnWorker());
 *     await llama.loadModel("builtin");
 *     await llama.createContext();
 *     for await (const text of llama.generateCompletion("Hello!")) process.stdout.write(text);
 *     await llama.close();
 *
 * One file, no dependencies: browsers, Electron (main, preload, renderer) and Node. A transport carries the messages:
 * `connectWebSocket`, `spawnWorker` (Node) or `overPort` (any MessagePort).
 */

/** An error that the worker reported. Programs decide by `code`. */
export class LlamaWorkerError extends Error {
  constructor({ code, message, path, details = {} }) {
    super(message);
    this.name = "LlamaWorkerError";
    this.code = code;
    this.path = path;
    this.details = details;
  }
}

// <ends> Made by `python -m generators` from docs/protocol.schema.json.
const ENDS = new Set([
  "completion_done",
  "context_created",
  "download_complete",
  "download_error",
  "error",
  "model_loaded",
  "model_unloaded",
  "result",
  "session_created",
]);
const FAILURES = new Set([
  "download_error",
  "error",
]);
// </ends>

/**
 * One request: await it for its end, iterate over it for its text (of a generation) or its progress (of a load or a
 * download). Leaving the loop early aborts it.
 */
export class Operation {
  constructor(worker, id, { text }) {
    this.id = id;
    this.operationId = undefined;
    this._worker = worker;
    this._wanted = text ? (message) => message.chunk || undefined : (message) => message.progress;
    this._items = [];
    this._waiting = [];
    this._ended = false;
    this._promise = new Promise((resolve, reject) => {
      this._resolve = resolve;
      this._reject = reject;
    });
    this._promise.catch(() => {}); // whoever only iterates learns of a failure there
    this.started = new Promise((resolve, reject) => {
      this._resolveStarted = resolve;
      this._promise.then((end) => resolve(end.operationId), reject);
    });
    this.started.catch(() => {});
  }

  then(onEnd, onError) {
    return this._promise.then(onEnd, onError);
  }

  catch(onError) {
    return this._promise.catch(onError);
  }

  finally(onSettled) {
    return this._promise.finally(onSettled);
  }

  /** Stop it; a generation then ends with its text so far and `finishReason` "abort". Harmless when it has ended. */
  async abort() {
    if (!this._ended) await this._worker._ask("abort", { requestId: this.id });
  }

  /** Hold a generation; what was generated is kept. */
  pause() {
    return this._worker._ask("pause", { requestId: this.id }).then((end) => end.value);
  }

  resume() {
    return this._worker._ask("resume", { requestId: this.id }).then((end) => end.value);
  }

  async *[Symbol.asyncIterator]() {
    try {
      for (let seen = 0; ; seen++) {
        while (seen >= this._items.length && !this._ended) await new Promise((resolve) => this._waiting.push(resolve));
        if (seen >= this._items.length) break;
        yield this._items[seen];
      }
      await this._promise;
    } finally {
      if (!this._ended) await this.abort().catch(() => {});
    }
  }

  _take(message) {
    if (message.operationId) this.operationId = message.operationId;
    if (message.type === "operation_started") this._resolveStarted(message.operationId);
    const item = this._wanted(message);
    if (item !== undefined && !ENDS.has(message.type)) this._items.push(item);
    if (ENDS.has(message.type)) this._end(message);
    for (const wake of this._waiting.splice(0)) wake();
  }

  _end(message) {
    this._ended = true;
    if (FAILURES.has(message.type)) this._reject(new LlamaWorkerError(message));
    else this._resolve(message);
  }
}

const REFUSED = "the user refused this call";

/** A worker at the other end of a transport, with the methods and events of the original's `LlamaAPI`. */
export class LlamaWorker {
  constructor(transport) {
    this._transport = transport;
    this._operations = new Map();
    this._functions = new Map();
    this._approvals = new Map();
    this._listeners = new Map();
    this._prefix = crypto.randomUUID().slice(0, 8); // several clients may share a worker
    this._lastId = 0;
    this._closed = undefined;
    transport.onMessage((message) => this._take(message));
    transport.onClose((reason) => this._lose(reason));
  }

  // Requests. Loads, contexts, sessions and downloads give an Operation of their progress, generations one of their
  // text. Options of a generation may hold `functions` ({name: {description, params, handler}}), an AbortSignal as
  // `signal`, and `approve`, which is asked before a tool of the worker's MCP servers is called (`mcp: true`). Other requests give a promise of what was asked for, else of their last message.

  // <methods> Made by `python -m generators` from docs/protocol.schema.json.
  /** Choose the engine and tell what it can do. */
  init(options) {
    return this._ask("init", { options }).then((end) => end.value);
  }

  /** Set how much the model keeps in mind; for the current model this also drops the current session. */
  createContext(options, { model } = {}) {
    return this._start("create_context", { options, model });
  }

  /** Begin a conversation. */
  initializeSession(options, { model, sessionId } = {}) {
    return this._start("initialize_session", { options, model, sessionId });
  }

  /** Start an engine with a model, which becomes this port's current one. */
  loadModel(modelPath, options) {
    return this._start("load_model", { modelPath, options });
  }

  /** End a model's engine; its memory is free when this is answered. */
  unloadModel(modelPath) {
    return this._ask("unload_model", { modelPath });
  }

  /** The loaded models, with what of their engines is in memory, who uses them, and on which terms they are there. */
  listModels() {
    return this._ask("list_models").then((end) => end.value);
  }

  /** The memory that loading a model with these options would need; nothing is loaded. */
  estimate(modelPath, options) {
    return this._ask("estimate", { modelPath, options }).then((end) => end.value);
  }

  /** Fetch a model into the local store; an interrupted download goes on where it stopped. */
  downloadModel(modelId, requestId, { sha256, size } = {}) {
    return this._start("download_model", { modelId, requestId, sha256, size });
  }

  /** Repositories of a hub that have GGUF files, the most downloaded first, and what of them fits this machine. */
  search(query, { fits, limit, site } = {}) {
    return this._ask("search", { query, fits, limit, site }).then((end) => end.value);
  }

  /** Every model on the worker's machine, with its size, origin, revision and last use. */
  listStoredModels() {
    return this._ask("list_stored_models").then((end) => end.value);
  }

  /** Read models whole, and compare them with the digests that were noted, or with what the hub says; and with their signatures. */
  verifyModels({ names, upstream, signatures } = {}) {
    return this._ask("verify_models", { names, upstream, signatures }).then((end) => end.value);
  }

  /** Fetch the newest revision of models of a hub, or only tell what there is; the old one goes when the new one is whole. */
  updateModels({ names, check } = {}) {
    return this._ask("update_models", { names, check }).then((end) => end.value);
  }

  /** Write models into a lock of the worker's machine, beside those that it has. */
  lockModels(names, { path } = {}) {
    return this._ask("lock_models", { names, path }).then((end) => end.value);
  }

  /** Fetch what a lock of the worker's machine has, and compare each with it. */
  downloadLockedModels({ names, path } = {}) {
    return this._ask("download_locked_models", { names, path }).then((end) => end.value);
  }

  /** Copy models to a new folder or .tar file of the worker's machine, with a lock. */
  exportModels(names, path) {
    return this._ask("export_models", { names, path }).then((end) => end.value);
  }

  /** Take the models of such a folder or file into the store. */
  importModels(path) {
    return this._ask("import_models", { path }).then((end) => end.value);
  }

  /** What the stores take on the disk. */
  measureStores() {
    return this._ask("measure_stores").then((end) => end.value);
  }

  /** Delete a model from the worker's machine, whole, unfinished or broken. */
  removeModel(modelId) {
    return this._ask("remove_model", { modelId }).then((end) => end.value);
  }

  /** Delete what was downloaded and not used for so many days, or tell what that would be. */
  removeUnusedModels(days, { dryRun } = {}) {
    return this._ask("remove_unused_models", { days, dryRun }).then((end) => end.value);
  }

  /** The short names of models, with what they mean. */
  listAliases() {
    return this._ask("list_aliases").then((end) => end.value);
  }

  /** Let a short name mean a model, or nothing any more. */
  setAlias(name, model) {
    return this._ask("set_alias", { name, model });
  }

  /** All metadata and tensors of a model, as its header has them. */
  inspectModel(modelPath) {
    return this._ask("inspect_model", { modelPath }).then((end) => end.value);
  }

  /** What is different in two models that are here: metadata, tensors, with `contents` also their bytes. */
  compareModels(modelPath, otherPath, { contents } = {}) {
    return this._ask("compare_models", { modelPath, otherPath, contents }).then((end) => end.value);
  }

  /** Write a model as several files; gives their paths. */
  splitModel(modelPath, { maxBytes, maxTensors, metadataApart, target, overwrite } = {}) {
    return this._start("split_model", { modelPath, maxBytes, maxTensors, metadataApart, target, overwrite });
  }

  /** Write a model that is in several files as one; gives its path. */
  mergeModel(modelPath, target, { overwrite } = {}) {
    return this._start("merge_model", { modelPath, target, overwrite });
  }

  /** Change the metadata of a model's file. */
  editMetadata(modelPath, { values, remove, target, overwrite } = {}) {
    return this._start("edit_metadata", { modelPath, values, remove, target, overwrite });
  }

  /** Make a GGUF file of a repository of safetensors, which is downloaded when it is not here. */
  convertModel(source, target, { dtype, base, quantize, overwrite, threads, politeness } = {}) {
    return this._start("convert_model", { source, target, dtype, base, quantize, overwrite, threads, politeness });
  }

  /** Write a smaller copy of a model that is here; one that was interrupted goes on where it stopped. */
  quantizeModel(modelPath, target, quantization, { imatrix, pure, requantize, overwrite, threads, politeness } = {}) {
    return this._start("quantize_model", { modelPath, target, quantization, imatrix, pure, requantize, overwrite, threads, politeness });
  }

  /** Ask in the current session, which is created now when there is none. */
  generateCompletion(prompt, options) {
    return this._generate("generate_completion", { prompt }, options);
  }

  /** Make `messages` the current session's history and answer the last one, which must be the user's. */
  generateChatCompletion(messages, options) {
    return this._generate("generate_chat_completion", { messages }, options);
  }

  /** Ask in a session and stream the answer. */
  prompt(prompt, options, { session } = {}) {
    return this._generate("prompt", { prompt, session }, options);
  }

  /** As `prompt`, but told at once which operation it is (`operation_started`). */
  sendPrompt(prompt, options, { session } = {}) {
    return this._generate("send_prompt", { prompt, session }, options).started;
  }

  /** Go on after an answer whose `finishReason` is `tool_calls`. */
  answerCalls(results, options, { session } = {}) {
    return this._generate("answer_calls", { results, session }, options);
  }

  /** How the user might go on with a prompt that begins so; leaves no trace in the conversation. */
  completePrompt(prompt, options, { session } = {}) {
    return this._generate("complete_prompt", { prompt, session }, options);
  }

  /** Read a conversation and the beginning of a prompt before it is asked, so that its answer comes sooner. */
  preload(prompt, options, { session } = {}) {
    return this._generate("preload", { prompt, session }, options);
  }

  /** Continue a text as it stands, without a chat template and without remembering it. */
  complete(prompt, options, { model } = {}) {
    return this._generate("complete", { prompt, model }, options);
  }

  /** Write what stands between two texts. */
  infill(prefix, suffix, options, { extra, model } = {}) {
    return this._generate("infill", { prefix, suffix, extra, model }, options);
  }

  /** Answer a list of messages without remembering it. */
  chat(messages, options, { model } = {}) {
    return this._generate("chat", { messages, model }, options);
  }

  /** The worker's MCP servers, started if need be, with their tools; of one that cannot be used, the problem. */
  listMcpServers() {
    return this._ask("list_mcp_servers").then((end) => end.value);
  }

  /** Abort an operation; without a name the generation that was asked for last. */
  abort(operationId, { requestId } = {}) {
    return this._ask("abort", { operationId, requestId }).then((end) => end.value);
  }

  /** Abort a download; without `requestId` the one that was asked for last. */
  abortDownload(requestId) {
    return this._ask("abort_download", { requestId }).then((end) => end.value);
  }

  /** Hold a generation; without a name the one that was asked for last. */
  pause(operationId, { requestId } = {}) {
    return this._ask("pause", { operationId, requestId }).then((end) => end.value);
  }

  /** Go on with a paused generation; without a name the one that was asked for last. */
  resume(operationId, { requestId } = {}) {
    return this._ask("resume", { operationId, requestId }).then((end) => end.value);
  }

  /** End the reasoning of a generation, so that its answer begins; without a name of the one that was asked for last. */
  answerNow(operationId, { requestId } = {}) {
    return this._ask("answer_now", { operationId, requestId }).then((end) => end.value);
  }

  /** Abort everything, end every engine, free everything. */
  cleanup() {
    return this._ask("cleanup");
  }

  /** The messages of a session. */
  getChatHistory({ session } = {}) {
    return this._ask("get_chat_history", { session }).then((end) => end.value);
  }

  /** The messages of a session that the model sees: the history, less what did not fit. */
  getContextWindow({ session } = {}) {
    return this._ask("get_context_window", { session }).then((end) => end.value);
  }

  /** Replace the messages of a session. */
  setChatHistory(messages, { session } = {}) {
    return this._ask("set_chat_history", { messages, session });
  }

  /** Forget the messages of a session but its system prompt. */
  resetChatHistory({ session } = {}) {
    return this._ask("reset_chat_history", { session });
  }

  /** A second conversation that goes on from where a session is now; the current session stays what it is. */
  forkSession({ session, sessionId } = {}) {
    return this._ask("fork_session", { session, sessionId });
  }

  /** Forget a session altogether. */
  closeSession({ session } = {}) {
    return this._ask("close_session", { session });
  }

  /** Write a conversation to a file on the worker's machine. */
  saveSession(path, { includeState, session } = {}) {
    return this._ask("save_session", { path, includeState, session });
  }

  /** A conversation out of such a file. */
  loadSession(path, { anyModel, model, sessionId } = {}) {
    return this._ask("load_session", { path, anyModel, model, sessionId });
  }

  /** The conversations in the journal, the one that was used last first. */
  listSessions() {
    return this._ask("list_sessions").then((end) => end.value);
  }

  /** Go on with a conversation of the journal, under its id. */
  resumeSession(sessionId, { anyModel, model } = {}) {
    return this._ask("resume_session", { sessionId, anyModel, model });
  }

  /** Forget a conversation of the journal for good. */
  removeSession(sessionId) {
    return this._ask("remove_session", { sessionId });
  }

  /** Wait until the journal has a session as it is now; fails when it cannot be written. */
  flushSession({ session } = {}) {
    return this._ask("flush_session", { session });
  }

  /** Tokens of a text or of messages for a model; without either, of a session as the model sees it now. */
  countTokens({ prompt, messages, model, session } = {}) {
    return this._ask("count_tokens", { prompt, messages, model, session }).then((end) => end.value);
  }

  /** The token ids of a text. */
  tokenize(prompt, { addSpecial, parseSpecial, model } = {}) {
    return this._ask("tokenize", { prompt, addSpecial, parseSpecial, model }).then((end) => end.value);
  }

  /** The text of token ids. */
  detokenize(tokens, { model } = {}) {
    return this._ask("detokenize", { tokens, model }).then((end) => end.value);
  }

  /** What the model would see of a `chat` with the same fields: text, token ids, and which pieces are control tokens. */
  render(messages, options, { addGenerationPrompt, model } = {}) {
    return this._ask("render", { messages, options, addGenerationPrompt, model }).then((end) => end.value);
  }

  /** The vectors of texts, or of their tokens, in their order; each is base64 of its 32-bit floats, little end first. */
  embed(texts, { pooling, normalize, dimensions, truncate, model } = {}) {
    return this._start("embed", { texts, pooling, normalize, dimensions, truncate, model });
  }

  /** Documents by how well they answer a query, the best first. */
  rerank(query, documents, { topN, truncate, model } = {}) {
    return this._start("rerank", { query, documents, topN, truncate, model });
  }

  /** Write down what is said in a sound. */
  transcribe(audio, options, { language, prompt, model } = {}) {
    return this._generate("transcribe", { audio, language, prompt, model }, options);
  }
  // </methods>

  /** Any request of the protocol; resolves to its last message. */
  request(type, fields) {
    return this._ask(type, fields);
  }

  // Events. Each gives a function that unsubscribes.

  /** Call `callback` with every message of a type. One that throws is reported to the console and harms nothing. */
  on(type, callback) {
    const callbacks = this._listeners.get(type) ?? new Set();
    this._listeners.set(type, callbacks);
    const entry = { callback };
    callbacks.add(entry);
    return () => callbacks.delete(entry);
  }

  onModelLoaded(callback) {
    return this.on("model_loaded", callback);
  }

  onProgress(callback) {
    const offs = ["progress", "download_progress", "file_progress"].map((type) => this.on(type, callback));
    return () => offs.forEach((off) => off());
  }

  onCompletionChunk(callback) {
    return this.on("completion_chunk", callback);
  }

  onCompletionDone(callback) {
    return this.on("completion_done", callback);
  }

  onError(callback) {
    const offs = ["error", "download_error"].map((type) => this.on(type, callback));
    return () => offs.forEach((off) => off());
  }

  onInfo(callback) {
    return this.on("info", callback);
  }

  // The end.

  /** Let go of the transport; a worker that was spawned for it ends. */
  async close() {
    await this._transport.close();
    this._lose("The client was closed.");
  }

  // Inside.

  _ask(type, fields) {
    return this._start(type, fields)._promise;
  }

  _start(type, fields, text = false) {
    const id = `${this._prefix}-${++this._lastId}`;
    const operation = new Operation(this, id, { text });
    if (this._closed !== undefined) {
      operation._take({ type: "error", code: "port_closed", message: this._closed });
      return operation;
    }
    this._operations.set(id, operation);
    this._transport.send({ type, id, ...fields });
    return operation;
  }

  _generate(type, fields, { signal, functions, approve, ...options } = {}) {
    signal?.throwIfAborted();
    const operation = this._start(type, { ...fields, options, functions: describe(functions) }, true);
    if (functions) this._functions.set(operation.id, functions);
    if (approve) this._approvals.set(operation.id, approve);
    if (signal) {
      const abort = () => operation.abort().catch(() => {});
      signal.addEventListener("abort", abort, { once: true });
      operation.finally(() => signal.removeEventListener("abort", abort)).catch(() => {});
    }
    return operation;
  }

  _take(message) {
    const operation = this._operations.get(message.id);
    if (ENDS.has(message.type)) {
      this._operations.delete(message.id);
      this._functions.delete(message.id);
      this._approvals.delete(message.id);
    }
    operation?._take(message);
    if (message.type === "function_call") this._call(message);
    if (message.type === "function_approval" && operation) this._approve(message);
    for (const { callback } of [...(this._listeners.get(message.type) ?? [])]) {
      try {
        callback(message);
      } catch (error) {
        console.error(`A callback for ${message.type} failed:`, error);
      }
    }
  }

  async _call({ id, callId, name, arguments: parameters }) {
    let outcome;
    try {
      const result = await this._functions.get(id)[name].handler(parameters ?? {});
      outcome = { result: result ?? null };
    } catch (error) {
      outcome = { error: `${error?.name ?? "Error"}: ${error?.message ?? error}` };
    }
    await this._ask("function_result", { callId, ...outcome }).catch(() => {});
  }

  /** Whether a tool of one of the worker's MCP servers may be called: nobody who was not asked has said yes. */
  async _approve({ id, callId, name, arguments: parameters, source }) {
    const approve = this._approvals.get(id) ?? (() => false);
    let outcome;
    try {
      outcome = (await approve({ name, arguments: parameters, source })) === true ? { result: true } : { refused: REFUSED };
    } catch (error) {
      outcome = { unapproved: `${error?.name ?? "Error"}: ${error?.message ?? error}` };
    }
    await this._ask("function_result", { callId, ...outcome }).catch(() => {});
  }

  _lose(reason) {
    if (this._closed !== undefined) return;
    this._closed = reason;
    for (const id of [...this._operations.keys()]) {
      this._take({ type: "error", id, code: "port_closed", message: reason, error: reason });
    }
  }
}

function describe(functions) {
  if (!functions) return undefined;
  return Object.fromEntries(
    Object.entries(functions).map(([name, { description, params, handler }]) => [
      name,
      { description, params, handled: handler !== undefined },
    ]),
  );
}

// Transports: {send(message), onMessage(callback), onClose(callback), close()}.

/** Connect to a worker behind a WebSocket. `protocols` and `WebSocket` (for a Node without one) are optional. */
export async function connectWebSocket(url, { protocols, WebSocket = globalThis.WebSocket } = {}) {
  const socket = new WebSocket(url, protocols);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    const failed = { code: "port_closed", message: `The worker at ${url} cannot be reached.` };
    socket.addEventListener("error", () => reject(new LlamaWorkerError(failed)), { once: true });
  });
  const transport = new Transport((message) => socket.send(JSON.stringify(message)));
  const closed = new Promise((resolve) => socket.addEventListener("close", resolve, { once: true }));
  socket.addEventListener("message", (event) => transport.receive(JSON.parse(event.data)));
  closed.then(() => transport.lose("The connection to the worker was closed."));
  transport.close = async () => {
    socket.close();
    await closed;
  };
  return transport;
}

/**
 * Start `llama-worker stdio` as a child process (Node). `close` ends its input, after which it answers what was asked
 * and ends; it is killed when that takes longer than `patience` milliseconds (default 10000).
 */
export async function spawnWorker({ command = "llama-worker", args = ["stdio"], patience = 10_000, ...options } = {}) {
  const { spawn } = await import("node:child_process");
  const { StringDecoder } = await import("node:string_decoder");
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"], ...options });
  const ended = new Promise((resolve) => child.once("close", (code, signal) => resolve({ code, signal })));
  await new Promise((resolve, reject) => child.once("spawn", resolve).once("error", reject));
  const transport = new Transport((message) => child.stdin.write(JSON.stringify(message) + "\n"));
  const decoder = new StringDecoder("utf8");
  let rest = [];
  child.stdout.on("data", (data) => {
    const [first, ...more] = decoder.write(data).split("\n");
    rest.push(first);
    for (const part of more) {
      const line = rest.join("");
      rest = [part];
      if (line) transport.receive(JSON.parse(line));
    }
  });
  child.stdin.on("error", () => {}); // its end is told by "close"
  ended.then(({ code, signal }) => transport.lose(`The worker's process has ended (${signal ?? `code ${code}`}).`));
  transport.pid = child.pid;
  transport.ended = ended;
  transport.close = async () => {
    child.stdin.end();
    const timer = setTimeout(() => child.kill("SIGKILL"), patience);
    await ended;
    clearTimeout(timer);
  };
  return transport;
}

/** Talk over a MessagePort of a browser, of Node or of Electron; somebody `relay`s its other end to a worker. */
export function overPort(port) {
  const transport = new Transport((message) => port.postMessage(message));
  listen(port, "message", (data) => transport.receive(data?.data ?? data));
  listen(port, "close", () => transport.lose("The port was closed."));
  port.start?.();
  transport.close = async () => port.close();
  return transport;
}

/** Pass everything between a MessagePort and a transport on: `relay(event.ports[0], await spawnWorker())`. */
export function relay(port, transport) {
  const other = overPort(port);
  other.onMessage((message) => transport.send(message));
  transport.onMessage((message) => other.send(message));
  other.onClose(() => transport.close());
  transport.onClose(() => other.close());
}

function listen(port, event, callback) {
  if (port.on) port.on(event, callback);
  else port.addEventListener(event, callback);
}

class Transport {
  constructor(send) {
    this.send = (message) => {
      if (this._reason === undefined) send(message);
    };
    this._early = [];
    this._reason = undefined;
    this._receivers = [];
    this._mourners = [];
  }

  /** What came before anybody listened is told then. */
  onMessage(callback) {
    this._receivers.push(callback);
    for (const message of this._early.splice(0)) callback(message);
  }

  onClose(callback) {
    this._mourners.push(callback);
    if (this._reason !== undefined) callback(this._reason);
  }

  receive(message) {
    if (this._receivers.length === 0) this._early.push(message);
    for (const callback of this._receivers) callback(message);
  }

  lose(reason) {
    if (this._reason !== undefined) return;
    this._reason = reason;
    for (const callback of this._mourners) callback(reason);
  }
}
