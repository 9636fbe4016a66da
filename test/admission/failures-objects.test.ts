/**
 * Ways in which admission layers have failed, each a test: what of an object was not looked at, what of it was believed, and
 * what was refused that must not be. Numbers are of the list in docs/admission.md's comparison. Each test was seen to fail
 * against the code with what its comment names taken out.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pushImage, releaseImage } from "../../src/guards/admission/images/guarded.fixture.ts";
import { deniedBy, guarded } from "./guarded.ts";
import type { Json } from "./oracle/json.ts";
import {
  bound,
  connected,
  created,
  debugged,
  deleted,
  goodContainer,
  goodDeployment,
  goodPod,
  patched,
  type Review,
  resized,
  scaled,
  updated,
  withContainer,
  withContext,
  withSpec,
  withStatus,
} from "./reviews.ts";

const UNSIGNED = "registry/unsigned-image";

/** A registry with a signed image, `:signed`, and one that nobody signed, `:bare`. */
async function shop(t: Parameters<typeof guarded>[0], options: Parameters<typeof guarded>[1] = {}) {
  const guard = await guarded(t, options);
  const signed = releaseImage(guard.registry, "signed", "signed");
  pushImage(guard.registry, "bare", "bare");
  return { ...guard, signed: `${guard.name}:signed`, bare: `${guard.name}:bare`, digest: signed.digest };
}

describe("what of an object runs is looked at", () => {
  it("failure 1: an unsigned ephemeral container is refused", async (t) => {
    const { ask, signed, bare } = await shop(t);
    const pod = goodPod(signed);
    assert.equal((await ask(created(pod))).allowed, true);
    const answer = await ask(debugged(pod, { name: "debug", image: bare }));
    assert.ok(deniedBy(answer).includes(UNSIGNED), answer.status?.message);
    assert.match(answer.status?.message ?? "", /bare/);
    assert.equal((await ask(debugged(pod, { name: "debug", image: signed }))).allowed, true);
  });

  it("failure 3: an image volume is an image", async (t) => {
    const { ask, signed, bare } = await shop(t);
    const mounting = (reference: string) =>
      withSpec(goodPod(signed), { volumes: [{ name: "model", image: { reference } }] });
    assert.deepEqual(
      deniedBy(await ask(created(mounting(bare)))).filter((each) => each === UNSIGNED),
      [UNSIGNED],
    );
    assert.equal((await ask(created(mounting(signed)))).allowed, true);
  });

  it("failure 4: another image of a running pod is asked about, and a relabelled pod is not refused for what it runs", async (t) => {
    const { ask, signed, bare } = await shop(t);
    const [old, worse] = [goodPod(signed), withContainer(goodPod(signed), { image: bare })];
    assert.ok(deniedBy(await ask(updated(worse, old))).includes(UNSIGNED));
    const relabelled = { ...worse, metadata: { ...(worse.metadata as Json), labels: { team: "b" } } };
    assert.equal((await ask(updated(relabelled, worse))).allowed, true);
  });

  it("failure 5: a resize is read as the pod that would run", async (t) => {
    const { ask, signed, bare } = await shop(t);
    const pod = goodPod(signed);
    const bigger = { ...goodContainer(signed, "api"), resources: { limits: { cpu: "2", memory: "128Mi" } } };
    assert.equal((await ask(resized(pod, [bigger]))).allowed, true);
    const answer = await ask(resized(pod, [{ ...bigger, image: bare, securityContext: { privileged: true } }]));
    assert.ok(deniedBy(answer).includes(UNSIGNED) && deniedBy(answer).includes("workload/privileged"));
  });

  it("failure 6: a second container is judged by itself, and the first is not held against it", async (t) => {
    const { ask, signed, bare } = await shop(t);
    const old = goodDeployment(bare);
    const adding = (image: string) => {
      const spec = old.spec as { readonly template: Json };
      const { containers } = spec.template.spec as { readonly containers: readonly Json[] };
      const inner = { ...(spec.template.spec as Json), containers: [...containers, goodContainer(image, "second")] };
      return { ...old, spec: { ...spec, template: { ...spec.template, spec: inner } } };
    };
    assert.equal((await ask(updated(adding(signed), old))).allowed, true);
    assert.ok(deniedBy(await ask(updated(adding(`${bare}`), goodDeployment(signed)))).includes(UNSIGNED));
  });

  it("failure 8: what is deleted, scaled, bound, executed in or reports a status is not judged", async (t) => {
    const { ask, bare } = await shop(t);
    const pod = withContext(goodPod(bare), { privileged: true });
    const ending = { ...pod, metadata: { ...(pod.metadata as Json), deletionTimestamp: "2026-11-27T00:00:00Z" } };
    const withoutFinalizer = { ...ending, metadata: { ...(ending.metadata as Json), finalizers: [] } };
    const reviews: Review[] = [
      deleted(pod),
      deleted(goodDeployment(bare)),
      updated(withoutFinalizer, ending),
      scaled(goodDeployment(bare), 0),
      bound(pod, "node-1"),
      connected(pod),
      withStatus(pod, { phase: "Running" }),
    ];
    for (const review of reviews) {
      for (const webhook of ["mutate", "validate"] as const) {
        const answer = await ask(review, { webhook });
        assert.deepEqual([answer.allowed, answer.patch], [true, undefined], JSON.stringify(review.request.operation));
      }
    }
    // A time that its author writes is no deletion.
    assert.equal((await ask(created(ending))).allowed, false);
    assert.equal((await ask(updated(ending, goodPod(bare)))).allowed, false);
  });
});

