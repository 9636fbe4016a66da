/**
 * Preloaded into the process that runs the tests of the rooms that judge: notes of each check whether it was ever run over something
 * that it finds fault with, and over something that it does not.
 */
import { checks } from "../src/checks/index.ts";
import type { Check } from "../src/core/check.ts";

export const found = new Set<string>();
export const clean = new Set<string>();

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
