/**
 * Suite `event-fields`: every field of every event of public captures, beside what Falco's own library shows of it. A
 * difference that is meant stands in event-fields/differences.ts with its reason; any other fails.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { explained } from "./event-fields/differences.ts";
import { madeCapture } from "./event-fields/made.ts";
import { comparedFields, shownByUs } from "./event-fields/ours.ts";
import { type ShownCapture, type ShownEvent, shownByPeer } from "./event-fields/peer.ts";
import { buildLibsinsp } from "./libsinsp.ts";
import type { Case, Suite } from "./suite.ts";

const ARCHIVES = "falco";

export const eventFields: Suite = {
  about: "fields of captures' events, beside what Falco's own library shows",
  needs: [],
  async *cases({ data, temporary }) {
    const folder = unpacked(data, temporary);
    const captures = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
      path.endsWith(".scap"),
    );
    if (captures.length === 0) throw new Error(`no captures (*.scap) below ${folder}`);
    const program = buildLibsinsp(join(import.meta.dirname, "event-fields/libsinsp.cpp"), temporary);
    for (const path of captures.sort()) yield* ofCapture(program, join(folder, path));
    const made = join(temporary, "made.scap");
    writeFileSync(made, madeCapture());
    yield* ofCapture(program, made);
  },
};

/** The folder itself where it holds captures; else what its archives hold. */
function unpacked(data: string, temporary: string): string {
  const archives = existsSync(join(data, ARCHIVES)) ? join(data, ARCHIVES) : data;
  const packed = readdirSync(archives).filter((name) => /^falco-regression.*[.]tar[.]zst$/.test(name));
  for (const name of packed) execFileSync("tar", ["--zstd", "-xf", join(archives, name), "-C", temporary]);
  return packed.length === 0 ? data : temporary;
}

function* ofCapture(program: string, capture: string): Generator<Case> {
  const fields = comparedFields();
  const theirs = shownByPeer(program, capture, fields);
  const ours = shownByUs(capture, theirs.fields);
  const name = basename(capture);
  yield {
    name: `${name}: the same events`,
    run: () => assert.deepEqual(ours.events.map(keyOf), theirs.events.map(keyOf)),
  };
  for (const field of theirs.fields) yield { name: `${name}: ${field}`, run: () => compare(field, ours, theirs) };
}

function keyOf({ key }: ShownEvent): string {
  return key;
}

function compare(field: string, ours: ShownCapture, theirs: ShownCapture): void {
  const byKey = new Map(ours.events.map((event) => [event.key, event]));
  const differences: string[] = [];
  for (const { key, values } of theirs.events) {
    const event = byKey.get(key);
    if (event === undefined) continue;
    const ourValue = event.values.get(field) ?? "";
    const theirValue = values.get(field) ?? "";
    if (ourValue === theirValue || explained(field, ourValue, theirValue, values) !== undefined) continue;
    differences.push(`${key}: ours ${JSON.stringify(ourValue)}, libsinsp's ${JSON.stringify(theirValue)}`);
  }
  if (differences.length > 0) throw new assert.AssertionError({ message: differences.slice(0, 5).join("\n") });
}
