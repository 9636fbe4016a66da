import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, unreadOf } from "../../facts.fixture.ts";
import { holdsWhateverTheBytes, packageLines } from "../locked.fixture.ts";
import { podfileLock } from "./podfile-lock.ts";

const PATH = "ios/Podfile.lock";
const LOCK = `PODS:
  - AFNetworking (4.0.1):
    - AFNetworking/NSURLSession (= 4.0.1)
    - AFNetworking/Reachability (= 4.0.1)
  - AFNetworking/NSURLSession (4.0.1):
    - AFNetworking/Reachability
  - AFNetworking/Reachability (4.0.1)
  - "GoogleUtilities/UserDefaults (7.11.0)":
    - "nanopb (< 2.30910.0, >= 2.30908.0)"
  - nanopb (2.30909.0)
  - Own (1.0.0)

DEPENDENCIES:
  - AFNetworking (~> 4.0)
  - "GoogleUtilities/UserDefaults"
  - Own (from \`./Own\`)

EXTERNAL SOURCES:
  Own:
    :path: "./Own"

SPEC CHECKSUMS:
  AFNetworking: 3bd23d814e976cd148d7d44c3ab78017b744cd58

COCOAPODS: 1.12.1
`;

describe("Podfile.lock", () => {
  test("pods are read with their versions and needs, subspecs as their pod, local ones not at all", () => {
    const facts = factsOf(podfileLock, PATH, LOCK);
    assert.deepEqual(packageLines(facts), [
      "AFNetworking@4.0.1 direct",
      "GoogleUtilities@7.11.0 direct -> nanopb@2.30909.0",
      "nanopb@2.30909.0",
    ]);
    assert.deepEqual(unreadOf(facts), []);
  });

  test("what is no pod is said, what is no lockfile is refused", () => {
    const facts = factsOf(podfileLock, PATH, "PODS:\n  - Alamofire\n  - Moya (15.0.0)\n");
    assert.deepEqual([packageLines(facts), unreadOf(facts)], [["Moya@15.0.0"], ["a pod is not a name and a version"]]);
    assert.equal(factsOf(podfileLock, PATH, "a: b\n")?.kind, "unreadable");
  });

  test("whatever the bytes, an answer", () => holdsWhateverTheBytes(podfileLock, PATH, LOCK));
});
