/** Falco's own library: which events of a capture each rule matches. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { conditionText } from "../../bench/rules/condition-text.ts";
import type { CollectedRule } from "../../src/engines/events/falco/model.ts";

export interface PeerMatches {
  /** Names of rules that it does not take, each with why. */
  readonly refused: ReadonlyMap<string, string>;
  /** Events that each rule matched, in their order: seconds, nanoseconds, thread and name. */
  readonly matched: ReadonlyMap<string, readonly string[]>;
}

/** @throws Error where it cannot read the capture */
export function matchedByPeer(
  program: string,
  capture: string,
  rules: readonly CollectedRule[],
  folder: string,
): PeerMatches {
  const conditions = join(folder, "conditions.txt");
  writeFileSync(conditions, rules.map(({ condition }) => `${conditionText(condition)}\n`).join(""), "latin1");
  const refused = new Map<string, string>();
  const matched = new Map<string, string[]>(rules.map(({ name }) => [name, []]));
  for (const line of run(program, [capture, conditions]).split("\n").slice(0, -1)) {
    const [first = "", second = "", ...rest] = line.split("\t");
    if (first === "refused") refused.set(rules[Number(second)]?.name ?? "", rest.join(" "));
    else matched.get(rules[Number(first)]?.name ?? "")?.push(`${second}.${rest.join(" ")}`);
  }
  return { refused, matched };
}

/** Parameters that it knows of each type of event, by code: a capture with more of them it does not take. */
export function peerParameters(program: string): readonly number[] {
  return JSON.parse(run(program, ["parameters"])) as readonly number[];
}

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: "latin1",
    maxBuffer: 256 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`libsinsp: ${stderr ?? String(error)}`);
  return stdout;
}
