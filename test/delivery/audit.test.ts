/** `bulkhead init --pipeline` as a user runs it, and what `bulkhead build audit` says of what it wrote. */
import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { treeOf } from "../../src/collect/tree/tree.fixture.ts";
import { inProcess } from "../in-process.ts";

const shops = join(import.meta.dirname, "..", "..", "examples", "shop");
const digest = `sha256:${"ab".repeat(32)}`;

/** Two services of one module and one of another language, in a monorepo without a policy. */
const monorepo = {
  "go.mod": "module example.com/shop\n\ngo 1.25\n",
  "go.sum": "",
  "services/api/Dockerfile": `FROM docker.io/library/golang:1.25@${digest} AS build\nWORKDIR /src\nCOPY go.mod go.sum ./\nCOPY services/api services/api\nRUN --mount=type=secret,id=goproxy go build -o /api ./services/api\nFROM scratch\nCOPY --from=build /api /api\nUSER 10001:10001\nENTRYPOINT ["/api"]\n`,
  "services/api/main.go": "package main\n",
  "services/web/Dockerfile": `FROM docker.io/library/node:24@${digest}\nWORKDIR /srv\nCOPY package.json package-lock.json ./\nCOPY src src\nUSER 10001:10001\nCMD ["node", "src/main.js"]\n`,
  "services/web/package.json": "{}",
  "services/web/package-lock.json": '{"lockfileVersion":3,"packages":{}}',
  "services/web/src/main.js": "",
  "compose.yaml":
    "services:\n  jobs:\n    image: ghcr.io/acme/shop-jobs:1\n    build: { context: ., dockerfile: services/jobs.Dockerfile }\n",
  "services/jobs.Dockerfile": "FROM scratch\nCOPY services/web/src /src\nUSER 10001:10001\n",
};

const run = async (root: string, ...words: string[]) => await inProcess(words, { cwd: root, home: join(root, "..") });

/** Findings of low severity and above in what was written. */
async function findings(root: string): Promise<string[]> {
  const { stdout } = await run(root, "build", "audit", ".", "--quiet", "--fail-on", "never", "--format", "json");
  const { evaluations } = JSON.parse(stdout) as {
    evaluations: {
      check: string;
      verdict: string;
      asset: { name: string };
      findings: { severity: string; title: string }[];
      gaps?: unknown[];
    }[];
  };
  const own = evaluations.filter(({ check }) => check.startsWith("build/"));
  assert.ok(own.length > 100, `${own.length} evaluations`);
  return own.flatMap(({ check, verdict, asset, findings: found }) => [
    ...(verdict === "unknown" ? [`${check} of ${asset.name} is unknown`] : []),
    ...found.filter(({ severity }) => severity !== "negligible").map(({ title }) => `${check}: ${title}`),
  ]);
}

