/** Client of a llama-worker: a local LLM behind a small message protocol. Field names are those of docs/protocol.md. */

export interface Message {
  type: string;
  id?: string | number;
  [field: string]: unknown;
}

export interface ModelInfo {
  name: string;
  /** Bytes. */
  size: number;
  parameters: number;
  path?: string;
  /** Tokens. */
  contextSize?: number;
  trainedContextSize?: number;
  vocabularySize?: number;
  sequences?: number;
  batchSize?: number;
  pid?: number;
}

export interface Stats {
  promptTokens: number;
  completionTokens: number;
  totalTokens: number;
  cachedTokens: number;
}

export interface ToolCall {
  id: string;
  name: string;
  arguments: string;
}

export interface CompletionDone extends Message {
  type: "completion_done";
  fullText: string;
  finishReason: "stop" | "length" | "stop_sequence" | "abort" | "tool_calls";
  stats: Stats;
  operationId?: string;
  reasoning?: string;
  toolCalls?: ToolCall[];
  parsed?: unknown;
}

export interface CompletionChunk extends Message {
  type: "completion_chunk";
  chunk: string;
  reasoning?: string;
  operationId?: string;
}

export interface Progress extends Message {
  type: "progress" | "download_progress";
  /** From 0 to 1, never falling. */
  progress: number;
  progressType?: "load" | "download" | "inference";
  requestId?: string | number;
  downloadedBytes?: number;
  totalBytes?: number;
}

export interface ModelLoaded extends Message {
  type: "model_loaded";
  modelId: string;
  modelInfo: ModelInfo;
}

export interface ContextCreated extends Message {
  modelId: string;
  contextSize: number;
  sequences: number;
  batchSize: number;
}

export interface SessionCreated extends Message {
  sessionId: string;
  modelId: string;
}

export interface DownloadComplete extends Message {
  filePath: string;
  requestId?: string | number;
}

export interface WorkerError extends Message {
  type: "error" | "download_error";
  code: string;
  message: string;
  error: string;
  path?: string;
  details?: Record<string, unknown>;
}

export interface ChatMessage {
  role: "system" | "user" | "assistant" | "tool";
  content: string | null;
  name?: string;
  tool_calls?: unknown[];
  tool_call_id?: string;
}

export interface FunctionDefinition {
  description?: string;
  /** JSON schema of an object. */
  params?: Record<string, unknown>;
  /** Without one the answer ends with the call (`finishReason` "tool_calls"). */
  handler?: (parameters: any) => unknown;
}

export interface LlamaOptions {
  engine?: string;
  numThreads?: number;
  gpu?: "auto" | false;
  debug?: boolean;
  [option: string]: unknown;
}

export interface ContextOptions {
  contextSize?: number;
  sequences?: number;
  batchSize?: number;
  threads?: number;
  seed?: number;
  [option: string]: unknown;
}

export interface ModelOptions extends ContextOptions {
  gpuLayers?: number;
}

export interface SessionOptions {
  systemPrompt?: string;
  [option: string]: unknown;
}

export interface PromptOptions {
  maxTokens?: number;
  temperature?: number;
  topP?: number;
  topK?: number;
  minP?: number;
  seed?: number;
  stopSequences?: string[];
  systemPrompt?: string;
  responsePrefix?: string;
  jsonSchema?: Record<string, unknown>;
  grammar?: string;
  functions?: Record<string, FunctionDefinition>;
  /** Aborts the generation. */
  signal?: AbortSignal;
  [option: string]: unknown;
}

export type ModelPath = string | { repo: string; file?: string; revision?: string };

export declare class LlamaWorkerError extends Error {
  constructor(facts: { code: string; message: string; path?: string; details?: Record<string, unknown> });
  readonly code: string;
  readonly path?: string;
  readonly details: Record<string, unknown>;
}

/** Await it for its end, iterate over it for its text or progress. Leaving the loop early aborts it. */
export declare class Operation<End, Item> implements PromiseLike<End>, AsyncIterable<Item> {
  /** The request's id. */
  readonly id: string;
  /** The operation's id, as soon as any message has told it. */
  readonly operationId?: string;
  then<A = End, B = never>(
    onEnd?: ((end: End) => A | PromiseLike<A>) | null,
    onError?: ((error: LlamaWorkerError) => B | PromiseLike<B>) | null,
  ): Promise<A | B>;
  catch<B = never>(onError?: ((error: LlamaWorkerError) => B | PromiseLike<B>) | null): Promise<End | B>;
  finally(onSettled?: (() => void) | null): Promise<End>;
  [Symbol.asyncIterator](): AsyncIterator<Item>;
  abort(): Promise<void>;
  pause(): Promise<boolean>;
  resume(): Promise<boolean>;
}

export type Generation = Operation<CompletionDone, string>;
export type Unsubscribe = () => void;

