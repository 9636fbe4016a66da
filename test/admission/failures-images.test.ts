/**
 * Ways in which admission layers have failed over images and the registries that hold them, each through the whole guard: from
 * the bytes of a review to those of its answer.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Problem } from "../../src/core/problem.ts";
import { parseReference } from "../../src/engines/oci/reference.ts";
import { attachSignature, type NewSignature } from "../../src/engines/trust/attach.ts";
import {
  type CountingRegistry,
  pushImage,
  releaseImage,
  signer,
  signImage,
  stranger,
} from "../../src/guards/admission/images/guarded.fixture.ts";
import { deniedBy, type Guarded, guarded, strict } from "./guarded.ts";
import { type Answer, created, goodContainer, goodPod, patched, withSpec } from "./reviews.ts";

const UNSIGNED = "registry/unsigned-image";

/** Answers everything but the first question of a client with this status. */
function answering(registry: CountingRegistry, status: number): void {
  registry.fault = (_, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end("{}");
    return true;
  };
}

/** How often signatures of an image were asked for. */
const lookedUp = ({ asked }: CountingRegistry) => asked.filter((each) => each.endsWith(".sig")).length;

const audited = (answer: Answer): string => answer.auditAnnotations?.audited ?? "";

describe("registries that fail", () => {
  it("failure 11: throttled, down, denied and broken are unknown by their own reason, and never unsigned", async (t) => {
    for (const [status, words] of [
      [429, /too many requests|throttl|429/i],
      [500, /500/],
      [503, /503/],
      [403, /denied access/],
      [404, /404|not found|no such/i],
    ] as const) {
      const { ask, name, registry } = await guarded(t);
      releaseImage(registry, "one", "1");
      answering(registry, status);
      const answer = await ask(created(goodPod(`${name}:1`)));
      assert.equal(answer.allowed, false, `${status}`);
      assert.match(answer.status?.message ?? "", words);
      const lines = (answer.status?.message ?? "").split("\n");
      assert.deepEqual(lines, [...new Set(lines)], "a reason is told once");
      assert.doesNotMatch(answer.status?.message ?? "", /not signed|is unsigned/i, `${status}`);
    }
  });

  it("failure 11: what was verified is admitted while the registry throttles, and what was not is as the policy has it", async (t) => {
    const { ask, name, registry, pass } = await guarded(t);
    const { digest } = releaseImage(registry, "one", "1");
    releaseImage(registry, "two", "2");
    assert.equal((await ask(created(goodPod(`${name}:1`)))).allowed, true);
    answering(registry, 429);
    pass(600_000);
    assert.equal((await ask(created(goodPod(`${name}:1@${digest}`)))).allowed, true);
    assert.equal((await ask(created(goodPod(`${name}:2`)))).allowed, false);
  });

  it("a look-up that fails is unknown: its own action follows, and the failing one's does not", async (t) => {
    for (const [unknown, allowed] of [
      ["deny", false],
      ["warn", true],
      ["audit", true],
    ] as const) {
      const policy = (host: string) => ({
        ...strict(host),
        enforcement: { admission: { default: "deny", unknown, checks: { "workload/*": "audit" } } },
      });
      const { ask, name, registry } = await guarded(t, { policy });
      answering(registry, 503);
      const answer = await ask(created(goodPod(`${name}:1`)));
      assert.equal(answer.allowed, allowed, unknown);
      assert.equal((answer.warnings ?? []).length > 0, unknown === "warn");
      if (unknown === "audit") assert.match(audited(answer), /unsigned-image/);
    }
  });

  it("failure 24: pull credentials that the cluster does not say make a hidden image unknown for that reason", async (t) => {
    const credentials = async () =>
      new Problem({
        kind: "unavailable",
        code: "kubernetes.denied",
        place: "Secret shop/pull",
        cause: "may not be read",
      });
    const { ask, name, registry } = await guarded(t, { cluster: { credentials } });
    releaseImage(registry, "one", "1");
    answering(registry, 403);
    const answer = await ask(created(goodPod(`${name}:1`)));
    assert.equal(answer.allowed, false);
    assert.match(answer.status?.message ?? "", /may not be read/);
  });
});

describe("work and time", () => {
  it("failure 12: a hundred pods of five images are verified once for each digest", async (t) => {
    const { ask, name, registry } = await guarded(t);
    const images = Array.from({ length: 5 }, (_, at) => {
      releaseImage(registry, `image-${at}`, `v${at}`);
      return `${name}:v${at}`;
    });
    const pods = Array.from({ length: 100 }, (_, at) =>
      withSpec(goodPod("", `pod-${at}`), {
        containers: images.map((image, index) => goodContainer(image, `c${index}`)),
      }),
    );
    const answers = await Promise.all(pods.map((pod) => ask(created(pod))));
    assert.ok(
      answers.every(({ allowed }) => allowed),
      answers.find(({ allowed }) => !allowed)?.status?.message,
    );
    assert.equal(lookedUp(registry), 5);
  });

  it("failure 13: images of a pod are asked about side by side", async (t) => {
    const { ask, name, registry } = await guarded(t);
    for (let at = 0; at < 5; at++) releaseImage(registry, `image-${at}`, `v${at}`);
    // No answer until all five are asked for at once: one after another would never be answered.
    const open = new Set<string>();
    let most = 0;
    const held: (() => void)[] = [];
    registry.fault = (request, response) => {
      const tag = /\/manifests\/(v[0-4])$/.exec(request.url ?? "")?.[1];
      if (tag === undefined || most === 5) return false;
      open.add(tag);
      most = Math.max(most, open.size);
      response.once("close", () => open.delete(tag));
      held.push(() => response.writeHead(503, { "retry-after": "0" }).end("{}"));
      if (most === 5) for (const release of held.splice(0)) release();
      return true;
    };
    const containers = Array.from({ length: 5 }, (_, at) => goodContainer(`${name}:v${at}`, `c${at}`));
    await ask(created(withSpec(goodPod(""), { containers })));
    assert.equal(most, 5);
  });

  it("failure 14: a registry that never answers is unknown at the deadline, and denied", async (t) => {
    const { ask, name, registry } = await guarded(t);
    const deadline = new AbortController();
    const reached = Promise.withResolvers<void>();
    registry.fault = () => {
      reached.resolve();
      return true;
    };
    const answer = ask(created(goodPod(`${name}:1`)), { deadline: deadline.signal });
    await reached.promise;
    deadline.abort();
    assert.equal((await answer).allowed, false);
  });

  it("failure 15: what was unsigned is looked at again within seconds", async (t) => {
    const { ask, name, registry, pass } = await guarded(t);
    const { digest } = pushImage(registry, "one", "1");
    assert.ok(deniedBy(await ask(created(goodPod(`${name}:1`)))).includes(UNSIGNED));
    releaseImage(registry, "one", "1");
    signImage(registry, digest);
    pass(10_000);
    assert.equal((await ask(created(goodPod(`${name}:1`)))).allowed, true);
  });
});

