// The page's end: a LlamaWorker over the port that the preload passes on.
import { LlamaWorker, overPort } from "./node_modules/llama-worker/llama-worker.js";

export function connectLLM(page = window) {
  return new Promise((resolve) => {
    page.addEventListener("message", function take(event) {
      if (event.data !== "llama-port") return;
      page.removeEventListener("message", take);
      resolve(new LlamaWorker(overPort(event.ports[0])));
    });
  });
}
