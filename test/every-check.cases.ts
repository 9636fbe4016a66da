/**
 * Preloaded into a process that runs tests: notes of each check whether it was ever run over something that it finds
 * fault with, and over something that it does not. At its end it writes them into the folder that CHECK_CASES names.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { checks } from "../src/checks/index.ts";
import type { Check } from "../src/core/check.ts";

/** A file that such a process leaves. */
export interface SeenCases {
  /** All that there are. */
  readonly checks: readonly string[];
  readonly found: readonly string[];
  readonly clean: readonly string[];
}

const found = new Set<string>();
const clean = new Set<string>();

for (const check of checks as unknown as { -readonly [Key in keyof Check<object>]: Check<object>[Key] }[]) {
  const { id, evaluate } = check;
  check.evaluate = function* (...given) {
    let any = false;
    try {
      for (const finding of evaluate.apply(check, given)) {
        any = true;
        yield finding;
      }
    } finally {
      (any ? found : clean).add(id);
    }
  };
}

process.once("exit", () => {
  const seen: SeenCases = { checks: checks.map(({ id }) => id), found: [...found], clean: [...clean] };
  writeFileSync(join(process.env.CHECK_CASES ?? ".", `${process.pid}.json`), JSON.stringify(seen));
});