describe("what counts for an image", () => {
  it("failure 18: a signature is seen in each form in which it may lie", async (t) => {
    const forms: readonly ((digest: string) => NewSignature)[] = [
      (digest) => ({ form: "cosign-sig", envelope: { kind: "simple-signing", ...signer.simpleSigning(digest) } }),
      (digest) => ({ form: "cosign-referrer", envelope: { kind: "simple-signing", ...signer.simpleSigning(digest) } }),
      (digest) => {
        const predicateType = "https://sigstore.dev/cosign/sign/v1";
        const bytes = signer.bundle(digest, predicateType, {});
        return { form: "bundle-signature", envelope: { kind: "bundle", bytes }, predicateType };
      },
    ];
    for (const make of forms) {
      const guard = await guarded(t, { policy: onlySigned });
      const subject = pushImage(guard.registry, "one", "1");
      assert.ok(deniedBy(await guard.ask(created(goodPod(`${guard.name}:1`)))).includes(UNSIGNED));
      const signature = make(subject.digest);
      await attachSignature(parseReference(guard.name), subject, signature, guard.registry.options);
      guard.pass(10_000);
      const answer = await guard.ask(created(goodPod(`${guard.name}:1`)));
      assert.equal(answer.allowed, true, `${signature.form}: ${answer.status?.message}`);
    }
  });

  it("failure 18: a stranger's signature is no signature, in each form", async (t) => {
    const { ask, name, registry } = await guarded(t);
    const subject = pushImage(registry, "one", "1");
    signImage(registry, subject.digest, stranger);
    assert.ok(deniedBy(await ask(created(goodPod(`${name}:1`)))).includes("registry/untrusted-signer"));
  });

  it("failure 21: what runs is what was verified, whatever its tag names afterwards", async (t) => {
    const { ask, name, registry, pass } = await guarded(t);
    const { digest } = releaseImage(registry, "good", "1");
    const pod = goodPod(`${name}:1`);
    const pinned = patched(pod, await ask(created(pod), { webhook: "mutate" }));
    // Between the two webhooks, and after.
    const worse = pushImage(registry, "worse", "1");
    const answer = await ask(created(pinned));
    assert.equal(answer.allowed, true);
    assert.ok(JSON.stringify(pinned).includes(digest) && !JSON.stringify(pinned).includes(worse.digest));
    // The other way about: pinned while it was bad, the tag is good again.
    pass(60_000);
    const bad = patched(pod, await ask(created(pod), { webhook: "mutate" }));
    releaseImage(registry, "good", "1");
    pass(60_000);
    assert.ok(deniedBy(await ask(created(bad))).includes(UNSIGNED));
  });

  it("failure 22: the signature of an index is none of an image in it that is named by its own digest", async (t) => {
    const { ask, name, registry } = await guarded(t, { policy: onlySigned });
    const child = pushImage(registry, "amd64");
    const platform = { os: "linux", architecture: "amd64" };
    const index = registry.manifest({ manifests: [{ ...child, platform }] }, "1");
    signImage(registry, index.digest);
    assert.equal((await ask(created(goodPod(`${name}:1`)))).allowed, true);
    assert.ok(deniedBy(await ask(created(goodPod(`${name}@${child.digest}`)))).includes(UNSIGNED));
  });

  it("a signature of another image, put beside this one, counts for nothing", async (t) => {
    const { ask, name, registry }: Guarded = await guarded(t);
    const other = releaseImage(registry, "other", "other");
    const victim = pushImage(registry, "victim", "victim");
    const stolen = registry.manifests.get(`${other.digest.replace(":", "-")}.sig`);
    assert.ok(stolen !== undefined);
    registry.manifests.set(`${victim.digest.replace(":", "-")}.sig`, stolen);
    assert.equal((await ask(created(goodPod(`${name}:victim`)))).allowed, false);
  });
});

/** Of images that no scan is attested of: of several patterns for a check the strictest holds. */
function onlySigned(host: string): object {
  const names = ["unsigned-image", "untrusted-signer", "invalid-signature", "too-few-signers"];
  const checks = Object.fromEntries(names.map((name) => [`registry/${name}`, "deny"]));
  return { ...strict(host), enforcement: { admission: { default: "audit", checks } } };
}
