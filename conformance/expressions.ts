/** Every expression of src/ on its own worst texts, as long as its input may be: none takes over a second. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Measured } from "../test/expressions/measure.ts";
import type { Case, Suite } from "./suite.ts";

const MEASURE = join(import.meta.dirname, "../test/expressions/measure.ts");
const BOUND = 1024 * 1024;
const MOST_MILLISECONDS = 1_000;
/** Of all texts of one expression: it is ended behind that. */
const PATIENCE = 120_000;

export const expressions: Suite = {
  about: "a list of the worst measured time of every expression at its input's bound",
  needs: [],
  async *cases(): AsyncIterable<Case> {
    const child = spawn(process.execPath, [MEASURE, String(BOUND)], { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(child, "close");
    let at = "";
    let guard: NodeJS.Timeout | undefined;
    for await (const line of createInterface(child.stdout)) {
      clearTimeout(guard);
      guard = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
      const { place, source, length, worst, attacks } = JSON.parse(line) as Partial<Measured> & { place: string };
      at = place;
      if (worst === undefined) continue;
      const name = `${worst} ms at ${length} characters, ${attacks} texts: ${place} /${source}/`;
      process.stdout.write(`${name}\n`);
      yield {
        name,
        run: () => assert.ok(worst <= MOST_MILLISECONDS, `it takes ${worst} ms`),
      };
    }
    clearTimeout(guard);
    await ended;
    yield { name: "all ended", run: () => assert.equal(child.exitCode, 0, `it did not go on behind ${at}`) };
  },
};
