import assert from "node:assert/strict";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { packageOf } from "../../engines/contents/sbom/sbom.fixture.ts";
import { createdOfImage, lastChangeIn } from "./created.ts";

test("the config's date, else the newest of its history, else none", () => {
  const history = [
    { createdBy: "a", created: "2026-02-01T00:00:00Z", emptyLayer: false },
    { createdBy: "b", created: "2026-03-01T00:00:00+05:00", emptyLayer: false },
    { createdBy: "c", created: "soon", emptyLayer: false },
  ];
  assert.equal(createdOfImage({ created: "2025-01-01T00:00:00Z", history }), "2025-01-01T00:00:00Z");
  assert.equal(createdOfImage({ created: "never", history }), "2026-03-01T00:00:00+05:00");
  assert.equal(createdOfImage({ history: [] }), undefined);
});

test("of a folder the last change of what declares its packages", () => {
  const folder = mkdtempSync(join(tmpdir(), "created-"));
  try {
    for (const [name, day] of ["a", "b", "other"].entries()) {
      writeFileSync(join(folder, day), "");
      utimesSync(join(folder, day), name * 86_400, name * 86_400);
    }
    const packages = ["a", "b", "gone"].map((path) => packageOf({ type: "npm", name: path, version: "1", path }));
    assert.equal(lastChangeIn(folder, packages)?.toISOString(), "1970-01-02T00:00:00.000Z");
    assert.equal(lastChangeIn(folder, []), undefined);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
