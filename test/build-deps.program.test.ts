/** The review of a change of dependencies, from the command line: a repository, a registry on loopback, the exit code. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import { type FixtureRegistry, startRegistry } from "../src/collect/packages/registry.fixture.ts";
import { git, skipWithoutGit, temporaryFolder } from "../src/engines/git/repository.fixture.ts";
import { tarOf } from "../src/engines/oci/image.fixture.ts";
import { importAdvisories } from "../src/engines/vulnerability/database/import.ts";
import { inProcess } from "./in-process.ts";

const now = "2026-01-10T00:00:00Z";
const old = "2024-05-01T00:00:00.000Z";

/** A package as npm publishes it. */
function archive(
  name: string,
  version: string,
  files: Readonly<Record<string, string>> = {},
  more: object = {},
): Buffer {
  const manifest = { name, version, license: "MIT", main: "index.js", ...more };
  const code = Array.from({ length: 60 }, (_, at) => `exports.f${at} = (a) => a + ${at};`).join("\n");
  const all = { "package.json": JSON.stringify(manifest), "index.js": code, ...files };
  return gzipSync(tarOf(Object.entries(all).map(([path, content]) => ({ name: `package/${path}`, content }))));
}

interface World {
  readonly folder: string;
  readonly registry: FixtureRegistry;
  /** What is pinned, by name. */
  readonly packages: Map<string, Record<string, unknown>>;
  publish(name: string, version: string, published?: string, bytes?: Buffer): void;
  pin(name: string, version: string, more?: object): void;
  write(): void;
  review(
    ...more: string[]
  ): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

async function world(context: TestContext): Promise<World> {
  const folder = temporaryFolder(context);
  const registry = await startRegistry(context);
  const packages = new Map<string, Record<string, unknown>>();
  const direct: Record<string, string> = {};
  const database = join(folder, "..", `${folder.split("/").at(-1)}.db`);
  const advisories = join(folder, ".advisories");
  mkdirSync(advisories);
  const record = {
    ...{ id: "MAL-2026-1", modified: "2026-01-02T00:00:00Z", summary: "It takes what it finds" },
    affected: [
      { package: { ecosystem: "npm", name: "evil" }, ranges: [{ type: "SEMVER", events: [{ introduced: "0" }] }] },
    ],
  };
  writeFileSync(join(advisories, "npm.jsonl"), `${JSON.stringify(record)}\n`);
  const sources = [{ file: "npm.jsonl", ecosystem: "npm", asOf: "2026-01-09", complete: true }];
  writeFileSync(join(advisories, "coverage.json"), JSON.stringify({ sources }));
  await importAdvisories({ database, sources: [advisories], now: new Date(now) });
  const archives = new Map<string, Buffer>();
  const self: World = {
    folder,
    registry,
    packages,
    publish(name, version, published = old, bytes = archive(name, version)) {
      archives.set(`${name} ${version}`, bytes);
      const versions = registry.packages.get(name)?.versions ?? {};
      registry.packages.set(name, {
        versions: { ...versions, [version]: { published, archive: bytes, manifest: { license: "MIT" } } },
      });
    },
    pin(name, version, more = {}) {
      direct[name] = `^${version}`;
      const bytes = archives.get(`${name} ${version}`);
      packages.set(name, {
        version,
        resolved: `https://registry.npmjs.org/${name}/-/${name}-${version}.tgz`,
        ...(bytes === undefined ? {} : { integrity: `sha512-${createHash("sha512").update(bytes).digest("base64")}` }),
        license: "MIT",
        ...more,
      });
    },
    write() {
      const root = { name: "shop", version: "1.0.0", dependencies: direct };
      const lock = {
        ...{ name: "shop", version: "1.0.0", lockfileVersion: 3, requires: true },
        packages: Object.fromEntries([
          ["", root],
          ...Array.from(packages, ([name, entry]) => [`node_modules/${name}`, entry]),
        ]),
      };
      writeFileSync(join(folder, "package.json"), JSON.stringify(root, null, 2));
      writeFileSync(join(folder, "package-lock.json"), JSON.stringify(lock, null, 2));
    },
    async review(...more) {
      const words = ["build", "deps", ".", "--diff", "HEAD", "--db", database, "--now", now, "--no-cache"];
      const { code, stdout, stderr } = await inProcess([...words, `--registry=npm=${registry.base}`, ...more], {
        cwd: folder,
        home: join(folder, ".home"),
      });
      return { code, stdout, stderr };
    },
  };
  writeFileSync(join(folder, ".gitignore"), ".advisories\n.home\n");
  self.publish("web", "1.0.0");
  self.publish("lib", "2.0.0");
  self.pin("web", "1.0.0");
  self.pin("lib", "2.0.0");
  self.write();
  git(folder, ["init", "--quiet", "--initial-branch=main"]);
  git(folder, ["add", "."]);
  git(folder, ["commit", "--quiet", "--message=base"]);
  return self;
}

/** Check → verdict and titles. */
function told(stdout: string): Record<string, readonly string[]> {
  const { evaluations } = JSON.parse(stdout) as {
    evaluations: readonly { check: string; verdict: string; findings: readonly { title: string }[] }[];
  };
  return Object.fromEntries(
    evaluations.map(({ check, verdict, findings }) => [
      check.replace("build/dependency-", ""),
      [verdict, ...findings.map(({ title }) => title)],
    ]),
  );
}

const skip = { skip: skipWithoutGit };

test(
  "a change that adds malice, swaps contents, takes from Git and is too young is refused, each by its name",
  skip,
  async (t) => {
    const change = await world(t);
    change.publish("evil", "1.0.0");
    change.publish("young", "3.0.0", "2026-01-09T12:00:00.000Z");
    change.pin("evil", "1.0.0");
    change.pin("young", "3.0.0");
    const other = createHash("sha512").update("other bytes").digest("base64");
    change.pin("lib", "2.0.0", { integrity: `sha512-${other}` });
    const commit = "0123456789abcdef0123456789abcdef01234567";
    change.pin("forked", "1.0.0", { resolved: `git+ssh://git@github.com/someone/forked.git#${commit}` });
    change.write();
    const { code, stdout, stderr } = await change.review("--format", "json");
    assert.equal(code, 1, stderr);
    const found = told(stdout);
    assert.deepEqual(found.malicious, ["fail", "evil 1.0.0 is a malicious package (MAL-2026-1)"]);
    assert.match(found.source?.join() ?? "", /^fail,forked .* is fetched from Git \(github\.com\/someone\/forked\)/);
    assert.match(found.integrity?.join() ?? "", /^fail,lib 2\.0\.0 has another hash than before for the same version$/);
    assert.match(found.cooldown?.slice(1).join() ?? "", /^young 3\.0\.0 /);
    const { changes } = JSON.parse(stdout) as { changes: readonly { counts: object }[] };
    assert.deepEqual(changes[0]?.counts, { added: 3, upgraded: 0, downgraded: 0, replaced: 1, removed: 0 });
    const markdown = await change.review("--format", "markdown");
    assert.match(markdown.stdout, /^### bulkhead: ✗ fail: \d findings block this change\n/);
    assert.ok(markdown.stdout.length < 65_536);
    for (const name of ["evil", "lib", "forked", "young"]) assert.ok(markdown.stdout.includes(name), name);
  },
);

test("its clean twin passes every check", skip, async (t) => {
  const change = await world(t);
  change.publish("web", "1.1.0");
  change.publish("calm", "1.0.0");
  change.pin("web", "1.1.0");
  change.pin("calm", "1.0.0");
  change.write();
  const { code, stdout, stderr } = await change.review("--format", "json", "--all");
  const found = told(stdout);
  assert.deepEqual(
    Object.entries(found).filter(([, [verdict]]) => verdict !== "pass"),
    [],
    stderr,
  );
  assert.equal(code, 0);
  assert.ok(Object.keys(found).length >= 17, Object.keys(found).join());
  const { code: table, stdout: page } = await change.review("--format", "table");
  assert.equal(table, 0);
  assert.match(page, /CHANGES ─+ 1 added, 1 upgraded\n/);
  assert.match(page, /\+ calm {2}1\.0\.0\n {2}↑ web {3}1\.0\.0 → 1\.1\.0\n/);
});

test("an archive that does harm is refused with its file and line", skip, async (t) => {
  const change = await world(t);
  const hidden = Buffer.from("require('child_process').exec('id')").toString("base64");
  const code = `const a = 1;\n${"ev"}al(Buffer.from("${hidden}", "base64").toString());\n`;
  change.publish("odd", "1.0.0", old, archive("odd", "1.0.0", { "index.js": code }));
  change.pin("odd", "1.0.0");
  change.write();
  const { code: exit, stdout } = await change.review("--format", "json");
  assert.match(told(stdout).threat?.join() ?? "", /^fail,odd 1\.0\.0 has harmful code: .*\((?:package\/)?index\.js:2/);
  assert.equal(exit, 1);
});

test("what is not asked is unknown, one line with its count, and somebody may answer for it", skip, async (t) => {
  const change = await world(t);
  for (let at = 0; at < 40; at++) {
    change.publish(`part-${at}`, "1.0.0");
    change.pin(`part-${at}`, "1.0.0");
  }
  change.write();
  const { code, stdout } = await change.review("--offline", "--format", "plain");
  assert.equal(code, 3);
  assert.equal(change.registry.seen.length, 0);
  const unknown = stdout.split("\n").filter((line) => line.startsWith("unknown:"));
  assert.equal(unknown.length, 1, unknown.join("\n"));
  assert.match(unknown[0] ?? "", /40 packages \(part-0 1\.0\.0, /);
  const accepted = await change.review("--offline", "--accept-unknown", "packages.offline");
  assert.equal(accepted.code, 0, accepted.stdout);
  const without = await change.review("--no-contents", "--format", "plain");
  assert.equal(without.code, 3);
  assert.match(without.stdout, /40 packages .*archives were not read \(--no-contents\)/);
  assert.ok(change.registry.seen.every(({ url }) => !url.endsWith(".tgz")));
});

test("a change without changes passes, whatever the lockfile has", skip, async (t) => {
  const change = await world(t);
  const { code, stdout } = await change.review("--offline");
  assert.equal(code, 0);
  assert.match(stdout, /pass/);
});

test("hostile lockfiles are unknown with their place", skip, async (t) => {
  const change = await world(t);
  const hostile: Readonly<Record<string, string>> = {
    "cut off": readFileSync(join(change.folder, "package-lock.json"), "utf8").slice(0, 120),
    "no lockfile at all": "\u0000\u0001\u0002",
    "nested without end": `${'{"packages":'.repeat(20_000)}1`,
    "a list": "[]",
  };
  for (const [what, text] of Object.entries(hostile)) {
    writeFileSync(join(change.folder, "package-lock.json"), text);
    const { code, stdout, stderr } = await change.review("--offline", "--format", "json");
    assert.equal(code, 3, `${what}: ${stdout}${stderr}`);
    const { evaluations } = JSON.parse(stdout) as {
      evaluations: readonly { asset: { name: string }; verdict: string; gaps: readonly { reason: string }[] }[];
    };
    assert.ok(
      evaluations.some(
        ({ verdict, gaps }) => verdict === "unknown" && gaps.some(({ reason }) => reason.includes("package-lock.json")),
      ),
      `${what}: ${stdout}`,
    );
    assert.ok(evaluations.every(({ verdict }) => verdict !== "fail"));
  }
});

test("what an option says wrongly is a usage error", skip, async (t) => {
  const change = await world(t);
  const { code, stderr } = await change.review("--registry", "npm");
  assert.deepEqual([code, /--registry npm: not a registry/.test(stderr)], [2, true]);
  const none = await inProcess(["build", "deps", ".", "--diff", "no-such-ref"], {
    cwd: change.folder,
    home: join(change.folder, ".home"),
  });
  assert.equal(none.code, 2, none.stdout);
  const alone = await inProcess(["build", "deps", ".", "--offline"], {
    cwd: change.folder,
    home: join(change.folder, ".home"),
  });
  assert.deepEqual([alone.code, /--diff BASE/.test(alone.stderr)], [2, true]);
});
