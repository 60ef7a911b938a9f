// Electron's main process: one worker, one MessagePort for each window.
import { BrowserWindow, MessageChannelMain, app } from "electron";
import { fileURLToPath } from "node:url";
import { relay, spawnWorker } from "../../clients/javascript/llama-worker.js";

async function openWindow() {
  const preload = fileURLToPath(new URL("preload.cjs", import.meta.url));
  const window = new BrowserWindow({ webPreferences: { preload } });
  await window.loadFile(fileURLToPath(new URL("index.html", import.meta.url)));

  const { port1, port2 } = new MessageChannelMain();
  relay(port1, await spawnWorker()); // the worker ends with the window
  window.webContents.postMessage("llama-port", null, [port2]);
}

app.whenReady().then(openWindow);
