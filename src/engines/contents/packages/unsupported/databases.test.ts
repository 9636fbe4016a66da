import assert from "node:assert/strict";
import { test } from "node:test";
import { catalogue } from "../../catalogue.ts";
import type { FileFacts } from "../../model.ts";
import { DATABASE_NOT_READ, unreadDatabases } from "./databases.ts";

test("what a package manager that is not read installed is said once, as a gap of its own", () => {
  const files = ["openssl", "zlib"].map((name) => {
    const path = `var/db/pkg/dev-libs/${name}-1.0/PF`;
    const analyser = unreadDatabases.find(({ wants }) => wants(path));
    const facts = analyser?.analyse({ path, bytes: Buffer.from(name), companions: new Map() }) as FileFacts;
    return { path, versions: [{ layer: 0, facts }] };
  });
  assert.deepEqual(catalogue(files).gaps, [
    {
      code: DATABASE_NOT_READ,
      reason: "/var/db/pkg/dev-libs/openssl-1.0/PF: packages of Gentoo's Portage are not read",
      concerns: "portage",
    },
  ]);
});

test("every unread database says whose it is", () => {
  for (const analyser of unreadDatabases) {
    const facts = analyser.analyse({ path: "x", bytes: Buffer.alloc(0), companions: new Map() });
    assert.ok(facts?.kind === "unreadable" && facts.concerns !== undefined && facts.reason.endsWith(" are not read"));
  }
});
