/** Small live charts: tokens per second, time to the first token, memory. */

import { $, make, makeSvg } from "./dom.js";
import { language, onLanguage, size, t } from "./words.js";

const KEPT = 40;

class Chart {
  constructor(key, show) {
    this.key = key;
    this.show = show;
    this.values = [];
    this.line = makeSvg("polyline", { points: "", "vector-effect": "non-scaling-stroke" });
    this.number = make("b", {}, "–");
    this.label = make("span", {}, t(key));
    const svg = makeSvg("svg", { viewBox: "0 0 64 30", preserveAspectRatio: "none", "aria-hidden": "true" });
    svg.append(this.line);
    this.node = make("div", { class: "chart", "data-chart": key }, svg, this.number, this.label);
    onLanguage(() => (this.label.textContent = t(key)));
  }

  add(value) {
    this.values = [...this.values, value].slice(-KEPT);
    this.number.textContent = this.show(value);
    const top = Math.max(...this.values, 1e-9) * 1.1;
    this.line.parentNode.style.visibility = this.values.length > 1 ? "visible" : "hidden";
    const step = 64 / Math.max(this.values.length - 1, 1);
    this.line.setAttribute("points", this.values.map((v, at) => `${at * step},${29 - (v / top) * 28}`).join(" "));
  }
}

const decimal = (value) => value.toLocaleString(language(), { maximumFractionDigits: value < 10 ? 1 : 0 });
const charts = {
  speed: new Chart("speed", decimal),
  firstToken: new Chart("firstToken", (seconds) => `${decimal(seconds * 1000)} ms`),
  memory: new Chart("memory", size),
};
$("#charts").append(...Object.values(charts).map((chart) => chart.node));

export const chart = (key, value) => charts[key].add(value);
