/**
 * Carries the protocol's messages over a WebSocket that may break: the server keeps what it says for a minute, and
 * says it again from where we were. A reload of the page is such a break too.
 */

const READY = "LlamaWorker is initialized and ready to receive commands";
const NAMING = new Set(["abort", "pause", "resume", "answer_now"]); // their `requestId` is another request's id
const LONGEST_PAUSE = 5000;

export class ResumableTransport {
  /** `onState("open" | "lost")`; `onStray(message)` gets the answers to requests of the page before its reload. */
  constructor({ onState, onStray }) {
    this._onState = onState;
    this._onStray = onStray;
    this._life = Math.random().toString(36).slice(2, 8);
    // Only a reload goes on with the room it had: a copied tab must not take another's.
    this.reloaded = performance.getEntriesByType("navigation")[0]?.type === "reload" && sessionStorage.getItem("port") !== null;
    this._session = this.reloaded ? sessionStorage.getItem("port") : makeId();
    sessionStorage.setItem("port", this._session);
    this._unsent = [];
    this._pause = 250;
    this._seen = this.reloaded ? Number(sessionStorage.getItem("seen")) : 0;
  }

  /** Connect; after a reload `from` is the number of the first message to hear again. */
  connect(from = this._seen) {
    this._seen = from;
    this._open();
  }

  /** The number of the next message: from here on one must listen again after a reload. */
  get position() {
    return this._seen;
  }

  /** The id by which a request is known after a reload. */
  lastingId(id) {
    return `${this._life}:${id}`;
  }

  send(message) {
    const named = NAMING.has(message.type) && message.requestId !== undefined ? { requestId: this.lastingId(message.requestId) } : {};
    const text = JSON.stringify({ ...message, ...named, id: this.lastingId(message.id) });
    if (this._socket?.readyState === WebSocket.OPEN) this._socket.send(text);
    else this._unsent.push(text);
  }

  onMessage(callback) {
    this._onMessage = callback;
  }

  onClose(callback) {
    this._onClose = callback;
  }

  async close() {
    this._closed = true;
    this._socket?.close();
  }

  _open() {
    const address = new URL(`ws?session=${this._session}&from=${this._seen}`, location.href.replace(/^http/, "ws"));
    const socket = (this._socket = new WebSocket(address));
    socket.onopen = () => {
      this._pause = 250;
      for (const text of this._unsent.splice(0)) socket.send(text);
      this._onState("open");
    };
    socket.onmessage = (event) => this._take(JSON.parse(event.data));
    socket.onclose = () => this._lose();
  }

  _lose() {
    if (this._closed) return;
    this._onState("lost");
    setTimeout(() => this._open(), this._pause);
    this._pause = Math.min(this._pause * 2, LONGEST_PAUSE);
  }

  _take(message) {
    if (message.type === "info" && message.message === READY && this._seen) this._forgotten();
    sessionStorage.setItem("seen", String(++this._seen));
    const [life, id] = splitId(message.id);
    if (id === undefined || life === this._life) this._onMessage({ ...message, id });
    else this._onStray(message);
  }

  /** The server has no memory of us: what was asked is lost, and numbers begin anew. */
  _forgotten() {
    this._seen = 0;
    this._life = Math.random().toString(36).slice(2, 8);
    this._onState("forgotten");
  }
}

export function makeId() {
  // crypto.randomUUID is for secure origins only, and a LAN address is none.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function splitId(id) {
  if (typeof id !== "string" || !id.includes(":")) return [undefined, undefined];
  const cut = id.indexOf(":");
  return [id.slice(0, cut), id.slice(cut + 1)];
}
