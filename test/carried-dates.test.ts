/**
 * What the program carries is dated, and the day comes when that is long ago: what it says then. Times are counted from what is
 * carried, so that a new table needs no new test.
 */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { initPipeline } from "../src/cli/init-pipeline.ts";
import { LIFECYCLE_AS_OF, LIFECYCLE_CURRENT_DAYS } from "../src/engines/contents/lifecycle/table.ts";
import { instances, knownRoot } from "../src/engines/trust/roots/instances.ts";
import { inProcess } from "./in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-carried-"));
after(() => rmSync(folder, { recursive: true }));
const run = (...words: readonly string[]) => inProcess(words, { cwd: folder, home: folder });

function tree(name: string, base: string): string {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, "Dockerfile"), `FROM ${base}\nUSER 1000\n`);
  return name;
}

const daysAfter = (date: string, days: number) => new Date(Date.parse(date) + days * 86_400_000).toISOString();

interface Report {
  readonly evaluations: readonly { readonly check: string; readonly verdict: string }[];
}

test("a table of releases that is old leaves unknown what it would have passed, and says so; what had ended has ended", async () => {
  const supported = tree("supported", "debian:13");
  const ended = tree("ended", "debian:10");
  const check = "build/named-image-end-of-life";
  const judged = async (name: string, days: number) => {
    const words = ["check", name, "--now", daysAfter(LIFECYCLE_AS_OF, days)];
    const { stdout } = await run(...words, "--format", "json");
    const [evaluation] = (JSON.parse(stdout) as Report).evaluations.filter((each) => each.check === check);
    const { stdout: text } = await run(...words);
    return { verdict: evaluation?.verdict, text };
  };
  const stale = new RegExp(
    `data from ${LIFECYCLE_AS_OF} is ${LIFECYCLE_CURRENT_DAYS + 1} days old; the limit is ${LIFECYCLE_CURRENT_DAYS} days .*use a later release of Bulkhead`,
  );
  const inTime = await judged(supported, LIFECYCLE_CURRENT_DAYS);
  assert.equal(inTime.verdict, "pass");
  assert.doesNotMatch(inTime.text, stale);
  const late = await judged(supported, LIFECYCLE_CURRENT_DAYS + 1);
  assert.equal(late.verdict, "unknown");
  assert.match(late.text, stale);
  const over = await judged(ended, LIFECYCLE_CURRENT_DAYS + 1);
  assert.equal(over.verdict, "fail");
  assert.match(over.text, stale);
});

test("trusted roots say how old they are, and from a week on what brings newer ones", async () => {
  for (const instance of instances) {
    const { asOf } = knownRoot(instance, folder);
    const day = asOf.slice(0, 10);
    const status = async (days: number) => (await run("trust", "status", "--now", daysAfter(asOf, days))).stdout;
    const of = (text: string) => text.slice(text.indexOf(`${instance}:`)).split(/^(?=\S)/m)[0] ?? "";
    const fresh = of(await status(7));
    assert.match(fresh, new RegExp(`as of ${day} \\(7 days ago\\), included in this program\n`));
    assert.doesNotMatch(fresh, /trust update/);
    assert.match(
      of(await status(2000)),
      /\(2000 days ago\)[\s\S]*run `bulkhead trust update` to check for a newer one\n/,
    );
  }
});

test("a pipeline that is written with pins of long ago says of when they are", async (t) => {
  const lines: string[] = [];
  t.mock.method(process.stdout, "write", (text: string) => lines.push(text) > 0);
  const asked = { pipeline: "github", diff: true, force: false };
  t.mock.method(process.stderr, "write", (text: string) => lines.push(text) > 0);
  const name = join(folder, tree("piped", "debian:13"));
  const told = async (now: string) => {
    lines.length = 0;
    assert.equal(await initPipeline(name, asked, new Date(now)), 0);
    return lines.join("").match(/^note: actions are pinned.*$/m)?.[0];
  };
  assert.equal(await told("2027-11-28T00:00:00Z"), undefined);
  assert.match(
    (await told("2027-11-30T00:00:00Z")) ?? "",
    /releases of 2026-11-28, which is 367 days ago: use a later release/,
  );
});
