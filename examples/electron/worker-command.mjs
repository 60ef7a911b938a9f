// How the worker is started: the one that was packed with the app, else the one that is installed.
import { join } from "node:path";

const PROGRAM = process.platform === "win32" ? "llama-worker.exe" : "llama-worker";

/** What `spawnWorker` takes. `resources` is the folder of electron-builder's `extraResources`. */
export function workerCommand({ packed, resources }) {
  const command = packed ? join(resources, "llama-worker", PROGRAM) : PROGRAM;
  return { command, args: ["stdio"] };
}
