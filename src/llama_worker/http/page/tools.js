/** Tools that the page can offer a model: they run here, in the page. */

export const functions = {
  get_time: {
    description: "Get the current date and time",
    params: { type: "object", properties: {} },
    handler: () => new Date().toString(),
  },
  calculate: {
    description: "Calculate with + - * / ( )",
    params: { type: "object", properties: { expression: { type: "string" } }, required: ["expression"] },
    handler: ({ expression }) => calculate(expression),
  },
};

/** The value of an arithmetic expression; only numbers, + - * / and parentheses mean anything. */
export function calculate(expression) {
  const tokens = String(expression).match(/\d+(\.\d+)?|\.\d+|[-+*/()]|\S/g) ?? [];
  const value = sum(tokens);
  if (tokens.length) throw new Error(`unexpected ${tokens[0]}`);
  return value;
}

function sum(tokens) {
  let value = product(tokens);
  while (tokens[0] === "+" || tokens[0] === "-") value = tokens.shift() === "+" ? value + product(tokens) : value - product(tokens);
  return value;
}

function product(tokens) {
  let value = factor(tokens);
  while (tokens[0] === "*" || tokens[0] === "/") value = tokens.shift() === "*" ? value * factor(tokens) : value / factor(tokens);
  return value;
}

function factor(tokens) {
  const token = tokens.shift();
  if (token === "-") return -factor(tokens);
  if (token === "(") {
    const value = sum(tokens);
    if (tokens.shift() !== ")") throw new Error("a parenthesis is not closed");
    return value;
  }
  if (token === undefined || Number.isNaN(Number(token))) throw new Error(`unexpected ${token ?? "end"}`);
  return Number(token);
}