describe("nothing that an object says of itself is believed", () => {
  const words = {
    "admission.bulkhead.dev/verdict": "pass",
    "admission.bulkhead.dev/exempt": "true",
    "admission.bulkhead.dev/ignore": "true",
    "admission.bulkhead.dev/verified-images": "all",
    "bulkhead.dev/skip": "true",
    "policies.kyverno.io/scored": "false",
    "kyverno.io/verify-images": '{"everything":"pass"}',
    "gatekeeper.sh/ignore": "true",
    "admission.gatekeeper.sh/ignore": "no-self-managing",
    "policy.sigstore.dev/exclude": "true",
    "pod-security.kubernetes.io/enforce": "privileged",
    "kubernetes.io/config.mirror": "forged",
    "kubernetes.io/config.source": "file",
  };

  it("failure 2: annotations and labels of a verdict, an exemption or a static pod change no answer", async (t) => {
    const { ask, bare } = await shop(t);
    for (const make of [goodPod, goodDeployment]) {
      const plain = make(bare);
      const metadata = { ...(plain.metadata as Json), annotations: words, labels: { app: "api", ...words } };
      const inner = { ...plain, metadata };
      const expected = deniedBy(await ask(created(plain)));
      assert.ok(expected.includes(UNSIGNED));
      assert.deepEqual(deniedBy(await ask(created(inner))), expected);
      const inKubeSystem = await ask(created({ ...inner, metadata: { ...metadata, namespace: "shop" } }));
      assert.deepEqual(deniedBy(inKubeSystem), expected);
    }
  });

  it("failure 19: a namespace exempts itself by no label or annotation", async (t) => {
    const namespace = async (name: string) => ({ name, labels: words, annotations: words });
    const { ask, bare } = await shop(t, { cluster: { namespace } });
    assert.ok(deniedBy(await ask(created(goodPod(bare)))).includes(UNSIGNED));
  });

  it("failure 28: a static pod's mirror is admitted and told, of its own kubelet alone", async (t) => {
    const { ask, bare } = await shop(t);
    const mirror = withSpec(goodPod(bare, "etcd-node-1"), { nodeName: "node-1" });
    const annotated = {
      ...mirror,
      metadata: { ...(mirror.metadata as Json), annotations: { "kubernetes.io/config.mirror": "abc" } },
    };
    const as = (username: string, groups: string[]) => ask(created(annotated, { user: { username, groups } }));
    const answer = await as("system:node:node-1", ["system:nodes"]);
    assert.equal(answer.allowed, true);
    assert.match(answer.auditAnnotations?.audited ?? "", /unsigned-image/);
    assert.equal((await as("system:node:node-2", ["system:nodes"])).allowed, false);
    assert.equal((await as("system:node:node-1", ["developers"])).allowed, false);
    assert.equal((await as("alice", ["system:nodes"])).allowed, false);
  });

  it("failure 30: exceptions are the policy file's alone: objects of the cluster add none", async (t) => {
    const exception = {
      apiVersion: "kyverno.io/v2",
      kind: "PolicyException",
      metadata: { name: "mine", namespace: "shop" },
      spec: { exceptions: [{ policyName: "*", ruleNames: ["*"] }] },
    };
    const admissionPolicies = async () => ({ objects: [exception], unread: [] });
    const { ask, bare } = await shop(t, { cluster: { admissionPolicies: admissionPolicies as never } });
    assert.ok(deniedBy(await ask(created(goodPod(bare)))).includes(UNSIGNED));
    assert.equal((await ask(created(exception as never))).allowed, true);
  });

  it("two exceptions for one object take out what each names, and no policy", async (t) => {
    const exception = (id: string) => ({ id, asset: "**", reason: "a test", owner: "tests", expires: "2027-06-30" });
    const { ask, bare } = await shop(t, {
      policy: (host) => ({
        enforcement: {
          admission: { default: "audit", checks: { "registry/unsigned-image": "deny", "workload/privileged": "deny" } },
        },
        trust: {
          signers: { release: { key: "release.pub" } },
          images: [{ match: `${host}/**`, signedBy: { of: ["release"], atLeast: 1 } }],
        },
        exceptions: [exception("workload/privileged"), exception("workload/host-namespaces")],
      }),
    });
    const pod = withSpec(withContext(goodPod(bare), { privileged: true }), { hostPID: true });
    assert.deepEqual(deniedBy(await ask(created(pod))), [UNSIGNED]);
  });
});

