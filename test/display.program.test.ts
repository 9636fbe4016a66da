/** What of a report is shown, from the command line: neither the exit code nor the result depends on it. */
import assert from "node:assert/strict";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { asOf, site } from "./judged-image.fixture.ts";

/** A tree with an image of two flawed packages, one of which has a critical flaw, and a privileged Pod. */
async function made() {
  const place = site();
  place.image(["bad", "worse"]);
  place.advisories({ bad: "high", worse: "critical" });
  // The home is the folder itself: what the program keeps there is none of the tree.
  mkdirSync(join(place.folder, "tree/deploy"), { recursive: true });
  renameSync(join(place.folder, "image"), join(place.folder, "tree/image"));
  writeFileSync(
    join(place.folder, "tree/deploy/pod.yaml"),
    "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers:\n    - { name: a, securityContext: { privileged: true } }\n",
  );
  assert.equal((await place.run("db", "import", "advisories", "--db", "a.db", "--quiet")).status, 0);
  const check = (...words: readonly string[]) => place.run("check", "tree", "--db", "a.db", ...asOf, ...words);
  return { ...place, check };
}

const last = (text: string) => text.trimEnd().split("\n").at(-1);

test("no filter and no order changes the exit code or the result, and what is hidden is counted", async () => {
  using place = await made();
  const usual = await place.check();
  assert.equal(usual.status, 1);
  assert.match(
    last(usual.stdout) ?? "",
    /^result: fail: \d of 10 controls fail, \d unknown · \d+ findings at or above/,
  );
  for (const filter of [
    ["--severity", "critical"],
    ["--fixable", "--details"],
    ["--layer", "image", "--layer", "build"],
    ["--check", "workload/p*", "--sort", "fix"],
    ["--check", "none"],
  ]) {
    const { status, stdout } = await place.check(...filter);
    assert.deepEqual([status, last(stdout)], [1, last(usual.stdout)], filter.join(" "));
    assert.match(stdout, /^hidden: \d+ findings? (?:is|are) hidden by --/m, filter.join(" "));
  }
  const [layer, check] = [
    (await place.check("--layer", "image")).stdout,
    (await place.check("--check", "workload/p*")).stdout,
  ];
  assert.doesNotMatch(layer, /workload\/privileged/);
  assert.match(layer, /what="upgrade worse to /);
  assert.match(check, /^fix: 1 over critical=1 check=workload\/privileged asset=Pod\/web at=deploy\/pod\.yaml:6:/m);
  assert.doesNotMatch(check, /^fix: 2 /m);
  for (const format of ["json", "sarif"]) {
    const shown = async (...words: string[]) => (await place.check("--format", format, ...words)).stdout;
    const whole = await shown();
    const filtered = await shown("--severity", "critical", "--fixable", "--layer", "image");
    assert.ok(whole.length > 1_000);
    assert.equal(filtered, whole, format);
  }
});

test("the summary has what fixes the findings, --details the findings, --all what passed", async () => {
  using place = await made();
  const kinds = async (...words: readonly string[]) =>
    new Set((await place.check(...words)).stdout.match(/^(?:fix|asset|finding|evaluation|passed): /gm));
  assert.deepEqual(await kinds(), new Set(["fix: ", "asset: "]));
  assert.deepEqual(await kinds("--details"), new Set(["fix: ", "evaluation: ", "finding: ", "passed: "]));
  assert.deepEqual(await kinds("--group-by", "check"), await kinds("--details"));
  assert.deepEqual(await kinds("--all"), new Set(["fix: ", "evaluation: ", "finding: "]));
  const { stdout } = await place.check("--format", "table");
  const order = [
    "CONTROLS",
    "FIX FIRST",
    "Container a is privileged: Pod/web",
    "ASSETS",
    "UNKNOWN",
    "bulkhead explain image",
  ];
  const places = order.map((text) => stdout.indexOf(text));
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
    stdout,
  );
  assert.ok(
    places.every((at) => at >= 0),
    stdout,
  );
});

test("with --only-new what the baseline has is not mentioned", async () => {
  using place = await made();
  assert.equal((await place.check("--write-baseline", "known.json")).status, 1);
  const { stdout } = await place.check("--baseline", "known.json", "--only-new", "--details");
  assert.doesNotMatch(stdout, /^(?:finding|baselined|fix): /m);
  assert.match(stdout, /^hidden: \d+ findings are hidden by --only-new/m);
  const refused = await place.check("--only-new");
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /--only-new: no baseline is given \(add --baseline FILE\)/);
  assert.match((await place.check("--layer", "cloud")).stderr, /--layer cloud: unknown value \(one of image, registry/);
});
