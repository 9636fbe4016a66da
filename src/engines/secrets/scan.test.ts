import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import type { SecretRule } from "./rule.ts";
import { codeRule, pairRule, sampleCode } from "./sample-rules.fixture.ts";
import { fingerprint, scan, scanInChunks } from "./scan.fixture.ts";
import { createSecretScanner } from "./scan.ts";

test("a secret is found with its line and column, and its text is nowhere", () => {
  const { secrets } = scan(`first\nünder = ${sampleCode}\nlast ${sampleCode}`);
  assert.deepEqual(
    secrets.map(({ rule, line, column, redacted, validity }) => ({ rule, line, column, redacted, validity })),
    [
      { rule: "sample-code", line: 2, column: 9, redacted: "cod_…(28)", validity: "unsure" },
      { rule: "sample-code", line: 3, column: 6, redacted: "cod_…(28)", validity: "unsure" },
    ],
  );
  assert.ok(!JSON.stringify(secrets).includes(sampleCode.slice(4)));
});

test("a secret at the first or last byte is found; one that is part of a longer word is not", () => {
  assert.equal(scan(sampleCode).secrets.length, 1);
  assert.equal(scan(`${sampleCode}x`).secrets.length, 0);
  assert.equal(scan(`x${sampleCode}`).secrets.length, 0);
});

test("the end of a window is no end of a word", () => {
  // The window ends with the code's 24th character, but the word goes on.
  const short: SecretRule = { ...codeRule, before: 0, after: sampleCode.length };
  const narrow = createSecretScanner({ rules: [short], fingerprint, assignments: false });
  assert.equal(narrow.scan("a", Buffer.from(`${sampleCode}x`)).secrets.length, 0);
  assert.equal(narrow.scan("a", Buffer.from(`x${sampleCode}`)).secrets.length, 0);
  assert.equal(narrow.scan("a", Buffer.from(`${sampleCode}.`)).secrets.length, 1);
});

test("the specific rule is told and not the general one beside it", () => {
  const { secrets } = scan(`api_key = "${sampleCode}"`, "a.py");
  assert.deepEqual(
    secrets.map(({ rule }) => rule),
    ["sample-code"],
  );
});

test("a validator drops what its structure refutes", () => {
  assert.equal(scan("pair_id=1 pair_key=bad0bad0bad0bad0").secrets.length, 0);
  assert.deepEqual(
    scan(`pair_id=1 pair_key=${"k1".repeat(8)}`).secrets.map(({ rule, validity }) => [rule, validity]),
    [["sample-pair", "valid"]],
  );
});

test("UTF-16 is read as text, with and without a mark", () => {
  const text = `one\ntwo ${sampleCode}\n`;
  const little = Buffer.from(text, "utf16le");
  const big = Buffer.from(little).swap16();
  for (const bytes of [
    little,
    big,
    Buffer.concat([Buffer.from([0xff, 0xfe]), little]),
    Buffer.concat([Buffer.from([0xfe, 0xff]), big]),
  ]) {
    assert.deepEqual(
      scan(bytes).secrets.map(({ line, column }) => [line, column]),
      [[2, 5]],
    );
  }
});

test("programs are searched: certain secrets alone, without lines, and not over what is not printable", () => {
  const { secrets } = scan(
    Buffer.from(`\0\x01\x7fELF\n\0${sampleCode}\0pair_id=1\0pair_key=${"k1".repeat(8)}\0`, "latin1"),
    "bin/app",
  );
  assert.deepEqual(
    secrets.map(({ rule, line, offset }) => [rule, line, offset]),
    [["sample-code", undefined, 8]],
  );
});

