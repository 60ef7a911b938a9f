// Electron's main process: a worker for each window, which ends with it.
import { BrowserWindow, MessageChannelMain, app, dialog, ipcMain } from "electron";
import { fileURLToPath } from "node:url";
import { relay, spawnWorker } from "llama-worker";
import { workerCommand } from "./worker-command.mjs";

const at = (name) => fileURLToPath(new URL(name, import.meta.url));
const [model = "builtin"] = process.argv.slice(app.isPackaged ? 1 : 2).filter((one) => !one.startsWith("-"));

async function openWindow() {
  const window = new BrowserWindow({ width: 800, height: 560, webPreferences: { preload: at("preload.cjs") } });
  await window.loadFile(at("index.html"), { query: { model } });

  const { port1, port2 } = new MessageChannelMain();
  const worker = await spawnWorker(workerCommand({ packed: app.isPackaged, resources: process.resourcesPath }));
  relay(port1, worker); // when the window is gone its port closes, and that ends the worker
  window.webContents.postMessage("llama-port", null, [port2]);
}

ipcMain.handle("choose-model", async (event) => {
  const window = BrowserWindow.fromWebContents(event.sender);
  const filters = [{ name: "Models", extensions: ["gguf"] }];
  const chosen = window && (await dialog.showOpenDialog(window, { filters, properties: ["openFile"] }));
  return chosen?.filePaths[0];
});

app
  .whenReady()
  .then(openWindow)
  .catch((error) => {
    dialog.showErrorBox("The worker cannot be started", `${error.message}\n\nIs it installed? pip install llama-worker`);
    app.exit(1);
  });
