/** The server's own routes: models, conversations, the key. */

export class ServerError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** One request; gives the decoded answer, throws `ServerError`. */
async function call(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const value = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new ServerError(answer.status, value.error?.message ?? answer.statusText);
  return value;
}

const one = (id) => `conversations/${encodeURIComponent(id)}`;

export const listModels = async () => (await call("GET", "v1/models")).data;
export const serverStatus = () => call("GET", "models/status");
export const keyNeeded = async () => (await call("GET", "login")).needed;
export const showKey = (key) => call("POST", "login", { key });
export const listConversations = async (search = "") =>
  (await call("GET", `conversations?search=${encodeURIComponent(search)}`)).data;
export const getConversation = (id) => call("GET", one(id));
export const putConversation = (id, value) => call("PUT", one(id), value);
export const deleteConversation = (id) => call("DELETE", one(id));
export const loadModel = (model) => call("POST", "models/load", { model });
export const unloadModel = (model) => call("POST", "models/unload", { model });
