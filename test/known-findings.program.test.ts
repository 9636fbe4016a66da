import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { asOf, site } from "./judged-image.fixture.ts";

/** `--baseline` from end to end: adopting Bulkhead on an image that has flaws already. */

async function adopted() {
  const place = site();
  place.image(["old"]);
  place.advisories({ old: "critical", new: "critical" });
  const run = (...words: readonly string[]) => place.run(...words);
  const scan = (...words: readonly string[]) => run("image", "scan", "oci:image", "--db", "a.db", ...asOf, ...words);
  assert.equal((await run("db", "import", "advisories", "--db", "a.db", "--quiet")).status, 0);
  assert.equal((await scan("--write-baseline", "known.json")).status, 1);
  return { ...place, run, scan };
}

test("what was known does not fail, what is new does, and what is gone is said", async () => {
  using place = await adopted();
  assert.equal(readFileSync(join(place.folder, "known.json"), "utf8").split("\n").length, 7);
  const same = await place.scan("--baseline", "known.json", "--details");
  assert.equal(same.status, 0, same.stdout);
  assert.match(same.stdout, /^baseline: known\.json: 1 finding in the baseline$/m);
  assert.match(same.stdout, /^baselined: .*: 1: 1 critical$/m);

  place.image(["old", "new"]);
  const more = await place.scan("--baseline", "known.json", "--format", "sarif");
  assert.equal(more.status, 1);
  const { runs } = JSON.parse(more.stdout) as { runs: { results: { baselineState: string }[] }[] };
  assert.deepEqual(runs[0]?.results.map(({ baselineState }) => baselineState).sort(), ["new", "unchanged"]);

  place.image(["new"]);
  const fewer = await place.scan("--baseline", "known.json", "--write-baseline", "known.json");
  assert.equal(fewer.status, 1);
  assert.match(
    fewer.stdout,
    /^baseline: known\.json: 0 findings in the baseline, 1 entry no longer found: rewrite with --write-baseline$/m,
  );
  assert.equal((await place.scan("--baseline", "known.json")).status, 0);
  assert.doesNotMatch(readFileSync(join(place.folder, "known.json"), "utf8"), /npm\/old/);
});

test("an earlier report serves as the baseline: a change is told by what it opens and closes", async () => {
  using place = await adopted();
  assert.equal((await place.scan("--format", "json=before.json")).status, 1);
  place.image(["new"]);
  const comment = await place.scan("--baseline", "before.json", "--format", "markdown");
  assert.equal(comment.status, 1, comment.stderr);
  assert.match(comment.stdout, /^### bulkhead: ✗ fail: 1 new finding blocks this change$/m);
  assert.match(comment.stdout, /^closed: 1$/m);
  place.image(["old"]);
  assert.equal((await place.scan("--baseline", "before.json")).status, 0);
});

test("controls and layers are judged without what is known", async () => {
  using place = await adopted();
  const check = async (...words: readonly string[]) =>
    (await place.run("check", ".", "--db", "a.db", "--details", ...asOf, ...words)).stdout
      .split("\n")
      .filter((line) => /^(?:layer: image|control: 2) /.test(line));
  const [control, layer] = await check();
  assert.match(control ?? "", /^control: 2 fail /);
  assert.match(layer ?? "", /^layer: image fail:/);
  const [without, layerWithout] = await check("--baseline", "known.json");
  assert.match(without ?? "", /^control: 2 unknown .*: no CI pipeline found/);
  assert.match(layerWithout ?? "", /^layer: image pass:/);
});

test("a baseline in the scanned directory is pointed out where the policy is a trusted one", async () => {
  using place = await adopted();
  writeFileSync(join(place.folder, "bulkhead.yaml"), "apiVersion: bulkhead/v1\n");
  const note = /^note: the baseline known\.json is in the scanned directory/m;
  assert.match((await place.scan("--baseline", "known.json", "--policy", "bulkhead.yaml")).stdout, note);
  assert.doesNotMatch((await place.scan("--baseline", "known.json")).stdout, note);
});

const git = spawnSync("git", ["--version"]).status === 0;
test("a baseline is read from a commit", { skip: !git && "there is no git" }, async () => {
  using place = await adopted();
  const config = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
  for (const words of [
    ["init", "-q"],
    ["add", "known.json"],
    [...config, "commit", "-q", "-m", "known"],
  ]) {
    assert.equal(spawnSync("git", words, { cwd: place.folder }).status, 0);
  }
  writeFileSync(join(place.folder, "known.json"), "{}");
  assert.equal((await place.scan("--baseline", "git:HEAD:known.json")).status, 0);
  const broken = await place.scan("--baseline", "known.json");
  assert.equal(broken.status, 2);
  assert.match(broken.stderr, /^bulkhead: baseline\.invalid: known\.json: its schema is not bulkhead\/baseline\/v2 /);
  assert.match((await place.scan("--baseline", "none.json")).stderr, /^bulkhead: baseline\.unreadable: none\.json: /);
  assert.match(
    (await place.scan("--baseline", "git:HEAD:none.json")).stderr,
    /^bulkhead: baseline\.git: git:HEAD:none\.json: none\.json: HEAD has no such file$/m,
  );
});
