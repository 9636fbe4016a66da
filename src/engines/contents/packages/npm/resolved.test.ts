import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, unreadOf } from "../../facts.fixture.ts";
import { pipfileLock } from "../pypi/pipfile-lock.ts";
import { bunLock } from "./bun-lock.ts";
import { packageLock } from "./package-lock.ts";
import { pnpmLock } from "./pnpm-lock.ts";
import { contradictionIn, otherName } from "./resolved.ts";
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

  test("so has Yarn's later lockfile, for the locator, a patch's and an archive of another place", () => {
    const lock = (place: string) =>
      `__metadata:\n  version: 8\n\n"lodash@npm:^4":\n  version: 4.17.21\n  resolution: "lodash@${place}"\n  languageName: node\n  linkType: hard\n`;
    const read = (place: string) => unreadOf(factsOf(yarnLock, "yarn.lock", lock(place)));
    holds(read("npm:4.17.4"), ["lodash@npm:^4 is resolved to 4.17.4", "not version 4.17.21"]);
    holds(read("patch:lodash@npm%3A4.17.4#./a.patch"), ["is resolved to 4.17.4"]);
    holds(read(`npm:4.17.21::__archiveUrl=${encodeURIComponent(OLD)}`), ["is resolved to", OLD]);
    for (const place of ["npm:4.17.21", "patch:lodash@npm%3A4.17.21#./a.patch::version=4.17.21&hash=1"]) {
      assert.deepEqual(read(place), []);
    }
  });

  test("so has bun.lock, for the archive of a registry", () => {
    const read = (archive: string) => {
      const packages = { lodash: ["lodash@4.17.21", archive, {}, "sha512-x"] };
      return unreadOf(factsOf(bunLock, "bun.lock", JSON.stringify({ lockfileVersion: 1, packages })));
    };
    holds(read(OLD), ["the package lodash is resolved to", "not version 4.17.21"]);
    for (const place of ["", "https://npm.example.org/", OLD.replace("17.4", "17.21")])
      assert.deepEqual(read(place), []);
  });

  test("so has Pipfile.lock, for archives and repositories", () => {
    const read = (entry: object) => {
      const packages = { default: { django: { version: "==4.2.1", ...entry } } };
      return unreadOf(factsOf(pipfileLock, "Pipfile.lock", JSON.stringify(packages)));
    };
    holds(read({ file: "https://host/django-1.0.tar.gz" }), [
      "the package django is https://host",
      "not version 4.2.1",
    ]);
    holds(read({ git: "https://host/django.git", ref: "00" }), ["states version 4.2.1 beside a repository"]);
    for (const file of ["https://host/Django-4.2.1-py3-none-any.whl", "https://host/x/django-4.2.1.tar.gz#sha256=00"]) {
      assert.deepEqual(read({ file }), []);
    }
    assert.deepEqual(read({}), []);
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

test("the name that a registry's archive is of, where another stands beside it", () => {
  const at = (path: string) => `https://registry.yarnpkg.com/${path}`;
  const other = (name: string, version: string, path: string) => otherName(name, version, at(path));
  assert.equal(
    other(
      "resize-observer-polyfill",
      "1.5.2",
      "@4lolo/resize-observer-polyfill/-/resize-observer-polyfill-1.5.2.tgz#58",
    ),
    "@4lolo/resize-observer-polyfill",
  );
  assert.equal(other("mine", "4.17.4", "lodash/-/lodash-4.17.4.tgz"), "lodash");
  assert.equal(other("lodash", "4.17.4", "lodash/-/lodash-4.17.4.tgz"), undefined);
  // One of another version is a contradiction, and speaks for no name.
  assert.equal(other("mine", "4.17.21", "lodash/-/lodash-4.17.4.tgz"), undefined);
  assert.equal(otherName("mine", "1.0.0", "file:lodash/-/lodash-1.0.0.tgz"), undefined);
});
