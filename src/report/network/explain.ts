/** `network explain`: each stage, every rule that decides in it, and what to change. */
import { printable } from "../../core/printable.ts";
import type { RenderOptions } from "../options.ts";
import { hanging, type Page, pageOf } from "../page.ts";
import type { ExplainView, PairView } from "./explain-view.ts";
import { stageLines } from "./stage-lines.ts";

const NAMED = 3;

/** Ends with a line break. */
export function renderExplain(view: ExplainView, options: RenderOptions): string {
  const page = pageOf(options);
  const out: string[] = [];
  for (const text of view.meaning) out.push(...hanging(page, text, 0, "  "));
  if (view.meaning.length > 0) out.push("");
  for (const [index, pair] of view.pairs.entries()) {
    if (index > 0) out.push("");
    out.push(...pairLines(pair, view, page));
  }
  if (view.left > 0) out.push("", `… ${view.left} more pairs (name one workload, or use network map)`);
  if (view.notes.length > 0) out.push("");
  for (const note of view.notes) out.push(...hanging(page, note, 0, "  "));
  return `${out.join("\n")}\n`;
}

/** One object, as the text has it; ends with a line break. */
export function renderExplainJson(view: ExplainView): string {
  const ports = (key: string, value: unknown) =>
    key !== "text" && typeof value === "object" && value !== null && "intervals" in value ? value.intervals : value;
  return `${JSON.stringify({ schema: "bulkhead-network-explain-v1", ...view }, ports, 2)}\n`;
}

function pairLines(pair: PairView, { enforced }: ExplainView, page: Page): string[] {
  const { bold, green, red, yellow } = page.colors;
  const asked = pair.ports.text === "all ports" ? "" : `:${shortPorts(pair)}`;
  const title = printable(`${listed(pair.from)} → ${listed(pair.to)}${asked}`);
  const word = {
    allowed: green("✓ ALLOWED"),
    denied: red("✗ DENIED"),
    unknown: yellow("? UNKNOWN"),
    mixed: yellow("· DEPENDS ON THE PORT"),
  }[pair.verdict];
  const out = [`${bold(title)}   ${word}`];
  if (pair.verdict === "mixed") {
    for (const kind of ["allowed", "unknown", "denied"] as const) {
      const { text, intervals } = pair[kind];
      if (intervals.length > 0) out.push(...hanging(page, `${kind}: ${text}`, 2, "  "));
    }
  }
  out.push("", ...stageLines(pair.stages, page, 2));
  if (pair.denied.intervals.length > 0 && enforced !== "yes") {
    const text =
      enforced === "no"
        ? "✗ the CNI enforces no policies: what is denied here is open in truth"
        : "? whether the cluster enforces policies is unknown: use --cni NAME, or --policy with cluster.cni";
    out.push("", ...hanging(page, text, 2, "  "));
  }
  if (pair.advice.length > 0) out.push("");
  for (const { text, snippet = [] } of pair.advice) {
    out.push(...hanging(page, text, 0, "  "), ...snippet.map((line) => `    ${printable(line)}`));
  }
  return out;
}

/** `8080/TCP`, as it was asked; of several the sets. */
function shortPorts({ ports }: PairView): string {
  const [only, more] = ports.intervals;
  if (only === undefined || more !== undefined) return ports.text;
  return `${only.first === only.last ? only.first : `${only.first}-${only.last}`}/${only.protocol}`;
}

function listed(names: readonly string[]): string {
  return names.length <= NAMED
    ? names.join(", ")
    : `${names.slice(0, NAMED - 1).join(", ")} and ${names.length - NAMED + 1} more`;
}
