/** The committed table of differences: which lines may differ, and the sentence of the standard that Bulkhead follows there. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Explanation {
  /** `*` stands for any text, here and in `line`. */
  readonly sample: string;
  readonly line: string;
  /** The line must be equal once the manifests say this as well. */
  readonly suppose?: Supposition;
  readonly why: string;
  readonly source: string;
}

/** What netpol-analyzer takes for granted → the change to the manifests' text that makes it so. */
const SUPPOSITIONS = {
  "no pod is on its node's network": [[/("?hostNetwork"?\s*:\s*)true\b/g, "$1false"]],
  "no pod is on a second network": [
    [/k8s\.v1\.cni\.cncf\.io\/networks\b/g, "example.com/networks"],
    [/\bmultus\s*:/g, "other:"],
  ],
  "the network's API group is OVN-Kubernetes's": [[/\bnmstate\.io\/v1\b/g, "k8s.ovn.org/v1"]],
} as const satisfies Readonly<Record<string, readonly (readonly [RegExp, string])[]>>;

export type Supposition = keyof typeof SUPPOSITIONS;

export function supposing(text: string, suppositions: Iterable<Supposition>): string {
  let result = text;
  for (const one of suppositions) {
    for (const [pattern, replacement] of SUPPOSITIONS[one]) result = result.replace(pattern, replacement);
  }
  return result;
}

const TABLE = join(import.meta.dirname, "differences.jsonl");

export function readExplanations(): readonly Explanation[] {
  return readFileSync(TABLE, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Explanation);
}

export function isOfSample({ sample }: Explanation, name: string): boolean {
  return matches(sample, name);
}

export function explainsLine({ line }: Explanation, difference: string): boolean {
  return matches(line, difference);
}

function matches(pattern: string, text: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(text);
}
