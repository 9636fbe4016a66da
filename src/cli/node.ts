/** `bulkhead check --node`: what watches this machine. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { readProofs } from "../collect/runtime/proofs/proof-files.ts";
import { EvaluationList } from "../core/evaluations.ts";
import { scanNode } from "../scan/node.ts";
import type { Evaluated, EvaluationContext } from "./evaluation.ts";

export interface NodeOptions {
  readonly root: string;
  readonly host?: string;
  readonly proofs: readonly string[];
}

export async function checkNode(judging: EvaluationContext, options: NodeOptions): Promise<Evaluated> {
  const host = options.host ?? hostOf(options.root);
  const proofs = readProofs(options.proofs);
  return {
    subject: host,
    evaluations: new EvaluationList(await scanNode({ root: options.root, host, proofs }, judging)),
    notes: ["only what watches this machine was looked at: its files are `bulkhead image scan dir:/`"],
  };
}

/** A root that is mounted has a name of its own. */
function hostOf(root: string): string {
  if (root === "/") return hostname();
  try {
    return readFileSync(join(root, "etc/hostname"), "utf8").trim().slice(0, 253) || hostname();
  } catch {
    return hostname();
  }
}