export interface Transport {
  send(message: Message): void;
  onMessage(callback: (message: Message) => void): void;
  onClose(callback: (reason: string) => void): void;
  close(): Promise<void>;
}

/** The shape that an Electron preload exposes and a React hook uses. */
export interface LlamaAPI {
  init(options?: LlamaOptions): Promise<unknown>;
  loadModel(modelPath: ModelPath, options?: ModelOptions): PromiseLike<ModelLoaded>;
  createContext(options?: ContextOptions): PromiseLike<ContextCreated>;
  generateCompletion(prompt: string, options?: PromptOptions): PromiseLike<CompletionDone>;
  generateChatCompletion(messages: ChatMessage[], options?: PromptOptions): PromiseLike<CompletionDone>;
  prompt(prompt: string, options?: PromptOptions): PromiseLike<CompletionDone>;
  sendPrompt(prompt: string, options?: PromptOptions): Promise<string>;
  downloadModel(modelId: ModelPath, requestId?: string): PromiseLike<DownloadComplete>;
  abort(operationId?: string): Promise<boolean>;
  abortDownload(requestId?: string): Promise<boolean>;
  onModelLoaded(callback: (message: ModelLoaded) => void): Unsubscribe;
  onProgress(callback: (message: Progress) => void): Unsubscribe;
  onCompletionChunk(callback: (message: CompletionChunk) => void): Unsubscribe;
  onCompletionDone(callback: (message: CompletionDone) => void): Unsubscribe;
  onError(callback: (message: WorkerError) => void): Unsubscribe;
}

type InSession = { session?: string };
type OfModel = { model?: string };

export declare class LlamaWorker implements LlamaAPI {
  constructor(transport: Transport);
  init(options?: LlamaOptions): Promise<unknown>;
  loadModel(modelPath: ModelPath, options?: ModelOptions): Operation<ModelLoaded, number>;
  createContext(options?: ContextOptions, where?: OfModel): Operation<ContextCreated, number>;
  initializeSession(
    options?: SessionOptions,
    where?: OfModel & { sessionId?: string },
  ): Operation<SessionCreated, number>;
  downloadModel(
    modelId: ModelPath,
    requestId?: string,
    more?: { sha256?: string; size?: number },
  ): Operation<DownloadComplete, number>;
  unloadModel(modelPath?: string): Promise<Message>;
  listModels(): Promise<{ modelId: string; modelInfo: ModelInfo }[]>;
  generateCompletion(prompt: string, options?: PromptOptions): Generation;
  generateChatCompletion(messages: ChatMessage[], options?: PromptOptions): Generation;
  prompt(prompt: string, options?: PromptOptions, where?: InSession): Generation;
  sendPrompt(prompt: string, options?: PromptOptions, where?: InSession): Promise<string>;
  complete(prompt: string, options?: PromptOptions, where?: OfModel): Generation;
  chat(messages: ChatMessage[], options?: PromptOptions, where?: OfModel): Generation;
  abort(operationId?: string): Promise<boolean>;
  pause(operationId?: string): Promise<boolean>;
  resume(operationId?: string): Promise<boolean>;
  abortDownload(requestId?: string): Promise<boolean>;
  getChatHistory(where?: InSession): Promise<ChatMessage[]>;
  setChatHistory(messages: ChatMessage[], where?: InSession): Promise<Message>;
  resetChatHistory(where?: InSession): Promise<Message>;
  forkSession(where?: InSession & { sessionId?: string }): Promise<SessionCreated>;
  closeSession(where?: InSession): Promise<Message>;
  /** Any request of the protocol; resolves to its last message. */
  request(type: string, fields?: Record<string, unknown>): Promise<Message>;
  on(type: string, callback: (message: any) => void): Unsubscribe;
  onModelLoaded(callback: (message: ModelLoaded) => void): Unsubscribe;
  onProgress(callback: (message: Progress) => void): Unsubscribe;
  onCompletionChunk(callback: (message: CompletionChunk) => void): Unsubscribe;
  onCompletionDone(callback: (message: CompletionDone) => void): Unsubscribe;
  onError(callback: (message: WorkerError) => void): Unsubscribe;
  onInfo(callback: (message: Message) => void): Unsubscribe;
  cleanup(): Promise<Message>;
  close(): Promise<void>;
}

export declare function connectWebSocket(
  url: string,
  options?: { protocols?: string | string[]; WebSocket?: unknown },
): Promise<Transport>;

/** Node only. Further options are those of `child_process.spawn`. */
export declare function spawnWorker(options?: {
  command?: string;
  args?: string[];
  /** Milliseconds that `close` waits before it kills; default 10000. */
  patience?: number;
  [option: string]: unknown;
}): Promise<Transport & { pid: number; ended: Promise<{ code: number | null; signal: string | null }> }>;

/** Any MessagePort: a browser's, Node's, Electron's. */
export declare function overPort(port: any): Transport;

/** Pass everything between a MessagePort and a transport on. */
export declare function relay(port: any, transport: Transport): void;
