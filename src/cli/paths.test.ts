import assert from "node:assert/strict";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { defaultCache, defaultDatabase } from "./paths.ts";

test("files are where the XDG base directory specification says", () => {
  const environment = { XDG_DATA_HOME: "/data", XDG_CACHE_HOME: "/cache" };
  assert.equal(defaultDatabase(environment), "/data/bulkhead/advisories.db");
  assert.equal(defaultCache(environment), "/cache/bulkhead/scans.db");
});

test("a variable that is not set, empty or relative gives the default", () => {
  for (const value of [undefined, "", "relative/folder", "./here"]) {
    const environment = { XDG_DATA_HOME: value, XDG_CACHE_HOME: value };
    assert.equal(defaultDatabase(environment), join(homedir(), ".local/share/bulkhead/advisories.db"));
    assert.equal(defaultCache(environment), join(homedir(), ".cache/bulkhead/scans.db"));
  }
});