describe("bulkhead init --pipeline", () => {
  for (const shop of ["hardened", "insecure"]) {
    it(`writes pipelines for the ${shop} shop that its own audit finds nothing in`, async () => {
      using tree = treeOf({});
      cpSync(join(shops, shop), tree.root, { recursive: true });
      const workflows = join(tree.root, ".github", "workflows");
      const before = readFileSync(join(workflows, "images.yml"), "utf8");
      for (const provider of ["github", "gitlab"]) {
        const made = await run(tree.root, "init", "--pipeline", provider, ".");
        assert.equal(made.code, 0, made.stderr);
        assert.match(made.stdout, /^fill in: .*BULKHEAD_SHA256/m);
      }
      assert.equal(readFileSync(join(workflows, "images.yml"), "utf8"), before);
      // The shop's own say what they are there to show.
      for (const own of ["images.yml", "preview.yml"]) rmSync(join(workflows, own), { force: true });
      assert.deepEqual(await findings(tree.root), []);
    });
  }

  it("finds the contexts, names and ecosystems of a monorepo, audited clean without a policy", async () => {
    using tree = treeOf(monorepo);
    for (const provider of ["github", "gitlab"])
      assert.equal((await run(tree.root, "init", "--pipeline", provider)).code, 0);
    assert.deepEqual(await findings(tree.root), []);
    const delivery = readFileSync(join(tree.root, ".github/workflows/bulkhead-delivery.yml"), "utf8");
    assert.match(delivery, /dockerfile: services\/api\/Dockerfile\n {6}context: \.\n/);
    assert.match(delivery, /dockerfile: services\/web\/Dockerfile\n {6}context: services\/web\n/);
    assert.match(delivery, /context: \.\n {6}repository: ghcr\.io\/acme\/shop-jobs\n/);
    assert.match(delivery, /BUILD_SECRET_GOPROXY: \$\{\{ secrets\.BUILD_SECRET_GOPROXY \}\}/);
  });

  it("overwrites nothing, shows what it would change, and replaces with --force only what it wrote", async () => {
    using tree = treeOf(monorepo);
    const file = join(tree.root, ".github/workflows/bulkhead-image.yml");
    const shown = await run(tree.root, "init", "--pipeline", "github", "--diff");
    assert.match(shown.stdout, /^\+\+\+ b\/\.github\/workflows\/bulkhead-image\.yml$/m);
    assert.match(shown.stderr, /^fill in: /m);
    assert.equal((await run(tree.root, "init", "--pipeline", "github")).code, 0);
    const written = readFileSync(file, "utf8");
    assert.equal((await run(tree.root, "init", "--pipeline", "github")).code, 2);
    writeFileSync(file, written.replace("timeout-minutes: 60", "timeout-minutes: 90"));
    const change = await run(tree.root, "init", "--pipeline", "github", "--diff");
    assert.match(change.stdout, /^-.*timeout-minutes: 90\n\+.*timeout-minutes: 60$/m);
    assert.equal((await run(tree.root, "init", "--pipeline", "github", "--force")).code, 0);
    assert.equal(readFileSync(file, "utf8"), written);
    writeFileSync(file, "name: mine\non: push\njobs: {}\n");
    const other = await run(tree.root, "init", "--pipeline", "github", "--force");
    assert.deepEqual([other.code, readFileSync(file, "utf8").slice(0, 10)], [2, "name: mine"]);
    assert.match(other.stderr, /only what init wrote is replaced/);
  });

  it("knows what it wrote, Renovate's options too", async () => {
    using tree = treeOf(monorepo);
    const made = await run(tree.root, "init", "--pipeline", "gitlab");
    assert.equal(made.code, 0, made.stderr);
    const file = join(tree.root, "renovate.json");
    const written = readFileSync(file, "utf8");
    writeFileSync(file, written.replace("* 0-5 * * 1", "* 0-5 * * 2"));
    const again = await run(tree.root, "init", "--pipeline", "gitlab", "--force");
    assert.equal(again.code, 0, again.stderr);
    assert.doesNotMatch(again.stdout, /renovate\.json is there/);
    assert.equal(readFileSync(file, "utf8"), written);
    // Somebody else's, whatever it says of itself, and one that is too long to be ours.
    for (const other of ['{ "description": "by hand" }', "null", "[]", `${written}${" ".repeat(2_000_000)}`]) {
      writeFileSync(file, other);
      const left = await run(tree.root, "init", "--pipeline", "gitlab", "--force");
      assert.match(left.stdout, /renovate\.json is there/, other.slice(0, 40));
      assert.equal(readFileSync(file, "utf8"), other);
    }
  });

  it("says what is wrong with its words, and with a directory that builds nothing", async () => {
    using tree = treeOf({ "README.md": "" });
    const code = async (...words: string[]) => (await run(tree.root, "init", ...words)).code;
    assert.equal(await code("--pipeline", "jenkins"), 2);
    assert.equal(await code("--diff"), 2);
    assert.equal(await code("--pipeline", "github", "--package-managers"), 2);
    assert.equal(await code("--pipeline", "github"), 2);
  });
});
