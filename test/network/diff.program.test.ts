import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { manifests, workplace } from "./commands.fixture.ts";

const closed = manifests.pods(["web", "api"]) + manifests.denyAll;
const opened = closed + manifests.allow("web", "api");

test("what a change opens, with the rules before and after", async () => {
  using place = workplace();
  const [before, after] = [place.write("old.yaml", closed), place.write("new.yaml", opened)];
  const { code, stdout } = await place.network("diff", before, after, "--cni", "calico");
  assert.equal(code, 0);
  assert.match(stdout, /: opens 1 connection\n/);
  assert.match(
    stdout,
    /OPENED denied before, allowed now\n {2}a\/web → a\/api {2}TCP 8080\n {6}before: denied: NetworkPolicy a\/deny selects it for egress[\s\S]*now: allowed by NetworkPolicy a\/web-to-api, egress rule 1/,
  );
  assert.match(
    stdout,
    /WHAT DIFFERS\n {2}added NetworkPolicy a\/web-to-api {3}new\.yaml:\d+:1\n {2}added NetworkPolicy a\/api-from-web/,
  );
  const back = await place.network("diff", after, before, "--cni", "calico");
  assert.match(back.stdout, /: closes 1\n\nCLOSED allowed before, denied now\n {2}a\/web → a\/api {2}TCP 8080\n/);
  const same = await place.network("diff", after, after);
  assert.match(same.stdout, /: opens and closes nothing\n/);
});

test("--fail-on-opened: 1 where it opens, 3 where it may, 0 where it closes", async () => {
  using place = workplace();
  const [before, after] = [place.write("old.yaml", closed), place.write("new.yaml", opened)];
  const block = closed.replace(
    "spec: { podSelector: {}, policyTypes: [Ingress, Egress] }",
    "spec: { podSelector: {}, policyTypes: [Ingress], ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/8 } }] }] }",
  );
  const ingress = closed.replace("[Ingress, Egress]", "[Ingress]");
  const unsure = [place.write("ingress.yaml", ingress), place.write("block.yaml", block)] as const;
  const codeOf = async (...words: string[]) => (await place.network("diff", ...words, "--fail-on-opened")).code;
  assert.equal(await codeOf(before, after), 1);
  assert.equal(await codeOf(after, before), 0);
  assert.equal(await codeOf(...unsure), 1, "addresses outside are let in");
  place.write("broken.yaml", "kind: NetworkPolicy\napiVersion: networking.k8s.io/v1\nspec: [\n");
  assert.equal(await codeOf(join(place.path, "broken.yaml"), join(place.path, "broken.yaml")), 3);
});

test("commits are read without git, and nothing is left behind", async () => {
  using place = workplace();
  const git = (...words: string[]) =>
    execFileSync("git", ["-C", place.path, "-c", "user.name=t", "-c", "user.email=t@example.org", ...words], {
      stdio: "ignore",
    });
  mkdirSync(join(place.path, "deploy", "sub"), { recursive: true });
  writeFileSync(join(place.path, "deploy", "sub", "a.yaml"), closed);
  writeFileSync(join(place.path, "deploy", "README.txt"), "no manifest\n");
  symlinkSync("/etc", join(place.path, "deploy", "out"));
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "--no-gpg-sign", "-m", "closed");
  writeFileSync(join(place.path, "deploy", "sub", "a.yaml"), opened);
  const laid = () => readdirSync(tmpdir()).filter((name) => name.startsWith("bulkhead-commit-"));
  const before = new Set(laid());
  const { code, stdout, stderr } = await place.network(
    "diff",
    "git:main:deploy",
    "deploy",
    "--cni",
    "calico",
    "--fail-on-opened",
  );
  assert.equal(code, 1, stderr);
  assert.match(stdout, /^git:main:deploy → deploy: opens 1 connection\n/);
  assert.match(
    stdout,
    /before: denied: NetworkPolicy a\/deny selects it for egress, and no rule allows\s+this\s+\(sub\/a\.yaml:\d+:1\)/,
  );
  assert.deepEqual(
    laid().filter((name) => !before.has(name)),
    [],
  );
  for (const [written, message] of [
    ["git:nope:deploy", /git\.revision: git:nope:deploy: .*no branch, tag or commit is called nope/],
    ["git:main:nope", /git\.path: git:main:nope: .*main has no such directory/],
    ["git:main", /git\.name: git:main: a commit or a path is missing/],
    ["git:main:../x", /git\.path: git:main:\.\.\/x/],
  ] as const) {
    const wrong = await place.network("diff", written, "deploy");
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, message);
  }
});

test("a comment for a pull request, and JSON", async () => {
  using place = workplace();
  const [before, after] = [place.write("old.yaml", closed), place.write("new.yaml", opened)];
  const { stdout } = await place.network("diff", before, after, "--cni", "calico", "--format", "markdown");
  assert.match(stdout, /^### Network: opens 1 connection\n\n\| {2}\| from \| to \| ports \| why \|\n/);
  assert.match(stdout, /\| ✗ \*\*opened\*\* \| <code>a\/web<\/code> \| <code>a\/api<\/code> \| TCP 8080 \| before/);
  const json = JSON.parse((await place.network("diff", before, after, "--format", "json")).stdout) as {
    changes: { kind: string; from: number[]; to: number[]; ports: unknown }[];
    endpoints: { name: string }[];
  };
  assert.deepEqual(
    json.changes.map(({ kind, from, to, ports }) => [
      kind,
      from.map((one) => json.endpoints[one]?.name),
      to.map((one) => json.endpoints[one]?.name),
      ports,
    ]),
    [["opened", ["a/Deployment/web"], ["a/Deployment/api"], [{ protocol: "TCP", first: 8080, last: 8080 }]]],
  );
});
