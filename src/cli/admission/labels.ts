/** `--namespace-labels [NAMESPACE:]KEY=VALUE[,KEY=VALUE…]`: what the labels of namespaces would be. */
import { usageProblem } from "../../core/problem.ts";

/** @param unnamed - the namespace of what names none */
export function namespaceLabels(
  written: readonly string[],
  unnamed: string,
): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const all = new Map<string, Readonly<Record<string, string>>>();
  for (const text of written) {
    const colon = text.indexOf(":");
    const namespace = colon < 0 ? unnamed : text.slice(0, colon);
    const pairs = text.slice(colon + 1).split(",");
    const labels = pairs.filter((pair) => pair !== "").map((pair) => labelOf(pair, text));
    if (!/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) {
      throw usageProblem(`--namespace-labels ${text}`, `${JSON.stringify(namespace)} is not a namespace name`, EXAMPLE);
    }
    all.set(namespace, { ...all.get(namespace), ...Object.fromEntries(labels) });
  }
  return all;
}

const EXAMPLE = "shop:team=storefront,tier=frontend";

function labelOf(pair: string, text: string): [string, string] {
  const equals = pair.indexOf("=");
  if (equals > 0) return [pair.slice(0, equals), pair.slice(equals + 1)];
  throw usageProblem(`--namespace-labels ${text}`, `${JSON.stringify(pair)} is not KEY=VALUE`, EXAMPLE);
}