test("comments allow their own line, or the line below where they stand alone", () => {
  const { secrets } = scan(
    [
      `a = ${sampleCode} # bulkhead:allow sample-code until 2027-01-31 it opens nothing`,
      `b = ${sampleCode} // gitleaks:allow`,
      `c = ${sampleCode} # bulkhead:allow other-rule for another`,
      `d = ${sampleCode} # bulkhead:allow`,
      "/* bulkhead:allow sample-code of the test */",
      `e = ${sampleCode}`,
    ].join("\n"),
  );
  assert.deepEqual(
    secrets.map(({ allowed }) => allowed),
    [
      { by: "bulkhead", until: "2027-01-31", reason: "it opens nothing" },
      { by: "gitleaks" },
      undefined,
      undefined,
      { by: "bulkhead", reason: "of the test" },
    ],
  );
});

test("hits over the bound are counted", () => {
  const { secrets, omitted } = scan(`${sampleCode}\n`.repeat(2_500));
  assert.equal(secrets.length, 2_000);
  // Those in the overlap of two windows are met twice.
  assert.ok(omitted >= 500 && omitted < 1_000);
});

test("keywords in any number do not make a rule look at bytes again and again", () => {
  const longRule: SecretRule = { ...pairRule, id: "long", keywords: ["pair_id"], before: 16, after: 16 * 1024 };
  for (const rule of [codeRule, pairRule, longRule]) {
    const only = createSecretScanner({ rules: [rule], fingerprint, assignments: false });
    for (const keyword of rule.keywords) {
      for (const filler of ["", " ", "\n", "x".repeat(300)]) {
        const storm = Buffer.from((keyword + filler).repeat(Math.ceil(400_000 / (keyword.length + filler.length))));
        const { examined } = only.scan("storm", storm);
        // Windows are joined up to a length and overlap by less than another.
        assert.ok(examined <= 2 * storm.length + 64 * 1024, `${rule.id} ${JSON.stringify(filler)}: ${examined}`);
        const chunked = only.open("storm");
        for (let i = 0; i < storm.length; i += 70_000) chunked.write(storm.subarray(i, i + 70_000));
        assert.equal(chunked.end().examined, examined);
      }
    }
  }
});

test("no bytes make it throw", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.uint8Array({ maxLength: 40 }),
          fc.constantFrom(...["cod_", "password='", "\xff\xfe", sampleCode].map((text) => Buffer.from(text, "latin1"))),
        ),
        { maxLength: 30 },
      ),
      (parts) => {
        const bytes = Buffer.concat(parts);
        for (const secret of scan(bytes).secrets) assert.ok(secret.offset <= bytes.length * 2);
      },
    ),
  );
});

test("UTF-32 is read as text, with and without a mark, in pieces of any size", () => {
  const text = `one\ntwo ${sampleCode}\n`;
  const little = Buffer.from([...text].flatMap((character) => [character.charCodeAt(0), 0, 0, 0]));
  const big = Buffer.from(little).swap32();
  const marks = [Buffer.from([0xff, 0xfe, 0, 0]), Buffer.from([0, 0, 0xfe, 0xff])] as const;
  for (const bytes of [little, big, Buffer.concat([marks[0], little]), Buffer.concat([marks[1], big])]) {
    for (const found of [scan(bytes), scanInChunks(bytes, [3])]) {
      assert.deepEqual(
        found.secrets.map(({ line, column }) => [line, column]),
        [[2, 5]],
      );
    }
  }
});

