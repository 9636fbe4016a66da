import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../collect/policy/default.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { Problem } from "../core/problem.ts";
import { probePod } from "../engines/admission/probe.ts";
import { answering, namespace, webhook } from "../engines/admission/verifiers/verifiers.fixture.ts";
import type { ClusterReply, ClusterWrite } from "../engines/kubernetes/cluster/client.ts";
import { manifestReader, readManifests } from "../engines/kubernetes/manifests.ts";
import type { ManifestGap, Manifests } from "../engines/kubernetes/model.ts";
import { evaluateManifests } from "../evaluate/kubernetes/workloads.ts";
import { probeAdmission } from "./admission-probe.ts";
import type { VouchedImage } from "./probe-images.ts";

const now = new Date("2026-11-27T00:00:00Z");
const [unsigned, stranger, signed] = ["unsigned", "stranger", "signed"].map(
  (tag) => `registry.example.com/shop:${tag}`,
) as [string, string, string];
const both: readonly VouchedImage[] = [
  { role: "unsigned", image: unsigned },
  { role: "stranger", image: stranger },
];

interface Sent {
  readonly namespace: string;
  readonly image: string;
}

/** An API server whose admission answers by namespace and image. */
function server(answer: (sent: Sent) => "admit" | string | Problem) {
  const writes: ClusterWrite[] = [];
  return {
    writes,
    async send(write: ClusterWrite): Promise<ClusterReply> {
      writes.push(write);
      const body = write.body as { metadata: object; spec: { containers: [{ image: string }] } };
      const said = answer({ namespace: write.path.split("/")[4] ?? "", image: body.spec.containers[0].image });
      if (said instanceof Problem) throw said;
      if (said === "admit") return { status: 201, bytes: 1, body: { ...body } };
      return {
        status: 400,
        bytes: 1,
        body: { kind: "Status", message: `admission webhook "guard" denied the request: ${said}` },
      };
    },
  };
}

function clusterOf(objects: readonly object[], gaps: readonly ManifestGap[] = []): Manifests {
  const reader = manifestReader();
  for (const object of objects) reader.object(object, { kind: "cluster", cluster: "test" });
  for (const gap of gaps) reader.gap(gap);
  return reader.manifests();
}

const applications = clusterOf([namespace("kube-system"), namespace("shop"), namespace("payments")]);

async function probe(
  answer: Parameters<typeof server>[0],
  images: readonly VouchedImage[] = both,
  manifests = applications,
): Promise<{
  readonly said: string[];
  readonly writes: readonly ClusterWrite[];
  readonly evaluations: readonly Evaluation[];
}> {
  const api = server(answer);
  const evaluations = await probeAdmission(api, manifests, images, { policy: defaultPolicy, now, scope: "test" });
  return { evaluations, writes: api.writes, said: evaluations.map(sayOf) };
}

function sayOf({ asset, verdict, gaps, findings }: Evaluation): string {
  const why = verdict === "fail" ? findings.map(({ title }) => title) : gaps.map(({ code }) => code);
  return [`${asset.name} ${verdict}`, ...why].join(": ");
}

const refuses = ({ image }: Sent) => (image === signed ? "admit" : "image is not signed");

test("each application namespace that refuses both passes; nothing is stored, and kube-system is not asked", async () => {
  const { said, writes } = await probe(refuses);
  assert.deepEqual(said, ["shop pass", "payments pass"]);
  assert.equal(writes.length, 4);
  for (const { method, path } of writes) {
    assert.equal(method, "POST");
    assert.match(path, /^\/api\/v1\/namespaces\/(?:shop|payments)\/pods\?dryRun=All&/);
  }
});

test("a namespace that lets one in fails, each for itself", async () => {
  const { said } = await probe(({ namespace, image }) =>
    namespace === "payments" && image === unsigned ? "admit" : "not signed",
  );
  assert.deepEqual(said, ["shop pass", "payments fail: Admission lets an unsigned image in"]);
  const other = await probe(({ image }) => (image === stranger ? "admit" : "not signed"));
  assert.match(other.said[0] ?? "", /^shop fail: Admission lets in an image that a stranger has signed/);
});

test("what proves nothing is unknown: silence, other reasons, one image alone, one that is not what it is named as", async () => {
  const broken = new Problem({ kind: "unavailable", code: "cluster.broken", place: "test", cause: "it broke" });
  assert.deepEqual((await probe(() => broken)).said[0], "shop unknown: cluster.broken");
  assert.match((await probe(() => "label team is required")).said[0] ?? "", /^shop unknown: admission.probe-reason/);
  assert.equal(
    (await probe(refuses, [{ role: "unsigned", image: unsigned }])).said[0],
    "shop unknown: admission.probe-image",
  );
  const doubtful: VouchedImage = {
    role: "unsigned",
    image: unsigned,
    gap: { code: "registry.unreachable", reason: "r" },
  };
  const { said, writes } = await probe(() => "admit", [doubtful]);
  assert.match(said[0] ?? "", /^shop unknown: registry.unreachable/);
  assert.deepEqual(writes, []);
});

test("the signed image is asked first, and where it is refused too nothing is proved", async () => {
  const three: readonly VouchedImage[] = [...both, { role: "signed", image: signed }];
  const { said, writes } = await probe(refuses, three);
  assert.deepEqual(said, ["shop pass", "payments pass"]);
  const first = writes.find(({ path }) => path.includes("/shop/"))?.body as {
    spec: { containers: [{ image: string }] };
  };
  assert.equal(first.spec.containers[0].image, signed);
  assert.match((await probe(() => "not signed", three)).said[0] ?? "", /^shop unknown: admission.probe-control/);
});

test("the verifier's own namespace is not asked; where namespaces were not listed the whole is unknown", async () => {
  const kyverno = {
    apiVersion: "kyverno.io/v1",
    kind: "ClusterPolicy",
    metadata: { name: "p" },
    spec: {
      rules: [
        {
          match: { any: [{ resources: { kinds: ["Pod"] } }] },
          verifyImages: [{ imageReferences: ["*"], failureAction: "Enforce", attestors: [{}] }],
        },
      ],
    },
  };
  const guarded = clusterOf([
    namespace("shop"),
    namespace("kyverno-system"),
    kyverno,
    webhook("kyverno"),
    ...answering("kyverno"),
  ]);
  assert.deepEqual((await probe(refuses, both, guarded)).said, ["shop pass"]);
  const refused = { code: "kubernetes.cluster-list", reason: "namespaces: 403", path: "test", lists: ["namespaces"] };
  assert.deepEqual((await probe(refuses, both, clusterOf([namespace("shop")], [refused]))).said, [
    "shop pass",
    "test unknown: kubernetes.cluster-list",
  ]);
  assert.deepEqual((await probe(refuses, both, clusterOf([namespace("kube-system")]))).said, [
    "test unknown: admission.probe-nowhere",
  ]);
});

test("the pod of a probe has nothing that workload audit finds but its tag", () => {
  const text = JSON.stringify(probePod("probe", "registry.example.com/shop:1.0.0"));
  const found = evaluateManifests(readManifests([{ path: "pod.yaml", text }]), {
    policy: defaultPolicy,
    now,
    scope: "tree",
  });
  assert.deepEqual(
    found
      .filter(({ asset }) => asset.kind === "workload")
      .flatMap(({ verdict, check }) => (verdict === "fail" ? [check] : [])),
    [],
  );
});
