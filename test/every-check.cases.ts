/**
 * Preloaded into a process that runs tests: notes of each check whether it was ever run over something that it finds
 * fault with, and over something that it does not; prints those that lack one of the two to stderr, as JSON, at the end.
 */
import { checks } from "../src/checks/index.ts";
import type { Check } from "../src/core/check.ts";

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
  const lacking = checks.map(({ id }) => id).filter((id) => !found.has(id) || !clean.has(id));
  const said = lacking.map((id) => `${id}: ${found.has(id) ? "no case that passes" : "no case that fails"}`);
  process.stderr.write(`cases:${JSON.stringify({ checks: checks.length, lacking: said })}\n`);
});
