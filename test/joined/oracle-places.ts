/** Situations of findings that are in no image: see oracle.ts. */
import { api, nothing, type RowCase, whole } from "./oracle.ts";

export const placeRows: readonly RowCase[] = [
  {
    words: "a workload of the cluster with pods, reached from the private network, its image signed",
    given: {
      in: { workload: "shop/api" },
      cluster: whole,
      running: [{ by: "shop/api", what: "manifest m1", pods: 2 }],
      images: [api],
      reach: { "shop/api": { reachable: "yes", exposed: "yes" } },
      verified: [{ of: "c1", verdict: "pass" }],
    },
    row: { runs: "yes", reachable: "yes", exposed: "yes", loaded: "unknown", signed: "yes" },
  },
  {
    words: "a workload of two images, one of them unsigned: the pod runs what nobody signed",
    given: {
      in: { workload: "shop/api" },
      cluster: whole,
      running: [
        { by: "shop/api", what: "manifest m1", pods: 1 },
        { by: "shop/api", what: "manifest m2", pods: 1 },
      ],
      images: [api, { config: "c2", manifest: "m2", name: "registry/proxy:1" }],
      reach: { "shop/api": { reachable: "no", exposed: "no" } },
      verified: [
        { of: "c1", verdict: "pass" },
        { of: "c2", verdict: "fail" },
      ],
    },
    row: { runs: "yes", reachable: "no", exposed: "no", loaded: "unknown", signed: "no" },
  },
  {
    words: "a workload of two images, of one of which nobody asked who signed it",
    given: {
      in: { workload: "shop/api" },
      cluster: whole,
      running: [
        { by: "shop/api", what: "manifest m1", pods: 1 },
        { by: "shop/api", what: "manifest m2", pods: 1 },
      ],
      images: [api, { config: "c2", manifest: "m2", name: "registry/proxy:1" }],
      reach: { "shop/api": { reachable: "no", exposed: "no" } },
      verified: [{ of: "c1", verdict: "pass" }],
    },
    row: { runs: "yes", reachable: "no", exposed: "no", loaded: "unknown", signed: "unknown" },
  },
  {
    words: "a workload of the cluster that is scaled to nothing, with a Service in front",
    given: {
      in: { workload: "shop/api" },
      cluster: whole,
      reach: { "shop/api": { reachable: "yes", exposed: "yes" } },
    },
    row: { ...nothing, runs: "no", reachable: "no", exposed: "no" },
  },
  {
    words: "a workload of manifests that nothing reaches, as these manifests say",
    given: { in: { workload: "files:shop/api" }, reach: { "files:shop/api": { reachable: "no", exposed: "no" } } },
    row: { ...nothing, reachable: "no", exposed: "no" },
  },
  {
    words: "a workload of manifests whose network nobody computed: a Compose file",
    given: { in: { workload: "files:shop/api" } },
    row: nothing,
  },
  {
    words: "a workload of manifests that pins the digest which was verified",
    given: {
      in: { workload: "files:shop/api" },
      running: [{ by: "files:shop/api", what: "name registry/api:1@m1", pinned: "m1" }],
      verified: [{ of: "registry/api:1@m1", verdict: "pass", digest: "m1" }],
    },
    row: { ...nothing, signed: "yes" },
  },
  {
    words: "a workload of manifests whose tag was verified today: what it pulls tomorrow is another question",
    given: {
      in: { workload: "files:shop/api" },
      running: [{ by: "files:shop/api", what: "name registry/api:1" }],
      verified: [{ of: "registry/api:1", verdict: "pass", digest: "m1" }],
    },
    row: nothing,
  },
  {
    words: "a namespace of the cluster: what one of its workloads is, it is",
    given: {
      in: { namespace: "shop" },
      cluster: whole,
      workloads: ["shop/api", "shop/web", "bank/api"],
      running: [{ by: "shop/api", what: "manifest m1", pods: 1 }],
      reach: {
        "shop/api": { reachable: "no", exposed: "no" },
        "shop/web": { reachable: "yes", exposed: "yes" },
        "bank/api": { reachable: "yes", exposed: "yes" },
      },
    },
    row: { ...nothing, runs: "yes", reachable: "no", exposed: "no" },
  },
  {
    words:
      "a Dockerfile that an image which runs exposed was built from; that one is signed, and others may be built from it",
    given: {
      in: { file: "api/Dockerfile" },
      cluster: whole,
      running: [{ by: "shop/api", what: "manifest m1", pods: 1 }],
      images: [api],
      built: { c1: "api/Dockerfile" },
      reach: { "shop/api": { reachable: "yes", exposed: "yes" } },
      verified: [{ of: "c1", verdict: "pass" }],
    },
    row: { ...nothing, runs: "yes", reachable: "yes", exposed: "yes" },
  },
  {
    words: "a Dockerfile whose only image does not run: another image may have been built from it",
    given: {
      in: { file: "api/Dockerfile" },
      cluster: whole,
      images: [api],
      built: { c1: "api/Dockerfile" },
    },
    row: nothing,
  },
  {
    words: "a workflow: nothing links it to what runs",
    given: {
      in: { file: ".github/workflows/ci.yml" },
      cluster: whole,
      running: [{ by: "cluster", what: "manifest m1", pods: 1 }],
    },
    row: nothing,
  },
  {
    words: "the cluster itself, which runs: it was read a moment ago",
    given: { in: { cluster: true }, cluster: whole },
    row: { ...nothing, runs: "yes" },
  },
  {
    words: "a node that was looked at as it ran",
    given: { in: { host: "node-1" } },
    row: { ...nothing, runs: "yes" },
  },
];