test("a secret that is written with escapes is found on its line, wherever they stand and however it is cut", () => {
  const [first = ""] = sampleCode;
  const hex = first.charCodeAt(0).toString(16);
  for (const form of [`\\u00${hex}`, `\\u{${hex}}`, `\\U000000${hex}`, `\\x${hex}`]) {
    const written = sampleCode.replace(first, form);
    assert.notEqual(written, sampleCode);
    for (const padding of [0, 300_000]) {
      const bytes = Buffer.from(`${"line\n".repeat(padding / 5)}{\n"code": "${written}"}\n`);
      for (const sizes of [[bytes.length], [7, 250_000, 5]]) {
        const lines = scanInChunks(bytes, sizes).secrets.map(({ rule, line }) => `${rule} ${line}`);
        assert.deepEqual(lines, [`sample-code ${padding / 5 + 2}`], `${form} ${padding} ${sizes}`);
      }
    }
  }
  const plain = `{"code": "${sampleCode}", "path": "a\\/b"}`;
  assert.equal(scan(plain).secrets.length, 1);
  // In the data of a program, with what looks like an escape by chance far from it.
  const written = Buffer.from(sampleCode.replace(first, `\\x${hex}`));
  const program = Buffer.concat([
    Buffer.alloc(20_000),
    Buffer.from("\0\\/\0"),
    Buffer.alloc(90_000),
    written,
    Buffer.alloc(9),
  ]);
  for (const sizes of [[program.length], [20_001, 90_004, 9_000]]) {
    assert.equal(scanInChunks(program, sizes).secrets.length, 1);
  }
});

test("a large text is looked at twice only around escapes, and places there are of the text as it reads", () => {
  const [first = ""] = sampleCode;
  const escaped = sampleCode.replace(first, `\\x${first.charCodeAt(0).toString(16)}`);
  const part = fc.oneof(
    fc.constantFrom(`\n${sampleCode}`, `\n${escaped}`, `\n\u00fc${escaped}`, "\\/", "\\x00", "\\"),
    fc.integer({ min: 1, max: 60_000 }).map((length) => "some words\n".repeat(length).slice(-length)),
  );
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 1, maxLength: 24 }),
      fc.array(fc.integer({ min: 1, max: 400_000 }), { minLength: 1, maxLength: 4 }),
      (parts, sizes) => {
        let [written, read] = ["", ""];
        const expected: string[] = [];
        for (const each of parts) {
          const reads = each.replace(escaped, sampleCode).replace("\\/", "/");
          if (reads.endsWith(sampleCode)) {
            const before = each.includes(escaped) ? read : written;
            const line = written.split("\n").length + 1;
            const offset = Buffer.byteLength(before + reads) - sampleCode.length;
            expected.push(`${line}:${reads.length - sampleCode.length} ${offset}`);
          }
          written += `${each} `;
          read += `${reads} `;
        }
        const { secrets } = scanInChunks(Buffer.from(written), sizes);
        const found = secrets.map(({ line, column, offset }) => `${line}:${column} ${offset}`);
        assert.deepEqual(found.toSorted(), expected.toSorted());
      },
    ),
    // A stretch that ends far behind its last escape, with the file right behind it.
    { ...runs(60), examples: [[["some words\n".repeat(27_000), "\\/", "some words\n".repeat(4_300)], [400_000]]] },
  );
});

test("a file is looked at as if none had been before it", () => {
  const text = `// one\n\u00e4 = ${sampleCode}\n`;
  const files = [
    Buffer.from(text),
    Buffer.concat([Buffer.from([0, 1, 2, 3, 0, 0, 0, 0, 10]), Buffer.from(text), Buffer.alloc(64)]),
    Buffer.from(text, "utf16le"),
    Buffer.from(JSON.stringify({ "a/b": text }).replaceAll("/", "\\/").replace("c", "\\u0063")),
    Buffer.from(`key = "${sampleCode}" # bulkhead:allow sample-code of the test\n`),
    Buffer.from("nothing at all"),
    Buffer.alloc(0),
  ];
  const alone = files.map((bytes) => createSecretScanner({ rules: [codeRule], fingerprint }).scan("a.py", bytes));
  assert.ok(alone.filter(({ secrets }) => secrets.length > 0).length >= 5);
  const one = createSecretScanner({ rules: [codeRule], fingerprint });
  fc.assert(
    fc.property(fc.array(fc.nat(files.length - 1), { maxLength: 8 }), (order) => {
      for (const at of order) assert.deepEqual(one.scan("a.py", files[at] as Buffer), alone[at]);
    }),
    runs(100),
  );
});
