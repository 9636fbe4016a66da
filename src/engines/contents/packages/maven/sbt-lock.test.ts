import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, unreadOf } from "../../facts.fixture.ts";
import { answersWhateverTheBytes } from "../answers.fixture.ts";
import { packageLines } from "../locked.fixture.ts";
import { sbtLock } from "./sbt-lock.ts";

const LOCK = JSON.stringify({
  lockVersion: 1,
  timestamp: "2024-01-01T00:00:00Z",
  configurations: ["compile", "test"],
  dependencies: [
    {
      ...{ org: "org.apache.logging.log4j", name: "log4j-core", version: "2.14.0" },
      ...{ artifacts: [{ name: "log4j-core.jar", hash: "sha1:00" }], configurations: ["compile", "test"] },
    },
    { org: "org.scalatest", name: "scalatest_2.13", version: "3.2.10", artifacts: [], configurations: ["test"] },
  ],
});

describe("build.sbt.lock", () => {
  test("modules are read, those of tests alone for development", () => {
    assert.deepEqual(packageLines(factsOf(sbtLock, "build.sbt.lock", LOCK)), [
      "org.apache.logging.log4j:log4j-core@2.14.0",
      "org.scalatest:scalatest_2.13@3.2.10 development",
    ]);
  });

  test("a broken entry is said, and a file without a list refused", () => {
    const facts = factsOf(sbtLock, "build.sbt.lock", '{"dependencies":[{"org":"a"},7]}');
    assert.deepEqual(unreadOf(facts), ["dependency 1 states no name", "dependency 2 states no name"]);
    assert.equal(factsOf(sbtLock, "build.sbt.lock", "{}")?.kind, "unreadable");
  });

  test("whatever the bytes, an answer", () => answersWhateverTheBytes(sbtLock, "build.sbt.lock", LOCK));
});
