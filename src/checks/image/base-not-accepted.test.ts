import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { FindingDraft } from "../../core/finding.ts";
import { baseKinds } from "../../engines/contents/base/model.ts";
import type { BaseImage } from "../../engines/contents/model.ts";
import { baseNotAccepted } from "./base-not-accepted.ts";

const debian: BaseImage = {
  ...{ kind: "full", name: "debian:13", layers: 1, by: "history", confidence: "guess" },
  why: "debian 13 with 88 packages, has bash and apt",
};

function found(base: BaseImage, accept = defaultPolicy.bases.accept): FindingDraft[] {
  return [...baseNotAccepted.evaluate({ base, accept }, new Date(0))];
}

test("by default every kind but full is accepted", () => {
  for (const kind of baseKinds) assert.equal(found({ ...debian, kind }).length, kind === "full" ? 1 : 0, kind);
});

test("what the policy does not accept is found, with what was recognised and what is accepted", () => {
  const [draft] = found(debian, ["distroless", "static"]);
  assert.equal(
    draft?.title,
    "Base image kind full is not accepted by the policy: debian 13 with 88 packages, has bash and apt",
  );
  assert.deepEqual(draft?.evidence, {
    ...{ kind: "full", base: "debian:13", layers: "1", "recognised by": "history, guess" },
    accepted: "distroless, static",
  });
  assert.equal(draft?.fix?.text, "use a base image of kind distroless or static");
});

test("the subject outlives another base and another kind", () => {
  const other: BaseImage = { ...debian, kind: "slim", name: "debian:14", layers: 4 };
  assert.equal(found(debian, ["static"])[0]?.subject, found(other, ["static"])[0]?.subject);
});

test("a policy that accepts none finds all, and says so", () => {
  const [draft] = found({ ...debian, kind: "scratch", layers: 0 }, []);
  assert.deepEqual([draft?.evidence.accepted, draft?.evidence.layers], ["none", undefined]);
});
