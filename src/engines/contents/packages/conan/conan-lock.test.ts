import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { answersWhateverTheBytes } from "../answers.fixture.ts";
import { holdsWhateverTheBytes, packageLines } from "../locked.fixture.ts";
import { conanLock } from "./conan-lock.ts";

const CONAN_1 = {
  graph_lock: {
    nodes: {
      "0": { path: "conanfile.txt", context: "host", requires: ["1"], build_requires: ["4"] },
      "1": { ref: "openssl/3.0.5", package_id: "0123", requires: ["2", "9"], build_requires: ["3"], context: "host" },
      "2": { ref: "zlib/1.2.12#c67ce17f2e96b972d42393ce50a76a1a", context: "host" },
      "3": { ref: "zlib/1.2.12", context: "build" },
      "4": { ref: "cmake/3.25.0@user/channel#0123%1.5", context: "build" },
    },
    revisions_enabled: true,
  },
  version: "0.4",
};

const CONAN_2 = {
  version: "0.5",
  requires: ["sound32/1.0#83d4b7bf607b3b60a6546f8b58b5cdd7%1675278904.0791488", "matrix/cci.20210118@user/channel"],
  build_requires: ["cmake/3.25.0#0123", "matrix/cci.20210118"],
  python_requires: ["recipes/0.1"],
};

function read(lock: unknown) {
  return factsOf(conanLock, "conan.lock", typeof lock === "string" ? lock : JSON.stringify(lock));
}

describe("conan.lock", () => {
  test("Conan 1: a graph from the project's node on", () => {
    assert.deepEqual(packageLines(read(CONAN_1)), [
      "cmake@3.25.0 direct development",
      "openssl@3.0.5 direct -> zlib@1.2.12",
      "zlib@1.2.12",
    ]);
    assert.equal(packagesOf(read(CONAN_1))[1]?.direct, false);
  });

  test("Conan 1 without the project's node tells nothing of what is direct", () => {
    const [openssl] = packagesOf(read({ graph_lock: { nodes: { "1": { ref: "openssl/3.0.5" } } } }));
    assert.deepEqual(openssl, {
      ...{ type: "conan", name: "openssl", version: "3.0.5", licenses: [] },
      ...{ reference: "openssl 3.0.5", dependsOn: [] },
    });
  });

  test("Conan 2: lists", () => {
    assert.deepEqual(packageLines(read(CONAN_2)), [
      "cmake@3.25.0 development",
      "matrix@cci.20210118",
      "recipes@0.1 development",
      "sound32@1.0",
    ]);
  });

  test("what is no reference is noted, the others are there", () => {
    const graph = read({ graph_lock: { nodes: { a: 7, b: { ref: "zlib" }, c: { ref: 7 }, d: { ref: "e/1" } } } });
    assert.deepEqual(packageLines(graph), ["e@1"]);
    assert.deepEqual(unreadOf(graph), [
      "node a is not an object",
      "node b (zlib) states no version",
      "node c states no name",
    ]);
    const lists = read({ requires: [7, "a", "b/1"] });
    assert.deepEqual(packageLines(lists), ["b@1"]);
    assert.deepEqual(unreadOf(lists), [
      "item 1 of requires states no name",
      "item 2 of requires (a) states no version",
    ]);
  });

  test("what is something else is unreadable", () => {
    for (const text of ["", "{", "[]", "{}", '{"graph_lock":{}}', '{"requires":{}}']) {
      assert.equal(read(text)?.kind, "unreadable", text);
    }
  });

  test("whatever the bytes, an answer", () => {
    holdsWhateverTheBytes(conanLock, "conan.lock", JSON.stringify(CONAN_1));
    answersWhateverTheBytes(conanLock, "conan.lock", JSON.stringify(CONAN_2));
  });
});
