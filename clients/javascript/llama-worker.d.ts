/** Client of a llama-worker: a local LLM behind a small message protocol, whose own types are in protocol.d.ts. */
import type * as protocol from "./protocol.js";
import type {
  ChatMessage,
  CompletionChunk,
  CompletionDone,
  ContextCreated,
  ContextOptions,
  DownloadComplete,
  DownloadErrorMessage,
  DownloadProgress,
  EndOf,
  ErrorMessage,
  FieldsOf,
  Incoming,
  Info,
  LlamaOptions,
  Methods,
  ModelLoaded,
  ModelOptions,
  ModelPath,
  Outgoing,
  ProgressMessage,
  Requests,
  Usage,
} from "./protocol.js";

export * from "./protocol.js";

export type Message = Incoming | Outgoing;
export type Progress = ProgressMessage | DownloadProgress;
export type Stats = Usage;
export type WorkerError = ErrorMessage | DownloadErrorMessage;

/** A function that the model may call. */
export interface FunctionDefinition {
  description?: string;
  /** JSON schema of an object. */
  params?: Record<string, unknown>;
  /** Without one the answer ends with the call (`finishReason` "tool_calls"). */
  handler?: (parameters: any) => unknown;
}

/** A call of a tool that one of the worker's MCP servers has: `source` is the server's name. */
export interface Approvable {
  name: string;
  arguments: any;
  source: string;
}

/** How one text is generated. */
export interface TextOptions extends protocol.PromptOptions {
  /** Aborts the generation. */
  signal?: AbortSignal;
}

/** How one answer is generated; it may call functions. */
export interface PromptOptions extends TextOptions {
  functions?: Record<string, FunctionDefinition>;
  /** Asked before a tool of the worker's MCP servers is called (`mcp: true`) that is not allowed already; only true lets it. */
  approve?: (call: Approvable) => boolean | Promise<boolean>;
}

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
  answerNow(): Promise<boolean>;
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

/** The fields of a request; they may be left out where it needs none. */
type Fields<Type extends keyof Requests> =
  {} extends FieldsOf<Type> ? [fields?: FieldsOf<Type>] : [fields: FieldsOf<Type>];

export interface LlamaWorker extends Methods {}

export declare class LlamaWorker implements LlamaAPI {
  constructor(transport: Transport);
  /** Any request of the protocol; resolves to its last message. */
  request<Type extends keyof Requests>(type: Type, ...fields: Fields<Type>): Promise<EndOf<Type>>;
  on<Type extends Outgoing["type"]>(
    type: Type,
    callback: (message: Extract<Outgoing, { type: Type }>) => void,
  ): Unsubscribe;
  onModelLoaded(callback: (message: ModelLoaded) => void): Unsubscribe;
  onProgress(callback: (message: Progress) => void): Unsubscribe;
  onCompletionChunk(callback: (message: CompletionChunk) => void): Unsubscribe;
  onCompletionDone(callback: (message: CompletionDone) => void): Unsubscribe;
  onError(callback: (message: WorkerError) => void): Unsubscribe;
  onInfo(callback: (message: Info) => void): Unsubscribe;
  close(): Promise<void>;
}

export declare function connectWebSocket(
  url: string,
  options?: { protocols?: string | string[]; WebSocket?: unknown },
): Promise<Transport>;

/** How the process is started; what is not said here is what `child_process.spawn` says. */
export interface SpawnOptions {
  command?: string;
  args?: string[];
  /** Milliseconds that `close` waits before it kills; default 10000. */
  patience?: number;
  cwd?: string | URL;
  env?: Record<string, string | undefined>;
  argv0?: string;
  stdio?: ["pipe", "pipe", "pipe" | "inherit" | "ignore" | number];
  detached?: boolean;
  uid?: number;
  gid?: number;
  shell?: boolean | string;
  signal?: AbortSignal;
  windowsHide?: boolean;
}

/** Node only. */
export declare function spawnWorker(
  options?: SpawnOptions,
): Promise<Transport & { pid: number; ended: Promise<{ code: number | null; signal: string | null }> }>;

/** Any MessagePort: a browser's, Node's, Electron's. */
export declare function overPort(port: any): Transport;

/** Pass everything between a MessagePort and a transport on. */
export declare function relay(port: any, transport: Transport): void;