describe("what is pinned", () => {
  it("failure 7: only Pods are, as name:tag@digest, and what is pinned stays as it is", async (t) => {
    const { ask, signed, digest } = await shop(t);
    const pod = goodPod(signed);
    const answer = await ask(created(pod), { webhook: "mutate" });
    const after = patched(pod, answer);
    assert.deepEqual(after, withContainer(pod, { image: `${signed}@${digest}` }));
    assert.equal((await ask(created(after), { webhook: "mutate" })).patch, undefined);
    assert.equal((await ask(created(goodDeployment(signed)), { webhook: "mutate" })).patch, undefined);
    assert.equal((await ask(created(after))).allowed, true);
  });

  it("failure 9: each image is pinned in its own place, and what could not be resolved is left", async (t) => {
    const { ask, signed, bare, digest, name } = await shop(t);
    const spec = goodPod(signed).spec as { readonly containers: readonly Json[] };
    const pod = withSpec(goodPod(signed), {
      initContainers: [goodContainer(`${signed}@${digest}`, "init"), goodContainer(`${name}:gone`, "gone")],
      containers: [...spec.containers, goodContainer(bare, "bare")],
      volumes: [{ name: "model", image: { reference: signed } }],
    });
    const after = patched(pod, await ask(created(pod), { webhook: "mutate" }));
    const now = after.spec as Record<"initContainers" | "containers" | "volumes", readonly Json[]>;
    assert.deepEqual(
      now.initContainers.map(({ image }) => image),
      [`${signed}@${digest}`, `${name}:gone`],
    );
    assert.equal(now.containers[0]?.image, `${signed}@${digest}`);
    assert.match(String(now.containers[1]?.image), /:bare@sha256:[0-9a-f]{64}$/);
    assert.equal((now.volumes[0]?.image as Json | undefined)?.reference, `${signed}@${digest}`);
  });
});

describe("reviews", () => {
  it("failure 23: an absent image, upper case, a foreign alphabet, the default registry, ports, tag and digest together", async (t) => {
    const { ask, signed, digest, registry } = await shop(t, {
      policy: (host) => ({
        registries: [`${host}/shop`],
        enforcement: {
          admission: { default: "audit", checks: { "registry/*": "deny", "workload/registry-not-allowed": "deny" } },
        },
        trust: {
          signers: { release: { key: "release.pub" } },
          images: [{ match: "**", signedBy: { of: ["release"], atLeast: 1 } }],
        },
      }),
    });
    assert.equal((await ask(created(goodPod(`${signed}@${digest}`)))).allowed, true);
    for (const image of [
      "nginx",
      "library/nginx:1",
      `docker.io/nginx@${digest}`,
      `${registry.host}/other/web:signed`,
    ]) {
      assert.ok(deniedBy(await ask(created(goodPod(image)))).includes("workload/registry-not-allowed"), image);
    }
    for (const image of [
      "",
      `${registry.host}/Shop/Web:signed`,
      "mÿregistry.example/shop/web:1",
      "a b",
      `${signed}@sha256:12`,
    ]) {
      assert.equal((await ask(created(goodPod(image)))).allowed, false, image);
    }
    const { image: _, ...without } = goodContainer("", "api");
    assert.equal((await ask(created(withSpec(goodPod(""), { containers: [without] })))).allowed, false);
  });

  it("failure 27: a dry run is answered as the request itself", async (t) => {
    const { ask, signed, bare } = await shop(t);
    for (const image of [signed, bare]) {
      const [real, dry] = [await ask(created(goodPod(image))), await ask(created(goodPod(image), { dryRun: true }))];
      assert.deepEqual([dry.allowed, dry.status?.message], [real.allowed, real.status?.message]);
    }
  });

  it("failure 29: a thousand containers are each judged, the uid is echoed, and more than is read is refused", async (t) => {
    const { ask, signed, bare, registry } = await shop(t);
    const many = (last: string) =>
      withSpec(goodPod(signed), {
        containers: Array.from({ length: 1000 }, (_, at) => goodContainer(at === 999 ? last : signed, `c${at}`)),
      });
    assert.equal((await ask(created(many(signed)))).allowed, true);
    const asked = registry.asked.length;
    assert.ok(deniedBy(await ask(created(many(bare)))).includes(UNSIGNED));
    assert.ok(registry.asked.length - asked < 20, "one image is asked about once");
    const more = { ...goodContainer(signed, "last") };
    const spec = many(signed).spec as { readonly containers: readonly Json[] };
    const over = await ask(created(withSpec(goodPod(signed), { containers: [...spec.containers, more] })));
    assert.deepEqual([over.allowed, over.status?.code], [false, 403]);
    assert.ok((over.status?.message ?? "").length < 10_000);
  });
});
