/** The ranges of a prompt's numbers; made by `python -m generators`, do not edit. */

export const LIMITS = {
  maxTokens: { min: 0, max: 2147483647, step: 1 },
  temperature: { min: 0, max: 1000, step: "any" },
  topP: { min: 0, max: 1, step: "any" },
  topK: { min: 0, max: 2147483647, step: 1 },
  minP: { min: 0, max: 1, step: "any" },
  typicalP: { min: 0, max: 1, step: "any" },
  topNSigma: { min: 0, max: 1000, step: "any" },
  seed: { min: 0, max: 4294967294, step: 1 },
  logprobs: { min: 1, max: 20, step: 1 },
  maxFunctionRounds: { min: 1, max: 2147483647, step: 1 },
  maxParallelFunctionCalls: { min: 1, max: 2147483647, step: 1 },
  functionTimeout: { min: 0, step: "any" },
  reasoningBudget: { min: 0, max: 2147483647, step: 1 },
  evaluationPriority: { min: 1, max: 5, step: 1 },
};
