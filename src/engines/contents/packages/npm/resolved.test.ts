import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, unreadOf } from "../../facts.fixture.ts";
import { packageLock } from "./package-lock.ts";
import { pnpmLock } from "./pnpm-lock.ts";
import { contradictionIn } from "./resolved.ts";
import { yarnLock } from "./yarn-lock.ts";

const OLD = "https://registry.npmjs.org/lodash/-/lodash-4.17.4.tgz";

describe("a version and the place that is installed", () => {
  const agreeing: readonly [name: string, version: string, resolved: string][] = [
    ["lodash", "4.17.4", OLD],
    ["lodash", "4.17.4", `${OLD}#6d0e8f3a`],
    ["@s/a", "1.0.0", "https://registry.npmjs.org/@s/a/-/a-1.0.0.tgz"],
    ["@s/a", "1.0.0", "https://host/npm/@s%2fa/-/a-1.0.0.tgz"],
    ["@s/a", "1.0.0", "https://host/artifactory/api/npm/npm/@s/a/-/@s/a-1.0.0.tgz"],
    ["a", "1.0.0+build", "https://registry.npmjs.org/a/-/a-1.0.0.tgz"],
    ["@s/a", "1.0.0", "https://npm.pkg.github.com/download/@s/a/1.0.0/0123456789abcdef"],
    ["a", "1.0.0", "https://host/a-1.0.0.tgz"],
    ["a", "1.0.0", "https://codeload.github.com/x/a/tar.gz/v1.0.0"],
    ["a", "1.0.0", "git+ssh://git@github.com/x/a.git#0123456"],
    ["a", "1.0.0", "https://github.com/x/a.git#0123456"],
    ["a", "1.0.0", "file:../a.tgz"],
  ];
  for (const [name, version, resolved] of agreeing) {
    test(`${name} ${version} is ${resolved}`, () => assert.equal(contradictionIn(name, version, resolved), undefined));
  }

  const others: readonly [name: string, version: string, resolved: string][] = [
    ["lodash", "4.17.21", OLD],
    ["lodash", "4.17.21", `${OLD}?lodash-4.17.21.tgz`],
    ["other", "4.17.4", OLD],
    ["@s/lodash", "4.17.4", OLD],
    ["lodash", "4.17.21", "https://host/lodash.tgz"],
    ["lodash", "4.17.21", "https://host/lodash-4.17.21-4.17.4.tgz"],
    ["lodash", "4.17.21", "HTTPS://registry.npmjs.org/lodash/-/lodash%2d4.17.4.tgz"],
  ];
  for (const [name, version, resolved] of others) {
    test(`${name} ${version} is not ${resolved}`, () => assert.ok(contradictionIn(name, version, resolved)));
  }

  const said = ["the package lodash is resolved to", "which is not version 4.17.21"];
  const holds = (sentences: readonly string[], words: readonly string[] = said) => {
    assert.equal(sentences.length, 1, sentences.join("; "));
    for (const word of words) assert.ok(sentences[0]?.includes(word), sentences[0]);
  };
  const entry = { version: "4.17.21", resolved: OLD };

  test("package-lock.json of all versions has a gap where npm installs another", () => {
    const three = { lockfileVersion: 3, packages: { "node_modules/lodash": entry } };
    holds(unreadOf(factsOf(packageLock, "package-lock.json", JSON.stringify(three))));
    const one = { lockfileVersion: 1, dependencies: { lodash: entry } };
    holds(unreadOf(factsOf(packageLock, "package-lock.json", JSON.stringify(one))));
  });

  test("so has yarn.lock", () => {
    const text = `lodash@^4:\n  version "4.17.21"\n  resolved "${OLD}#6d0e"\n`;
    holds(unreadOf(factsOf(yarnLock, "yarn.lock", text)), ["the entry at line 1 is resolved to", OLD]);
  });

  test("so has pnpm-lock.yaml, for the archive and for a version beside the key", () => {
    const lock = (key: string, fields: string) =>
      `lockfileVersion: '9.0'\npackages:\n  ${key}:\n    resolution: {integrity: sha512-x${fields}\n`;
    const read = (text: string) => unreadOf(factsOf(pnpmLock, "pnpm-lock.yaml", text));
    holds(read(lock("lodash@4.17.21", `, tarball: ${OLD}}`)), ["lodash@4.17.21 is resolved to"]);
    holds(read(lock("lodash@4.17.4", "}\n    version: 4.17.21")), ["lodash@4.17.4 states version 4.17.21"]);
    assert.deepEqual(read(lock("lodash@4.17.4", `, tarball: ${OLD}}`)), []);
  });
});
