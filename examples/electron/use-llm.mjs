// A React hook: const { ready, progress, text, generating, error, ask, abort } = useLLM("builtin");
import { useCallback, useEffect, useRef, useState } from "react";
import { connectLLM } from "./connect.mjs";

export function useLLM(modelPath, { systemPrompt } = {}) {
  const llama = useRef(null);
  const [state, setState] = useState({ ready: false, progress: 0, text: "", generating: false, error: null });
  const change = useCallback((changes) => setState((before) => ({ ...before, ...changes })), []);

  useEffect(() => {
    let gone = false;
    (async () => {
      llama.current = await connectLLM();
      const loading = llama.current.loadModel(modelPath);
      for await (const progress of loading) change({ progress });
      await llama.current.createContext();
      await llama.current.initializeSession({ systemPrompt });
      if (!gone) change({ ready: true });
    })().catch((error) => change({ error }));
    return () => {
      gone = true;
      llama.current?.close();
    };
  }, [modelPath, systemPrompt, change]);

  const ask = useCallback(
    async (question, options) => {
      change({ text: "", generating: true, error: null });
      try {
        let text = "";
        for await (const piece of llama.current.prompt(question, options)) change({ text: (text += piece) });
      } catch (error) {
        change({ error });
      } finally {
        change({ generating: false });
      }
    },
    [change],
  );
  const abort = useCallback(() => llama.current?.abort(), []);
  return { ...state, ask, abort };
}
