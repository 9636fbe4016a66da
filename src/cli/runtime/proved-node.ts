/** What `runtime prove` prints and writes of one node. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { printable } from "../../core/printable.ts";
import type { DetectionProof } from "../../engines/detectors/model.ts";
import { formatProof } from "../../engines/detectors/proof.ts";
import { writeWhole } from "../../engines/files/write.ts";
import type { Proved } from "../../scan/runtime-prove/prove.ts";

export interface ProveCommandOptions {
  readonly alerts: readonly string[];
  readonly listen?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly tokenFile?: string;
  /** Image of the container, or of a cluster's pods. */
  readonly container?: string;
  readonly engine: string;
  readonly cluster: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace: string;
  /** False for --no-keep. */
  readonly keep: boolean;
  readonly node?: string;
  readonly clusterUid?: string;
  readonly timeout: string;
  readonly record?: string;
  readonly format: string;
}

/** Into a directory by the node's name. */
export function writeProof(place: string, proof: DetectionProof): void {
  const isDirectory = place.endsWith("/") || statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
  const name = `${proof.node.replace(/[^A-Za-z0-9.-]/g, "_")}.json`;
  writeWhole(isDirectory ? join(place, name) : place, formatProof(proof), { mode: 0o644 });
}

export function exitCodeOf(proved: Proved): number {
  if (proved.kind === "undecided") return 3;
  return proved.proof.outcome === "alerted" ? 0 : 1;
}

/** Lines about one node. */
export function textOf(proved: Proved, node: string): string {
  if (proved.kind === "undecided") return lines([`? ${node}: not found out: ${proved.reason}`]);
  const { event, looked, alert, lost } = proved.proof;
  if (alert === undefined) {
    return lines([
      `✗ ${node}: no alert`,
      `  event  ${event}`,
      `  looked for its alert in ${looked.join(", ")}`,
      ...(proved.seen.length === 0
        ? []
        : [`  seen as ${proved.seen.join(", ")}: no rule of the detector alerts on it (docs/runtime-prove.md)`]),
      ...lossLine(lost),
    ]);
  }
  return lines([
    `✓ ${node}: ${alert.detector} alerted: ${alert.rule}`,
    `  event  ${event}`,
    `  alert  ${alert.text}`,
    ...lossLine(lost),
  ]);
}

function lossLine(lost: number): string[] {
  return lost === 0 ? [] : [`  ${lost} events were lost meanwhile, as the detector says`];
}

function lines(each: readonly string[]): string {
  return `${each.map(printable).join("\n")}\n`;
}

export function jsonOf(proved: Proved, node: string): string {
  return proved.kind === "recorded"
    ? formatProof(proved.proof)
    : `${JSON.stringify({ node, outcome: "undecided", reason: proved.reason })}\n`;
}
