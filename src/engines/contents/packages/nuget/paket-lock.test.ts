import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, unreadOf } from "../../facts.fixture.ts";
import { holdsWhateverTheBytes, packageLines } from "../locked.fixture.ts";
import { paketLock } from "./paket-lock.ts";

const LOCK = `STORAGE: NONE
RESTRICTION: == net8.0
NUGET
  remote: https://api.nuget.org/v3/index.json
    FSharp.Core (4.7.2) - redirects: force
    Suave (2.5.6) - restriction: >= net461
      fsharp.core (>= 4.1)
      Missing
  remote: https://example.org/feed
    Own.Feed (1.0.0-beta1)
GITHUB
  remote: owner/repository
    src/File.fs (3f7b3a6350e73c7dcac45301c0e18fbd42af02f7)
      FSharp.Core

GROUP Build
NUGET
  remote: https://api.nuget.org/v3/index.json
    FAKE (5.0.0)
      FSharp.Core (>= 4.7)
    FSharp.Core (5.0.0)
`;

function read(text: string) {
  return factsOf(paketLock, "paket.lock", text);
}

describe("paket.lock", () => {
  test("packages of NuGet in every group, each with the graph of its group", () => {
    assert.deepEqual(packageLines(read(LOCK)), [
      "FAKE@5.0.0 -> FSharp.Core@5.0.0",
      "FSharp.Core@4.7.2",
      "FSharp.Core@5.0.0",
      "Own.Feed@1.0.0-beta1",
      "Suave@2.5.6 -> FSharp.Core@4.7.2",
    ]);
    assert.deepEqual(unreadOf(read(LOCK)), []);
  });

  test("an empty file has no package", () => {
    assert.deepEqual(read(""), { kind: "packages", packages: [], unread: [] });
  });

  test("what is not a package is noted, the others are there", () => {
    const facts = read("NUGET\n  remote: x\n    ()\n    A\n      C\n    B (1.0)\n");
    assert.deepEqual(packageLines(facts), ["B@1.0"]);
    assert.deepEqual(unreadOf(facts), ["line 3 is not a package", "the package in line 4 (A) states no version"]);
  });

  test("what is something else is unreadable", () => {
    for (const text of ["bogus", "{}", "GROUP A\n"]) assert.equal(read(text)?.kind, "unreadable", text);
  });

  test("whatever the bytes, an answer", () => holdsWhateverTheBytes(paketLock, "paket.lock", LOCK));
});
