// A MessagePort cannot cross the context bridge, so it is passed on to the page as it is.
const { ipcRenderer } = require("electron");

ipcRenderer.on("llama-port", (event) => window.postMessage("llama-port", "*", event.ports));
