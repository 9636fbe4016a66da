import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../collect/policy/default.ts";
import { unopenedImage } from "../core/asset.ts";
import { Problem } from "../core/problem.ts";
import { scanUnopened } from "./image.ts";

const broken = new Problem({ kind: "input", code: "oci.broken", place: "web.tar", cause: "cut off" });

test("control 9 does not pass over an image that could not be opened, where it is asked for", () => {
  const context = { now: new Date("2026-11-28T00:00:00Z"), policy: defaultPolicy };
  const verdicts = (more: object) =>
    scanUnopened(unopenedImage("web.tar"), broken, { ...context, ...more } as never)
      .filter(({ check }) => check === "image/pending-updates")
      .map(({ verdict, reason }) => `${verdict}: ${reason}`);
  assert.deepEqual(verdicts({}), []);
  assert.deepEqual(verdicts({ judgesAge: true }), ["unknown: web.tar: cut off"]);
  assert.deepEqual(verdicts({ updates: {} }), ["unknown: web.tar: cut off"]);
});
