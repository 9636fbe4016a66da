import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { defaultPolicy } from "../collect/policy/default.ts";
import { inFolder, withDatabase } from "../engines/vulnerability/database/advisories.fixture.ts";
import { scanLockfileState } from "./lockfile-state.ts";

const now = new Date("2026-01-03T00:00:00Z");
const evil = {
  ...{ id: "MAL-2026-1", modified: "2026-01-01T00:00:00Z", summary: "It takes what it finds" },
  affected: [
    { package: { ecosystem: "npm", name: "evil" }, ranges: [{ type: "SEMVER", events: [{ introduced: "0" }] }] },
  ],
};

async function scan(files: Readonly<Record<string, string>>, paths = Object.keys(files)) {
  return await inFolder(async (folder) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const coverage = [{ ecosystem: "npm", asOf: "2026-01-02", complete: true }];
    return await withDatabase([evil], coverage, async (advisories) => {
      const evaluations = await scanLockfileState(folder, paths, { policy: defaultPolicy, now, advisories });
      return evaluations.map(({ check, asset, verdict, findings }) =>
        [
          `${check.replace("build/dependency-", "")} ${asset.name}: ${verdict}`,
          ...findings.map(({ title }) => title),
        ].join("; "),
      );
    });
  });
}

function lockfile(packages: Readonly<Record<string, object>>): string {
  const entries = Object.entries(packages).map(([name, entry]) => [
    `node_modules/${name}`,
    { version: "1.0.0", ...entry },
  ]);
  const dependencies = Object.fromEntries(Object.keys(packages).map((name) => [name, "1.0.0"]));
  return JSON.stringify({ lockfileVersion: 3, packages: { "": { dependencies }, ...Object.fromEntries(entries) } });
}

const fromRegistry = (name: string) => ({
  resolved: `https://registry.npmjs.org/${name}/-/${name}-1.0.0.tgz`,
  integrity: `sha512-${"A".repeat(86)}==`,
});

test("what is pinned is evaluated without a change: malice, sources, hashes, manifests", async () => {
  const text = lockfile({
    web: fromRegistry("web"),
    evil: { ...fromRegistry("evil"), dev: true },
    other: { ...fromRegistry("other"), resolved: "https://npm.acme.example/other/-/other-1.0.0.tgz" },
  });
  const manifest = JSON.stringify({ dependencies: { web: "^2.0.0", evil: "1.0.0", other: "1.0.0" } });
  const told = await scan({ "app/package-lock.json": text, "app/package.json": manifest }, ["app/package-lock.json"]);
  assert.match(told.join("\n"), /^malicious app\/package-lock\.json: fail; evil 1\.0\.0 is a malicious package/m);
  assert.match(
    told.join("\n"),
    /^source app\/package-lock\.json: fail; other 1\.0\.0 is fetched from npm\.acme\.example/m,
  );
  assert.match(told.join("\n"), /^integrity app\/package-lock\.json: pass$/m);
  assert.match(told.join("\n"), /^manifest-mismatch app\/package-lock\.json: fail; .*web/m);
});

test("what is as it should be passes, and other lockfiles than those that are named are left alone", async () => {
  const text = lockfile({ web: fromRegistry("web") });
  const told = await scan({ "package-lock.json": text, "other/package-lock.json": text }, ["package-lock.json"]);
  assert.deepEqual(told, [
    "malicious package-lock.json: pass",
    "source package-lock.json: pass",
    "integrity package-lock.json: pass",
    "manifest-mismatch package-lock.json: pass",
  ]);
  assert.deepEqual(await scan({}, []), []);
});

test("a lockfile that cannot be read passes nothing", async () => {
  const told = await scan({ "package-lock.json": '{"lockfileVersion": 3, "packages": {' });
  assert.ok(told.length > 0);
  assert.ok(
    told.every((line) => line.endsWith(": unknown")),
    told.join("\n"),
  );
});
