/** The page's words, in English and Brazilian Portuguese. */

const EN = {
  skip: "Skip to the message", newChat: "New chat", search: "Search", language: "Language", conversations: "Conversations",
  conversation: "Conversation", measurements: "Measurements", options: "Options", message: "Message", pause: "Pause",
  resume: "Resume", stop: "Stop", send: "Send", models: "Models", close: "Close", pull: "Pull",
  pullLabel: "Pull a model from Hugging Face or a URL", systemPrompt: "System prompt", done: "Done", cancel: "Cancel",
  useTools: "Offer the model tools: the time, and a calculator", mcpServers: "Tools of MCP servers",
  mayCall: "The model wants to call {name} (server: {source})", allow: "Allow", allowAlways: "Always in this conversation", refuse: "Refuse",
  approvalKeys: "Keys: Y allow, A always, N refuse", asksTool: "Waiting for your permission to call {name}",
  welcome: "What is on your mind?",
  welcomeText: "Everything stays on this machine.", you: "You", assistant: "Assistant", copy: "Copy", copied: "Copied",
  edit: "Edit", regenerate: "Regenerate", save: "Save and ask again", rename: "Rename", delete: "Delete",
  exportMarkdown: "Export as Markdown", exportJson: "Export as JSON", more: "More about {name}", renameTitle: "Rename conversation",
  deleteTitle: "Delete this conversation?", untitled: "Untitled", load: "Load", unload: "Unload", use: "Use",
  loaded: "loaded", loading: "loading", available: "not loaded", stopped: "the engine has stopped; the next message starts it again",
  partial: "partly downloaded", broken: "broken", incomplete: "incomplete", resumePull: "Resume", speed: "tokens/s", firstToken: "first token",
  memory: "memory", answerNow: "Answer now", thinking: "Thinking…", reasoning: "Reasoning", toolCall: "Tool: {name}", reading: "Reading the prompt… {percent}",
  waiting: "Waiting for a free slot…", writing: "Writing…", paused: "Paused.", ended: "Answer complete: {tokens} tokens.", aborted: "Stopped.",
  length: "The answer reached its length limit.", lost: "Connection lost; trying again…", back: "Connected.",
  crashed: "The engine crashed. Send again and it starts anew. ({reason})", failed: "That did not work: {reason}",
  keyTitle: "API key", noModel: "Choose a model", pulled: "{name} is here.", speedOf: "{done} of {total}, {speed}/s",
  weights: "{count} parameters", temperature: "Temperature", maxTokens: "Longest answer", topP: "Top P", topK: "Top K", seed: "Seed", standard: "default",
};

const PT = {
  skip: "Ir para a mensagem", newChat: "Nova conversa", search: "Buscar", language: "Idioma", conversations: "Conversas",
  conversation: "Conversa", measurements: "Medições", options: "Opções", message: "Mensagem", pause: "Pausar",
  resume: "Continuar", stop: "Parar", send: "Enviar", models: "Modelos", close: "Fechar", pull: "Baixar",
  pullLabel: "Baixar um modelo do Hugging Face ou de uma URL", systemPrompt: "Prompt de sistema", done: "Pronto", cancel: "Cancelar",
  useTools: "Oferecer ferramentas ao modelo: a hora e uma calculadora", mcpServers: "Ferramentas de servidores MCP",
  mayCall: "O modelo quer chamar {name} (servidor: {source})", allow: "Permitir", allowAlways: "Sempre nesta conversa", refuse: "Recusar",
  approvalKeys: "Teclas: Y permite, A sempre, N recusa", asksTool: "Aguardando sua permissão para chamar {name}",
  welcome: "No que você está pensando?",
  welcomeText: "Tudo fica nesta máquina.", you: "Você", assistant: "Assistente", copy: "Copiar", copied: "Copiado",
  edit: "Editar", regenerate: "Gerar de novo", save: "Salvar e perguntar de novo", rename: "Renomear", delete: "Excluir",
  exportMarkdown: "Exportar como Markdown", exportJson: "Exportar como JSON", more: "Mais sobre {name}", renameTitle: "Renomear conversa",
  deleteTitle: "Excluir esta conversa?", untitled: "Sem título", load: "Carregar", unload: "Descarregar", use: "Usar",
  loaded: "carregado", loading: "carregando", available: "não carregado", stopped: "o motor parou; a próxima mensagem o inicia de novo",
  partial: "baixado em parte", broken: "com defeito", incomplete: "incompleto", resumePull: "Continuar", speed: "tokens/s", firstToken: "1º token",
  memory: "memória", answerNow: "Responder já", thinking: "Pensando…", reasoning: "Raciocínio", toolCall: "Ferramenta: {name}", reading: "Lendo o prompt… {percent}",
  waiting: "Aguardando uma vaga…", writing: "Escrevendo…", paused: "Em pausa.", ended: "Resposta completa: {tokens} tokens.", aborted: "Parado.",
  length: "A resposta chegou ao limite de tamanho.", lost: "Conexão perdida; tentando de novo…", back: "Conectado.",
  crashed: "O motor caiu. Envie de novo e ele recomeça. ({reason})", failed: "Não funcionou: {reason}",
  keyTitle: "Chave da API", noModel: "Escolha um modelo", pulled: "{name} está aqui.", speedOf: "{done} de {total}, {speed}/s",
  weights: "{count} parâmetros", temperature: "Temperatura", maxTokens: "Tamanho máximo", topP: "Top P", topK: "Top K", seed: "Semente", standard: "padrão",
};

const WORDS = { en: EN, pt: PT };
const listeners = new Set();
let current = localStorage.getItem("language") ?? (navigator.language.startsWith("pt") ? "pt" : "en");

/** The word for `key`, with `{names}` filled in. */
export function t(key, values = {}) {
  return (WORDS[current][key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export const language = () => current;

export function setLanguage(code) {
  current = code in WORDS ? code : "en";
  localStorage.setItem("language", current);
  translate(document);
  for (const listener of listeners) listener();
}

/** Call `listener` when the language changes. */
export function onLanguage(listener) {
  listeners.add(listener);
}

/** Put words where the page's own markup asks for them. */
export function translate(root) {
  document.documentElement.lang = current === "pt" ? "pt-BR" : "en";
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
  for (const node of root.querySelectorAll("[data-t-placeholder]")) node.placeholder = t(node.dataset.tPlaceholder);
}

/** Bytes as people read them. */
export function size(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  let unit = 0;
  while (bytes >= 1000 && unit < 3) (bytes /= 1000), unit++;
  return `${bytes.toLocaleString(language(), { maximumFractionDigits: bytes < 10 && unit ? 1 : 0 })} ${units[unit]}`;
}
