import assert from "node:assert/strict";
import { test } from "node:test";
import { dpkgExcludes, leavesOutDocumentation } from "./dpkg-excludes.ts";

test("documentation or manual pages that are left out are told", () => {
  assert.ok(leavesOutDocumentation("# slim\npath-exclude /usr/share/doc/*\npath-include /usr/share/doc/*/copyright\n"));
  assert.ok(leavesOutDocumentation("path-exclude=/usr/share/man/*"));
});

test("other rules, comments and inclusions are none", () => {
  for (const text of [
    ...["", "force-unsafe-io\n", "# path-exclude /usr/share/doc/*", "path-include /usr/share/doc/*"],
    ...["path-exclude /usr/share/locale/*", "path-exclude-x /usr/share/doc/*", "path-exclude"],
  ]) {
    assert.ok(!leavesOutDocumentation(text), text);
  }
});

test("the files of dpkg's own folder are wanted", () => {
  assert.ok(dpkgExcludes.wants("etc/dpkg/dpkg.cfg.d/docker"));
  assert.ok(!dpkgExcludes.wants("etc/dpkg/dpkg.cfg"));
});
