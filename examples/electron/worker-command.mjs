// How the worker is started: the one that was packed with the app, else the one that is installed.
import { join } from "node:path";

const PROGRAM = process.platform === "win32" ? "llama-worker.exe" : "llama-worker";

/**
 * What `spawnWorker` takes. `resources` is the folder of electron-builder's `extraResources`. `patience` are milliseconds
 * that an answer may still take when its window is gone.
 */
export function workerCommand({ packed, resources }) {
  const command = packed ? join(resources, "llama-worker", PROGRAM) : PROGRAM;
  return { command, args: ["stdio"], patience: 1000 };
}
