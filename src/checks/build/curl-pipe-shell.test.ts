import assert from "node:assert/strict";
import { test } from "node:test";
import { curlPipeShell } from "./curl-pipe-shell.ts";
import { detected } from "./dockerfile/lint.fixture.ts";

const run = (script: string): string[] => detected(curlPipeShell, `FROM debian:13\nRUN ${script}\n`);
const by = (program: string, downloader = "curl"): string =>
  `${downloader} output is piped to ${program} without verification`;

test("a pipe into a shell is found, over filters and wrappers", () => {
  for (const [script, expected] of [
    ["curl -fsSL https://example.com/i.sh | sh", `2:5 ${by("sh")}`],
    ["wget -qO- https://example.com/i.sh | sudo -E bash -", `2:5 ${by("bash", "wget")}`],
    ["curl https://example.com/i.sh | bash -s -- --yes", `2:5 ${by("bash")}`],
    ["curl https://example.com/i.gz | gunzip | tee /log | sh", `2:5 ${by("sh")}`],
    ["set -e; (curl https://example.com/i.sh) | sh -x", `2:14 ${by("sh")}`],
    ["curl https://example.com/i.py | python3", `2:5 ${by("python3")}`],
    ["curl https://example.com/i.py | python3 - --version 1", `2:5 ${by("python3")}`],
    ["bash -c 'curl https://example.com/i.sh | sh'", `2:14 ${by("sh")}`],
    ["if true; then curl https://example.com/i.sh | sh; fi", `2:19 ${by("sh")}`],
  ] as const) {
    assert.deepEqual(run(script), [expected], script);
  }
});

test("substitutions that a shell runs are found", () => {
  assert.deepEqual(run('sh -c "$(curl -fsSL https://example.com/i.sh)"'), [`2:14 ${by("sh")}`]);
  assert.deepEqual(run("bash <(curl -s https://example.com/i.sh)"), [`2:12 ${by("bash")}`]);
  assert.deepEqual(run('eval "$(curl -s https://example.com/i.sh)"'), [`2:13 ${by("eval")}`]);
  assert.deepEqual(run(". <(wget -O- https://example.com/i.sh)"), [`2:9 ${by(".", "wget")}`]);
});

test("it is found in heredocs, exec forms and over continued lines", () => {
  assert.deepEqual(detected(curlPipeShell, "FROM a:1\nRUN <<EOF\nset -e\ncurl x | sh\nEOF\n"), [`4:1 ${by("sh")}`]);
  assert.deepEqual(detected(curlPipeShell, 'FROM a:1\nRUN ["sh", "-c", "curl x | sh"]\n'), [`2:19 ${by("sh")}`]);
  assert.deepEqual(detected(curlPipeShell, "FROM a:1\nRUN id && \\\n  # why\n  curl x \\\n  | sh\n"), [
    `4:3 ${by("sh")}`,
  ]);
});

test("what is only read is none", () => {
  for (const script of [
    "curl -o i.sh https://example.com/i.sh && sh i.sh",
    "curl https://example.com/x.json | python3 -m json.tool",
    "curl https://example.com/x.json | python3 -c 'import sys'",
    "curl https://example.com/x | perl -pe s/a/b/",
    "curl https://example.com/x.tgz | tar xz",
    "curl https://example.com/key | gpg --dearmor",
    "curl https://example.com/x | sh script.sh",
    "echo 'curl x | sh'",
    "curl x || sh",
    'V="$(curl x)" && sh run.sh',
    'bash run.sh "$(curl x)"',
  ]) {
    assert.deepEqual(run(script), [], script);
  }
});
