import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { asOf, site } from "./judged-image.fixture.ts";

/** `--baseline` from end to end: adopting Bulkhead on an image that has flaws already. */

const program = { node: process.execPath, file: join(import.meta.dirname, "..", "bin", "bulkhead.js") };

function adopted() {
  const place = site();
  place.image(["old"]);
  place.advisories({ old: "critical", new: "critical" });
  const run = (...words: readonly string[]) => place.run(program, ...words);
  const scan = (...words: readonly string[]) => run("image", "scan", "oci:image", "--db", "a.db", ...asOf, ...words);
  assert.equal(run("db", "import", "advisories", "--db", "a.db", "--quiet").status, 0);
  assert.equal(scan("--write-baseline", "known.json").status, 1);
  return { ...place, run, scan };
}

test("what was known does not fail, what is new does, and what is gone is said", () => {
  using place = adopted();
  assert.equal(readFileSync(join(place.folder, "known.json"), "utf8").split("\n").length, 7);
  const same = place.scan("--baseline", "known.json", "--details");
  assert.equal(same.status, 0, same.stdout);
  assert.match(same.stdout, /^baseline: known\.json: 1 finding in the baseline$/m);
  assert.match(same.stdout, /^baselined: .*: 1: 1 critical$/m);

  place.image(["old", "new"]);
  const more = place.scan("--baseline", "known.json", "--format", "sarif");
  assert.equal(more.status, 1);
  const { runs } = JSON.parse(more.stdout) as { runs: { results: { baselineState: string }[] }[] };
  assert.deepEqual(runs[0]?.results.map(({ baselineState }) => baselineState).sort(), ["new", "unchanged"]);

  place.image(["new"]);
  const fewer = place.scan("--baseline", "known.json", "--write-baseline", "known.json");
  assert.equal(fewer.status, 1);
  assert.match(
    fewer.stdout,
    /^baseline: known\.json: 0 findings in the baseline, 1 entry no longer found: rewrite with --write-baseline$/m,
  );
  assert.equal(place.scan("--baseline", "known.json").status, 0);
  assert.doesNotMatch(readFileSync(join(place.folder, "known.json"), "utf8"), /npm\/old/);
});

test("an earlier report serves as the baseline: a change is told by what it opens and closes", () => {
  using place = adopted();
  assert.equal(place.scan("--format", "json=before.json").status, 1);
  place.image(["new"]);
  const comment = place.scan("--baseline", "before.json", "--format", "markdown");
  assert.equal(comment.status, 1, comment.stderr);
  assert.match(comment.stdout, /^### bulkhead: ✗ fail: 1 new finding blocks this change$/m);
  assert.match(comment.stdout, /^closed: 1$/m);
  place.image(["old"]);
  assert.equal(place.scan("--baseline", "before.json").status, 0);
});

test("controls and layers are judged without what is known", () => {
  using place = adopted();
  const check = (...words: readonly string[]) =>
    place
      .run("check", ".", "--db", "a.db", "--details", ...asOf, ...words)
      .stdout.split("\n")
      .filter((line) => /^(?:layer: image|control: 2) /.test(line));
  const [control, layer] = check();
  assert.match(control ?? "", /^control: 2 fail /);
  assert.match(layer ?? "", /^layer: image fail:/);
  const [without, layerWithout] = check("--baseline", "known.json");
  assert.match(without ?? "", /^control: 2 unknown .*: no CI pipeline found/);
  assert.match(layerWithout ?? "", /^layer: image pass:/);
});

test("a baseline in the scanned directory is pointed out where the policy is a trusted one", () => {
  using place = adopted();
  writeFileSync(join(place.folder, "bulkhead.yaml"), "apiVersion: bulkhead/v1\n");
  const note = /^note: the baseline known\.json is in the scanned directory/m;
  assert.match(place.scan("--baseline", "known.json", "--policy", "bulkhead.yaml").stdout, note);
  assert.doesNotMatch(place.scan("--baseline", "known.json").stdout, note);
});

const git = spawnSync("git", ["--version"]).status === 0;
test("a baseline is read from a commit", { skip: !git && "there is no git" }, () => {
  using place = adopted();
  const config = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
  for (const words of [
    ["init", "-q"],
    ["add", "known.json"],
    [...config, "commit", "-q", "-m", "known"],
  ]) {
    assert.equal(spawnSync("git", words, { cwd: place.folder }).status, 0);
  }
  writeFileSync(join(place.folder, "known.json"), "{}");
  assert.equal(place.scan("--baseline", "git:HEAD:known.json").status, 0);
  const broken = place.scan("--baseline", "known.json");
  assert.equal(broken.status, 2);
  assert.match(broken.stderr, /^bulkhead: baseline\.invalid: known\.json: its schema is not bulkhead\/baseline\/v2 /);
  assert.match(place.scan("--baseline", "none.json").stderr, /^bulkhead: baseline\.unreadable: none\.json: /);
  assert.match(
    place.scan("--baseline", "git:HEAD:none.json").stderr,
    /^bulkhead: baseline\.git: git:HEAD:none\.json: none\.json: HEAD has no such file$/m,
  );
});
