/** A guard over a policy's text, with a cluster and a registry that a test makes up; and requests for it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { parseDigest } from "../../core/digest.ts";
import type { AdmissionRequest, Operation } from "../../engines/admission/model.ts";
import { requestOf } from "../../engines/admission/review.ts";
import { createGuard } from "./decide.ts";
import type { Asking, AssessedImage, ClusterView, Guard, ImageAssessor, PolicySet } from "./model.ts";
import type { GuardOptions } from "./options.ts";
import { openPolicies } from "./policies.ts";

export const now = new Date("2026-03-04T05:06:07Z");
const DIGEST = parseDigest(`sha256:${"a".repeat(64)}`);

/** Resolves whatever it is asked for, and finds nothing wrong. */
export function calmAssessor(
  own: Partial<Record<string, Partial<AssessedImage>>> = {},
): ImageAssessor & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async assess(reference) {
      asked.push(reference);
      const pinned = reference.includes("@") ? reference : `${reference}@${DIGEST}`;
      return {
        reference,
        ...(DIGEST === undefined ? {} : { digest: DIGEST }),
        pinned,
        evaluations: [],
        cached: false,
        ...own[reference],
      };
    },
    close: () => undefined,
  };
}

export const quietCluster: ClusterView = {
  namespace: async (name) => ({ name, labels: {}, annotations: {} }),
  credentials: async () => undefined,
  admissionPolicies: async () => ({ objects: [], unread: [] }),
  may: async () => false,
};

export async function policySet(t: TestContext, text: string): Promise<PolicySet> {
  const dir = mkdtempSync(join(tmpdir(), "bulkhead-guard-"));
  t.after(() => rmSync(dir, { recursive: true }));
  writeFileSync(join(dir, "bulkhead.yaml"), text);
  return await openPolicies({
    policy: join(dir, "bulkhead.yaml"),
    root: dir,
    reviewed: false,
    roots: join(dir, "roots"),
  });
}

export async function guardOf(t: TestContext, text: string, options: Partial<GuardOptions> = {}): Promise<Guard> {
  const set = await policySet(t, text);
  return createGuard({
    policies: () => set,
    images: calmAssessor(),
    cluster: quietCluster,
    scope: "cluster",
    policyName: "bulkhead.yaml",
    ...options,
  });
}

export function asking(webhook: Asking["webhook"] = "validate", deadline = new AbortController().signal): Asking {
  return { webhook, now, deadline };
}

type Plain = Readonly<Record<string, unknown>>;

const RESOURCES: Readonly<Record<string, string>> = { Pod: "pods", Deployment: "deployments", CronJob: "cronjobs" };

/** As an API server asks of an object. */
export function requestFor(
  object: Plain,
  more: Partial<AdmissionRequest> & { readonly operation?: Operation } = {},
): AdmissionRequest {
  const [group = "", version = ""] = String(object.apiVersion).includes("/")
    ? String(object.apiVersion).split("/")
    : ["", String(object.apiVersion)];
  const kind = String(object.kind);
  const { namespace = "shop", name = "api" } = object.metadata as { namespace?: string; name?: string };
  const request = requestOf({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: "0df28fbd-5f5f-11e8-bc74-36e6bb280816",
      kind: { group, version, kind },
      resource: { group, version, resource: RESOURCES[kind] ?? `${kind.toLowerCase()}s` },
      name,
      namespace,
      operation: "CREATE",
      userInfo: { username: "alice", groups: ["system:authenticated"] },
      object,
      dryRun: false,
    },
  });
  return { ...request, ...more };
}

/** One that no check has anything against. */
export const goodContainer = {
  name: "api",
  image: "registry.example.com/shop/api:2.0.1",
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 10001,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  },
  resources: { limits: { cpu: "1", memory: "64Mi" } },
};

export function podOf(containers: readonly Plain[] = [goodContainer], spec: Plain = {}): Plain {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "api", namespace: "shop" },
    spec: { automountServiceAccountToken: false, containers, ...spec },
  };
}

export function deploymentOf(containers: readonly Plain[] = [goodContainer], spec: Plain = {}): Plain {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "api", namespace: "shop" },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "api" } },
      template: {
        metadata: { labels: { app: "api" } },
        spec: { automountServiceAccountToken: false, containers, ...spec },
      },
    },
  };
}
