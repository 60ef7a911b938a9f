// What the page may have of Electron: a port to the worker, and the dialog in which a model is chosen.
const { contextBridge, ipcRenderer } = require("electron");

contextBridge.exposeInMainWorld("electron", { chooseModel: () => ipcRenderer.invoke("choose-model") });

// A MessagePort cannot cross the context bridge, so it is passed on to the page as it is.
ipcRenderer.on("llama-port", (event) => window.postMessage("llama-port", "*", event.ports));
