import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf } from "../facts.fixture.ts";
import { brokenLockfile, lockfile } from "./lockfile.ts";

/** Says what text it was handed. */
const echo = lockfile({
  id: "echo",
  version: 1,
  basenames: ["echo.lock"],
  read: (text) => {
    if (text === "broken") throw brokenLockfile("line 7", "broken");
    if (text === "a bug") throw new TypeError("a bug");
    return { kind: "packages", packages: [], unread: [text] };
  },
});

describe("lockfile", () => {
  test("hands on the text without its byte order mark", () => {
    for (const bytes of [Buffer.from("é"), Buffer.from("\ufeffé"), Buffer.from("\ufeffé", "utf16le")]) {
      assert.deepEqual(factsOf(echo, "echo.lock", bytes), { kind: "packages", packages: [], unread: ["é"] });
    }
  });

  test("a broken file is unreadable, with the place; a bug is not hidden", () => {
    const reason = "line 7: broken";
    assert.deepEqual(factsOf(echo, "echo.lock", "broken"), {
      ...{ kind: "unreadable", code: "contents.lockfile-broken", reason },
    });
    assert.throws(() => factsOf(echo, "echo.lock", "a bug"), TypeError);
  });

  test("is declared evidence, and none among installed packages", () => {
    assert.equal(echo.evidence, "declared");
    for (const path of ["echo.lock", "a/node_modules_old/echo.lock"]) assert.ok(echo.wants(path), path);
    for (const folder of ["node_modules", "site-packages", "dist-packages"]) {
      assert.ok(!echo.wants(`${folder}/a/echo.lock`), folder);
      assert.ok(!echo.wants(`app/${folder}/echo.lock`), folder);
    }
  });
});
