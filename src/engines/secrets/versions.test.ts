import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { createFingerprinter } from "./fingerprint.ts";
import { secretRules } from "./rules/index.ts";
import { sampleCode } from "./sample-rules.fixture.ts";
import { createSecretScanner } from "./scan.ts";

const scanner = createSecretScanner({ rules: secretRules, fingerprint: createFingerprinter() });

const value = (random: string): string => `${random}Qx7${random.toUpperCase()}9vZt4${random}`;
/** Lines that hold something, that seem to, and that join, end or shift what others hold. */
const line = fc.constantFrom(
  "const answer = compute(42);",
  `password = "${value("krw")}"`,
  `  api_key: ${value("hjd")}`,
  `token=${value("pfm")}  # gitleaks:allow`,
  "password: changeme",
  "the secret of a good key is its token",
  `ghp_${value("aBc")}${value("dEf")}`,
  `AKIA${"QZ7K".repeat(4)}`,
  "AKIA",
  `"secret": "\\u0067hp_${value("gHi")}"`,
  "-----BEGIN RSA PRIVATE KEY-----",
  `eyJ${Buffer.from(`{"password":"${value("lkj")}"}`).toString("base64")}`,
  "a.b.c.password   is",
  `<param value="${value("nbv")}" name="`,
  'token"/>',
  "    password",
  `proxy_set_header X-Token ${value("qws")};`,
  `${".x".repeat(400)}.secret word`,
  `${" ".repeat(600)}key = ${sampleCode}`,
  "x".repeat(700),
  "",
  "\\",
);
const path = fc.constantFrom("a.env", "src/b.ts", "test/b.ts");
const change = fc.record({
  at: fc.nat(4_000),
  remove: fc.nat(40),
  added: fc.oneof(fc.constantFrom("", "x", '"', "\n", "key"), line),
});
const edit = fc.record({ path, changes: fc.array(change, { minLength: 1, maxLength: 4 }) });

function changed(text: string, { at, remove, added }: { at: number; remove: number; added: string }): string {
  const place = Math.min(at, text.length);
  return text.slice(0, place) + added + text.slice(place + remove);
}

test("versions of files give what each gives alone", () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), fc.array(edit, { minLength: 1, maxLength: 8 }), (lines, edits) => {
      const versions = scanner.versions();
      const texts = new Map<string, string>();
      for (const { path: name, changes } of edits) {
        const before = texts.get(name) ?? lines.join("\n");
        const text = changes.reduce(changed, before);
        texts.set(name, text);
        for (const version of [before, text]) {
          const { secrets, omitted } = versions(name, Buffer.from(version));
          const alone = scanner.scan(name, Buffer.from(version));
          assert.deepEqual({ secrets, omitted }, { secrets: alone.secrets, omitted: alone.omitted });
          assert.deepEqual(scanner.open(name).end(Buffer.from(version)), alone);
        }
      }
    }),
    runs(80),
  );
});

/** An expression has to say what it is. */
const LIKE_TOKEN = ["ghp", "aB3dE5".repeat(6)].join("_");

test("of a version that differs in one line little is looked at", () => {
  const text = Array.from(
    { length: 400 },
    (_, n) => `password ${n} = changeme, and of ${LIKE_TOKEN} the check sum is another\n`,
  );
  const versions = scanner.versions();
  const examined = (): number => versions("a.env", Buffer.from(text.join(""))).examined;
  const first = examined();
  text[200] = "another line\n";
  assert.ok(examined() * 10 < first);
});

test("of a version that differs in many lines what stays between them is not looked at", () => {
  const text = Array.from(
    { length: 400 },
    (_, n) => `password ${n} = changeme, and of ${LIKE_TOKEN} the check sum is another\n`,
  );
  const versions = scanner.versions();
  const examined = (): number => versions("a.env", Buffer.from(text.join(""))).examined;
  // Contents are compared by lines once there are some hundred of them.
  for (let n = 0; n < 600; n++) versions("b.env", Buffer.from(`${n}\n`));
  const first = examined();
  for (const n of [50, 150, 250, 350]) text[n] = "another line\n";
  assert.ok(examined() * 8 < first);
});
