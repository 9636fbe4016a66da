import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { settingsByLibrary, settingsIn } from "./settings.ts";

const WHOLE = `# a registry
version: 0.10
storage:
  filesystem: { rootdirectory: /var/lib/registry }
  delete: {enabled: true}
http:
  addr: :5000
  "tls":
  headers:
    X-Content-Type-Options: [nosniff, 'a ''b''']
notifications:
- name: one
  timeout: 500ms
-   backoff: 1e3
    ignored: ~
true: 0x1F
`;

/** @returns whether the fast reader answered */
function hold(text: string): boolean {
  const fast = settingsIn(text, "config.yml");
  if (fast === undefined) return false;
  assert.deepEqual(fast, settingsByLibrary(text, "config.yml"), JSON.stringify(text));
  return true;
}

test("an ordinary configuration is read without the library, as it reads it", () => {
  const json = '{"http": {"addr": ":5000", "port": 5000, "tls": null}, "log": [1, "a"]}\n';
  for (const text of [WHOLE, WHOLE.replaceAll("\n", "\r\n"), json, "[]"]) assert.ok(hold(text), text);
});

test("what is of another form or wrong is left to the library", () => {
  for (const text of ["", "a\n", "a: &x 1\nb: *x\n", "a: |\n  b\n", "- \n- a\n", "a: [1\n", "a: 1\n---\nb: 2\n"]) {
    assert.equal(hold(text), false, text);
  }
});

test("changed anywhere, it is read as the library reads it or left to it", () => {
  const inserted = fc.constantFrom(
    ...["[", "]", "{", "}", "- ", "? ", ": ", ":", " #", ",", '"', "'", "\t", "\n", "\n  ", "%", "@", "---"],
    ...["\r", "\ufeff", "\x85", "<<: ", "|", ">", "&a ", "*a", "!", "~", "null", "k: "],
  );
  fc.assert(
    fc.property(fc.nat(WHOLE.length), fc.nat(8), fc.array(inserted, { maxLength: 2 }), (at, removed, texts) => {
      hold(WHOLE.slice(0, at) + texts.join("") + WHOLE.slice(at + removed));
    }),
    runs(300),
  );
});
