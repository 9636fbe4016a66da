import assert from "node:assert/strict";
import { test } from "node:test";
import type { FoundSecrets, LeftOut } from "../../engines/secrets/model.ts";
import { createAccumulator } from "./accumulator.ts";
import { together } from "./history.ts";

function found(...left: LeftOut[]): FoundSecrets {
  return { found: { secrets: [], files: 1, bytes: 10, ...(left.length === 0 ? {} : { left }) }, gaps: [] };
}

const code = (files: number, bytes: number): LeftOut => ({
  what: "machine code and symbols of programs",
  files,
  bytes,
});
const pictures: LeftOut = { what: "pictures and sound", files: 1, bytes: 7 };

test("what was left out of each part is added up by its reason", () => {
  const parts = [found(code(1, 10)), found(), found(code(2, 30), pictures), found(pictures)];
  const all = parts.reduce(together);
  assert.deepEqual(all.found.left, [code(3, 40), { ...pictures, files: 2, bytes: 14 }]);
  assert.equal(all.found.files, 4);
  assert.equal("left" in together(found(), found()).found, false);
});

test("of files of one reason the bytes are added up", () => {
  const accumulator = createAccumulator("folder");
  const none = { secrets: [], omitted: 0, examined: 0 };
  for (const bytes of [10, 30]) accumulator.file("a", 100, none, { what: code(0, 0).what, bytes });
  accumulator.file("b", 100, none);
  assert.deepEqual(accumulator.finish().found.left, [code(2, 40)]);
});
