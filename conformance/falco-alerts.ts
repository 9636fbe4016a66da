/**
 * Suite `falco-alerts`: each public rule of Falco, on or off, over public captures and one of our own making: the events that it
 * matches here, beside those that Falco's own library matches with the same condition. A difference that is meant stands in
 * falco-alerts/differences.ts with its reason; any other fails.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readRulesData } from "../bench/rules/data.ts";
import type { CollectedRule } from "../src/engines/events/falco/model.ts";
import { explained } from "./falco-alerts/differences.ts";
import { madeCapture } from "./falco-alerts/made.ts";
import { loadEnabled, matchedByUs } from "./falco-alerts/ours.ts";
import { matchedByPeer, peerParameters } from "./falco-alerts/peer.ts";
import { buildLibsinsp } from "./libsinsp.ts";
import type { Case, Suite } from "./suite.ts";

/** Rules that the capture of our own makes fire at least. */
const LEAST_FIRED = 60;

export const falcoAlerts: Suite = {
  about: "events that Falco's public rules match, beside what Falco's own library matches",
  needs: [],
  async *cases({ data, temporary }) {
    const { rules: files, captures } = readRulesData(data, temporary);
    if (captures.length === 0) throw new Error(`no captures (*.scap) in ${data}`);
    const rules = loadEnabled(files);
    const program = buildLibsinsp(join(import.meta.dirname, "falco-alerts/libsinsp.cpp"), temporary);
    for (const capture of captures) yield* ofCapture(program, capture, rules, temporary);
    const made = join(temporary, "made.scap");
    writeFileSync(made, madeCapture(peerParameters(program)));
    const fired = yield* ofCapture(program, made, rules, temporary);
    yield {
      name: `${basename(made)}: at least ${LEAST_FIRED} of ${rules.length} rules fire`,
      run: () => assert.ok(fired >= LEAST_FIRED, `${fired} fire`),
    };
  },
};

/** @returns how many rules match something, here and there */
function* ofCapture(
  program: string,
  capture: string,
  rules: readonly CollectedRule[],
  temporary: string,
): Generator<Case, number> {
  const { refused, matched } = matchedByPeer(program, capture, rules, temporary);
  const ours = matchedByUs(capture, rules);
  let fired = 0;
  for (const { name } of rules) {
    if (refused.has(name)) continue;
    const here = ours.get(name) ?? [];
    const there = matched.get(name) ?? [];
    if (here.length > 0 && there.length > 0) fired += 1;
    yield { name: `${basename(capture)}: ${name}`, run: () => compare(name, here, there) };
  }
  const count = [...ours.values()].reduce((sum, events) => sum + events.length, 0);
  process.stdout.write(`${basename(capture)}: ${fired} rules fire, ${count} matches; without ${refused.size} rules that libsinsp does not take\n`);
  return fired;
}

function compare(rule: string, here: readonly string[], there: readonly string[]): void {
  const unexplained = [
    ...without(here, there).map((event) => ({ event, side: "ours" as const })),
    ...without(there, here).map((event) => ({ event, side: "theirs" as const })),
  ].filter(({ event, side }) => explained(rule, event, side) === undefined);
  assert.deepEqual(unexplained.map(({ event, side }) => `${side} alone: ${event}`), []);
}

function without(events: readonly string[], others: readonly string[]): readonly string[] {
  const there = new Set(others);
  return events.filter((event) => !there.has(event));
}
