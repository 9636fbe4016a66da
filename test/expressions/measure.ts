/**
 * `node test/expressions/measure.ts LENGTH`: runs every expression over each of its attacks, at most LENGTH characters
 * long and no longer than its input's bound, and prints a line of JSON for each expression. Says on the way which one it
 * is at: who started it ends it where it does not go on. WRITTEN may name a file of JSON with what `writtenExpressions` finds, which
 * takes seconds of processor time.
 */
import { readFileSync } from "node:fs";
import { attacksOn, textOf } from "./attacks.ts";
import { type FoundExpression, ruleExpressions, writtenExpressions } from "./found.ts";

export interface Measured {
  readonly place: string;
  readonly source: string;
  /** Characters of the longest text. */
  readonly length: number;
  /** The longest time, milliseconds. */
  readonly worst: number;
  readonly attacks: number;
}

const most = Number(process.argv[2]);
const only = process.argv[3];
const { WRITTEN } = process.env;
const written =
  WRITTEN === undefined ? writtenExpressions() : (JSON.parse(readFileSync(WRITTEN, "utf8")) as FoundExpression[]);
for (const { place, source, flags, bound } of [...written, ...ruleExpressions()]) {
  if (only !== undefined && !place.includes(only)) continue;
  const length = Math.min(bound, most);
  const expression = new RegExp(source, flags.replace("g", ""));
  const attacks = attacksOn(source, flags);
  process.stdout.write(`${JSON.stringify({ place })}\n`);
  let worst = 0;
  for (const attack of attacks) {
    const text = textOf(attack, length);
    let took = time(expression, text);
    // Another program had the processor, or it was compiled: it is what it takes at best.
    if (took > 20) took = Math.min(took, time(expression, text));
    worst = Math.max(worst, took);
  }
  const measured: Measured = { place, source, length, worst: Math.round(worst * 100) / 100, attacks: attacks.length };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
}

function time(expression: RegExp, text: string): number {
  expression.lastIndex = 0;
  const began = performance.now();
  expression.test(text);
  return performance.now() - began;
}
