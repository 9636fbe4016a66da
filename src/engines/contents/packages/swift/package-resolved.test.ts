import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, unreadOf } from "../../facts.fixture.ts";
import { answersWhateverTheBytes } from "../answers.fixture.ts";
import { packageLines } from "../locked.fixture.ts";
import { swiftPackageResolved } from "./package-resolved.ts";

const REVISION = "3f7b3a6350e73c7dcac45301c0e18fbd42af02f7";

const VERSION_1 = {
  object: {
    pins: [
      {
        package: "NIO",
        repositoryURL: "https://github.com/apple/swift-nio.git",
        state: { branch: null, revision: REVISION, version: "2.41.0" },
      },
    ],
  },
  version: 1,
};

const VERSION_3 = {
  originHash: "0123",
  pins: [
    {
      identity: "swift-nio",
      kind: "remoteSourceControl",
      location: "https://github.com/apple/swift-nio.git",
      state: { revision: REVISION, version: "2.41.0" },
    },
    {
      identity: "branched",
      kind: "remoteSourceControl",
      location: "git@github.com:Owner/Branched.git",
      state: { branch: "main", revision: REVISION },
    },
    { identity: "mona.LinkedList", kind: "registry", location: "", state: { version: "1.1.1" } },
    { identity: "own", kind: "localSourceControl", location: "/src/own", state: { revision: REVISION } },
  ],
  version: 3,
};

function read(resolved: unknown) {
  return factsOf(
    swiftPackageResolved,
    "Package.resolved",
    typeof resolved === "string" ? resolved : JSON.stringify(resolved),
  );
}

describe("Package.resolved", () => {
  test("version 1", () => assert.deepEqual(packageLines(read(VERSION_1)), ["github.com/apple/swift-nio@2.41.0"]));

  test("versions 2 and 3: repositories and registries; the project's own are none", () => {
    assert.deepEqual(
      packageLines(read(VERSION_3)),
      [`github.com/Owner/Branched@${REVISION}`, "github.com/apple/swift-nio@2.41.0", "mona.LinkedList@1.1.1"].sort(),
    );
  });

  const urls: readonly [url: string, name: string][] = [
    ["https://github.com/a/b", "github.com/a/b"],
    ["http://GitHub.com/a/b/", "github.com/a/b"],
    ["ssh://git@github.com:22/a/b.git", "github.com/a/b"],
    ["git@example.org:group/sub/b.git", "example.org/group/sub/b"],
    ["https://user:secret@example.org/a/b.git", "example.org/a/b"],
    ["example.org/a@1", "example.org/a@1"],
  ];
  for (const [location, name] of urls) {
    test(`${location} is ${name}`, () => {
      assert.deepEqual(packageLines(read({ pins: [{ location, state: { version: "1.0.0" } }] })), [`${name}@1.0.0`]);
    });
  }

  test("a pin without a repository or state is noted; a local path is the project's own", () => {
    const facts = read({
      pins: [
        7,
        { location: "a" },
        { location: "https://a.org/b" },
        { location: "file:///a/b", state: {} },
        ...VERSION_3.pins,
      ],
    });
    assert.equal(packageLines(facts).length, 3);
    assert.deepEqual(unreadOf(facts), [
      "pin 1 is not an object",
      "pin 2 states no name",
      "pin 3 (a.org/b) states no version",
    ]);
  });

  test("what is something else is unreadable", () => {
    for (const text of ["", "{", "[]", "{}", '{"object":{}}']) assert.equal(read(text)?.kind, "unreadable", text);
  });

  test("whatever the bytes, an answer", () => {
    for (const resolved of [VERSION_1, VERSION_3]) {
      answersWhateverTheBytes(swiftPackageResolved, "Package.resolved", JSON.stringify(resolved));
    }
  });
});
