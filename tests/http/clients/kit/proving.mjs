// What the npm clients' scripts share.
export const URL = process.env.LLAMA_WORKER_URL;
export const KEY = process.env.OPENAI_API_KEY;
export const PHOTO = process.env.LLAMA_WORKER_PHOTO; // a PNG file in base64
export const HELLO = "Hello!";
export const WEATHER = "What is the weather in Lisbon?";
export const ANA = "Extract the person as JSON: Ana is 31 years old.";
export const TOO_LONG = "word ".repeat(9000);
const PATIENCE_SECONDS = 15; // the slow model needs longer for what the scripts leave in the middle

export function proved(...abilities) {
  for (const ability of abilities) console.log(`proved: ${ability}`);
}

const counts = async () => (await fetch(`${URL}/-/counts`)).json();

/** How often the server was asked for something by POST. */
export const asked = async () => (await counts()).posts;

/** Wait until the engine has stopped. */
export async function untilIdle() {
  const until = Date.now() + PATIENCE_SECONDS * 1000;
  while ((await counts()).running) {
    if (Date.now() > until) throw new Error("The engine goes on.");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
