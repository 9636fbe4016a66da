import assert from "node:assert/strict";
import { test } from "node:test";
import type { Text, Uses } from "../../../engines/pipelines/model.ts";
import { compareVersions, parseVersion, versionOfComment, versionRange } from "./action-versions.ts";

test("versions that comments name", () => {
  const named = {
    "v4.2.2": "v4.2.2",
    "tag=v4.2.2": "v4.2.2",
    "4.2.2": "4.2.2",
    "ratchet:actions/checkout@v4": "v4",
    "pin@v3 (2024-01-01)": "v3",
    "v6-beta": "v6-beta",
    "v4.0.0rc1": "v4.0.0rc1",
    "create-token/v0.2.2": "v0.2.2",
    "zizmor: ignore[x] v1.2": "v1.2",
  };
  for (const [comment, version] of Object.entries(named)) assert.equal(versionOfComment(comment), version, comment);
  for (const none of [undefined, "", "some comment", "pinned by hand", "vNext"]) {
    assert.equal(versionOfComment(none), undefined, none);
  }
});

const place = { path: "a", line: 1, column: 1, start: 0, end: 0 };

function uses(ref: string, comment?: string): Uses {
  const more = comment === undefined ? {} : { comment };
  const text: Text = { value: "", type: "string", style: "plain", place, expressions: [], ...more };
  const refKind = /^[0-9a-f]{40}$/.test(ref) ? "commit" : "symbolic";
  return { kind: "repository", owner: "a", repository: "b", ref, refKind, text };
}

test("versions that a ref may stand for", () => {
  const highest = (...of: Parameters<typeof uses>) => versionRange(uses(...of))?.highest;
  assert.deepEqual(highest("v4.1.2"), [4, 1, 2]);
  assert.deepEqual(highest("v4"), [4, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  assert.deepEqual(highest("release/v1.2"), [1, 2, Number.POSITIVE_INFINITY]);
  assert.deepEqual(highest("0".repeat(40), "v4"), [4, 0, 0]);
  assert.equal(highest("0".repeat(40)), undefined);
  assert.equal(highest("main"), undefined);
});

test("versions compare by their numbers", () => {
  const order = ["0.9.0", "1.0.0", "1.0.10", "1.2.0", "10.0.0"].map(parseVersion);
  for (const [index, one] of order.entries()) {
    for (const [at, other] of order.entries()) {
      assert.equal(Math.sign(compareVersions(one, other)), Math.sign(index - at));
    }
  }
});
