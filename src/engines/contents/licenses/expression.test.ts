import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { licenseReferences, parseLicenseExpression } from "./expression.ts";

test("WITH binds before AND, AND before OR", () => {
  assert.deepEqual(parseLicenseExpression("MIT OR GPL-2.0-only WITH Classpath-exception-2.0 AND Zlib"), {
    kind: "or",
    parts: [
      { kind: "license", id: "MIT", orLater: false },
      {
        kind: "and",
        parts: [
          { kind: "license", id: "GPL-2.0-only", orLater: false, exception: "Classpath-exception-2.0" },
          { kind: "license", id: "Zlib", orLater: false },
        ],
      },
    ],
  });
});

test("ids are those of the SPDX list in any case, also deprecated ones and later versions", () => {
  assert.deepEqual(parseLicenseExpression(" apache-2.0 "), { kind: "license", id: "Apache-2.0", orLater: false });
  assert.deepEqual(parseLicenseExpression("GPL-2.0+"), { kind: "license", id: "GPL-2.0", orLater: true });
  assert.deepEqual(parseLicenseExpression("EPL-1.0+"), { kind: "license", id: "EPL-1.0", orLater: true });
});

test("what is no expression of such ids is none", () => {
  const texts = [
    ...["", " ", "GPL", "GPLv2+", "MIT,Zlib", "MIT Zlib", "MIT AND", "AND MIT", "MIT and Zlib", "(MIT", "MIT)", "()"],
    ...["MIT WITH", "MIT WITH Zlib", "(MIT) WITH Classpath-exception-2.0", "NONE", "NOASSERTION", "see LICENSE"],
    ...["MIT\nOR Zlib", `${"(".repeat(100)}MIT${")".repeat(100)}`],
  ];
  for (const text of texts) assert.equal(parseLicenseExpression(text), undefined, text);
});

test("references that a document has to define", () => {
  const expression = parseLicenseExpression("(LicenseRef-a OR MIT) AND DocumentRef-x:LicenseRef-b");
  assert.ok(expression);
  assert.deepEqual([...licenseReferences(expression)], ["LicenseRef-a", "DocumentRef-x:LicenseRef-b"]);
});

test("any words at all end", () => {
  const words = fc.array(fc.constantFrom("MIT", "AND", "OR", "WITH", "(", ")", "Classpath-exception-2.0", "x", "+"));
  fc.assert(
    fc.property(words, (list) => {
      const expression = parseLicenseExpression(list.join(" "));
      if (expression !== undefined) assert.ok(list.includes("MIT") && !list.includes("x"));
    }),
  );
});
