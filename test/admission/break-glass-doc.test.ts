/** What the documentation says of breaking the glass is what the guard goes by. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { REASON, UNTIL } from "../../src/guards/admission/break-glass/asked.ts";
import { bounds } from "../../src/guards/admission/break-glass/bounds.ts";
import { names } from "../../src/guards/admission/deploy/names.ts";

const text = readFileSync(join(import.meta.dirname, "../../docs/admission-cluster.md"), "utf8");

test("annotations, names and hours are those of the guard", () => {
  for (const word of [
    `${REASON}: "`,
    `${UNTIL}: "`,
    names.breakGlass,
    `\`${names.grants}\``,
    `${bounds.hours} hours`,
  ]) {
    assert.ok(text.includes(word), word);
  }
});
