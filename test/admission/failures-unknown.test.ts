/** Ways in which what nobody could find out was taken for good: each a test that was seen to fail. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { releaseImage } from "../../src/guards/admission/images/guarded.fixture.ts";
import { deniedBy, guarded } from "./guarded.ts";
import { created, goodContainer, goodPod, withSpec } from "./reviews.ts";

/** Denies one thing alone, and records the rest. */
const only =
  (check: string, action = "deny") =>
  (host: string) => ({
    enforcement: { admission: { default: "audit", checks: { [check]: action }, unknown: "deny" } },
    trust: {
      signers: { release: { key: "release.pub" } },
      images: [{ match: `${host}/**`, signedBy: { of: ["release"], atLeast: 1 } }],
    },
  });

describe("what was not judged might have failed anything", () => {
  it("an object that is too large to be read is as bad as the worst that the policy denies", async (t) => {
    for (const check of ["registry/untrusted-signer", "workload/privileged", "image/*"]) {
      const { ask, name, registry } = await guarded(t, { policy: only(check) });
      releaseImage(registry, "signed", "signed");
      const containers = Array.from({ length: 1_001 }, (_, at) => goodContainer(`${name}:signed`, `c${at}`));
      const answer = await ask(created(withSpec(goodPod(`${name}:signed`), { containers })));
      assert.equal(answer.allowed, false, check);
      assert.match(answer.status?.message ?? "", /more than 1000 images/);
    }
    const { ask, name } = await guarded(t, { policy: only("workload/privileged", "warn") });
    const containers = Array.from({ length: 1_001 }, (_, at) => goodContainer(`${name}:signed`, `c${at}`));
    const answer = await ask(created(withSpec(goodPod(`${name}:signed`), { containers })));
    assert.equal(answer.allowed, true);
    assert.match(answer.warnings?.join() ?? "", /more than 1000 images/);
  });

  it("failure 14: an image that was not looked up in time is as bad as the worst that the policy denies of images", async (t) => {
    for (const check of ["registry/untrusted-signer", "registry/image-not-scanned", "registry/unsigned-image"]) {
      const { ask, name, registry } = await guarded(t, { policy: only(check) });
      const deadline = new AbortController();
      registry.fault = () => {
        deadline.abort();
        return true;
      };
      const answer = await ask(created(goodPod(`${name}:1`)), { deadline: deadline.signal });
      assert.ok(deniedBy(answer).length > 0, check);
    }
    // What is not about images was judged all the same.
    const { ask, name, registry } = await guarded(t, { policy: only("workload/privileged") });
    const deadline = new AbortController();
    registry.fault = () => {
      deadline.abort();
      return true;
    };
    assert.equal((await ask(created(goodPod(`${name}:1`)), { deadline: deadline.signal })).allowed, true);
  });
});
