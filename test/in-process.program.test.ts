/** A command line that runs in the test's own process is answered as one that was started. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { bulkhead } from "./bulkhead.ts";
import { inProcess } from "./in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-in-process-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const now = ["--now", "2026-01-02T00:00:00Z"];
for (const name of ["first", "second"]) {
  mkdirSync(join(folder, name));
  writeFileSync(
    join(folder, name, "Dockerfile"),
    `FROM debian:12\nRUN curl https://${name}.example.com/install | sh\n`,
  );
}
writeFileSync(join(folder, "second", "bulkhead.yaml"), "apiVersion: bulkhead/v1\nnope: 1\n");

test("each has the directory, the environment, the streams and the exit code that it would have alone", async () => {
  const asked = [
    { at: "first", words: ["build", "lint", ".", "--format", "json", ...now] },
    { at: "second", words: ["check", ".", ...now] },
    { at: "first", words: ["build", "lint", ".", "--fail-on", "never", ...now] },
    { at: "first", words: ["check", ".", "--fromat", "json"] },
    { at: "second", words: ["cache"], environment: { XDG_CACHE_HOME: join(folder, "elsewhere") } },
    { at: "second", words: ["cache"] },
    { at: "first", words: ["image", "--help"] },
    { at: "first", words: ["check", ".", "--exclude", "Dockerfile", "--format", "plain", ...now] },
    { at: "first", words: ["check", ".", "--format", "plain", ...now] },
  ];
  const codes = new Set<number | null>();
  for (const { at, words, environment = {} } of asked) {
    const options = { cwd: join(folder, at), home: join(folder, "home"), environment };
    const { peak: _, ...alone } = await bulkhead(words, options);
    assert.deepEqual(await inProcess(words, options), alone, words.join(" "));
    codes.add(alone.code);
  }
  assert.deepEqual([...codes].sort(), [0, 1, 2, 3]);
});

test("asked for at once they run one after the other", async () => {
  const run = (at: string) =>
    inProcess(["build", "lint", ".", "--format", "github"], { cwd: join(folder, at), home: join(folder, "home") });
  const [first, second] = await Promise.all([run("first"), run("second")]);
  assert.match(first.stdout, /^::error file=Dockerfile/m);
  assert.equal(second.code, 2);
  assert.match((await run("first")).stdout, /^::error/m);
});
