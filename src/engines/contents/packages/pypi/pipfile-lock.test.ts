import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { holdsWhateverTheBytes, packageLines } from "../locked.fixture.ts";
import { pipfileLock } from "./pipfile-lock.ts";

const PATH = "app/Pipfile.lock";
const HASH = "cd".repeat(32);

const LOCK = {
  _meta: { hash: { sha256: "0123" }, "pipfile-spec": 6, sources: [] },
  default: {
    requests: { hashes: [`sha256:${HASH}`], index: "pypi", version: "==2.31.0" },
    both: { hashes: [`sha256:${HASH}`, `sha256:${HASH}`], version: "===1.0" },
    git: { git: "https://host/git.git", ref: "0123abc" },
    mine: { editable: true, path: "." },
  },
  develop: { pytest: { version: "==8.0.0" }, both: { version: "==1.0" }, Both: { version: "==2.0" } },
  docs: { sphinx: { version: "==7.0.0" } },
};

describe("Pipfile.lock", () => {
  test("categories tell the usage, and the project's own paths are left out", () => {
    const facts = factsOf(pipfileLock, PATH, JSON.stringify(LOCK));
    assert.deepEqual(packageLines(facts), [
      "Both@2.0 development",
      "both@1.0",
      "git@0123abc",
      "pytest@8.0.0 development",
      "requests@2.31.0",
      "sphinx@7.0.0 development",
    ]);
    assert.deepEqual(packagesOf(facts)[0]?.hashes, { sha256: HASH });
    assert.deepEqual(unreadOf(facts), []);
  });

  test("an entry without a version is said", () => {
    const facts = factsOf(pipfileLock, PATH, '{"default":{"a":{},"b":{"version":"*"}}}');
    assert.deepEqual(unreadOf(facts), ["the package a default (a) states no version"]);
  });

  test("what is no lockfile is unreadable", () => {
    for (const text of ["", "[]", "{}"]) assert.equal(factsOf(pipfileLock, PATH, text)?.kind, "unreadable", text);
  });

  test("whatever the bytes, an answer", () => holdsWhateverTheBytes(pipfileLock, PATH, JSON.stringify(LOCK)));
});
