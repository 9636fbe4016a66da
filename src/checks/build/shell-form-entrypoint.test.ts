import assert from "node:assert/strict";
import { test } from "node:test";
import { detected, findings, fixed } from "./dockerfile/lint.fixture.ts";
import { shellFormEntrypoint } from "./shell-form-entrypoint.ts";

const after = (instruction: string): string => `FROM debian:13\n${instruction}\n`;

test("shell forms of the last stage are found", () => {
  assert.deepEqual(detected(shellFormEntrypoint, after("ENTRYPOINT nginx\nCMD -g daemon")), [
    "2:1 ENTRYPOINT runs through a shell",
    "3:1 CMD runs through a shell",
  ]);
  assert.deepEqual(detected(shellFormEntrypoint, after('ENTRYPOINT ["nginx"]\nCMD []')), []);
  assert.deepEqual(detected(shellFormEntrypoint, "FROM a:1 AS x\nCMD sh\nFROM b:1\n"), []);
});

test("one plain command becomes the same words as an array", () => {
  assert.equal(
    fixed(shellFormEntrypoint, after(`CMD nginx -g "daemon off;" 'a"b'`)),
    after(String.raw`CMD ["nginx", "-g", "daemon off;", "a\"b"]`),
  );
});

test("what only a shell can do stays as it is", () => {
  for (const script of [
    "nginx -p $PORT",
    "a && b",
    "A=1 nginx",
    "nginx > /log",
    "ls *.txt",
    "cat <(id)",
    "exec nginx",
    "echo {a,b}",
    "(nginx)",
  ]) {
    assert.deepEqual(
      findings(shellFormEntrypoint, after(`CMD ${script}`)).map(({ fix }) => fix?.kind),
      ["instruction"],
      script,
    );
  }
});
