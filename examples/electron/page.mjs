// The page: a chat, with a Stop button while an answer comes.
import { connectLLM } from "./connect.mjs";

const at = (id) => document.getElementById(id);
const llama = await connectLLM();
let answer = null; // the one that is on its way
let name = null; // of the model that answers

function say(kind, text = "") {
  const line = Object.assign(document.createElement("p"), { className: kind, textContent: text });
  at("log").append(line);
  line.scrollIntoView();
  return line;
}

/** A file that is no model is a red line, and the model before goes on answering. */
async function load(path) {
  at("send").disabled = at("choose").disabled = true;
  try {
    const loading = llama.loadModel(path);
    for await (const progress of loading) at("model").textContent = `Loading ${path}: ${Math.round(100 * progress)} %`;
    name = (await loading).modelInfo.name;
    await llama.createContext();
    await llama.initializeSession({ systemPrompt: "You are helpful." });
  } catch (error) {
    say("error", `${error.message} (${error.code})`);
  }
  at("model").textContent = name ?? "No model: open one";
  at("send").disabled = name === null;
  at("choose").disabled = false;
}

async function ask(question) {
  say("user", question);
  const line = say("assistant");
  at("send").textContent = "Stop";
  answer = llama.prompt(question);
  try {
    for await (const text of answer) line.append(text);
    if ((await answer).finishReason === "abort") line.classList.add("stopped");
  } catch (error) {
    say("error", `${error.message} (${error.code})`); // of this answer: the next question is answered
  }
  answer = null;
  at("send").textContent = "Send";
}

at("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (answer) return answer.abort(); // the engine stops, and what was said stays in the conversation
  const question = at("question").value.trim();
  if (!question || at("send").disabled) return;
  at("question").value = "";
  ask(question);
});

at("choose").addEventListener("click", async () => {
  const path = await window.electron.chooseModel();
  if (path) load(path);
});

load(new URLSearchParams(location.search).get("model") ?? "builtin");
