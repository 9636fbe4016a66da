import assert from "node:assert/strict";
import { test } from "node:test";
import type { Digest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import type { AdmissionRequest, PatchOperation } from "../../../engines/admission/model.ts";
import { readManifests } from "../../../engines/kubernetes/manifests.ts";
import type { Asking, Decision, Guard } from "../model.ts";
import { viewOfFiles } from "./cluster-view.ts";
import { tryRequest } from "./run.ts";

const request: AdmissionRequest = {
  uid: "u",
  operation: "CREATE",
  kind: { group: "", version: "v1", kind: "Pod" },
  resource: { group: "", version: "v1", resource: "pods" },
  user: { username: "jane", groups: [], extra: {} },
  dryRun: true,
  object: { spec: { containers: [{ image: "a" }] } },
};

/** Writes a patch, and says what it was asked. */
function guardOf(patch: readonly PatchOperation[], allowed = true) {
  const asked: { readonly request: AdmissionRequest; readonly asking: Asking }[] = [];
  const guard: Guard = {
    async decide(one, asking): Promise<Decision> {
      asked.push({ request: one, asking });
      const mutates = asking.webhook === "mutate";
      return {
        request: one,
        answer: { uid: one.uid, allowed, warnings: [], auditAnnotations: {}, ...(mutates ? { patch } : {}) },
        basis: "judged",
        reason: "",
        outcomes: [],
        images: [],
        patch: mutates ? patch : [],
        policy: "sha256:00" as Digest,
      };
    },
  };
  return { guard, asked };
}

const options = { now: new Date("2026-11-27T21:00:00Z"), milliseconds: 1_000 };

test("what the first webhook writes is what the second judges", async () => {
  const patch = [{ op: "replace", path: "/spec/containers/0/image", value: "a@sha256:00" }] as const;
  const { guard, asked } = guardOf(patch);
  const trial = await tryRequest(guard, request, options);
  assert.deepEqual(trial.patch, patch);
  assert.deepEqual(
    asked.map(({ asking, request: { object } }) => [asking.webhook, object]),
    [
      ["mutate", request.object],
      ["validate", { spec: { containers: [{ image: "a@sha256:00" }] } }],
    ],
  );
  assert.ok(asked.every(({ asking }) => asking.now === options.now && !asking.deadline.aborted));
});

test("a patch that does not fit is a mistake, and no verdict", async () => {
  const { guard } = guardOf([{ op: "replace", path: "/spec/none", value: 1 }]);
  await assert.rejects(tryRequest(guard, request, options), Problem);
});

test("what the first webhook refuses is not asked about again", async () => {
  const { guard, asked } = guardOf([], false);
  assert.equal((await tryRequest(guard, request, options)).decision.answer.allowed, false);
  assert.equal(asked.length, 1);
});

const manifests = readManifests([
  {
    path: "all.yaml",
    text: `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { team: storefront } }
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: limits }
spec: { paramKind: { apiVersion: example.com/v1, kind: Limit } }
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: limits }
---
apiVersion: example.com/v1
kind: Limit
metadata: { name: most }
---
apiVersion: example.com/v2
kind: Limit
metadata: { name: other }
`,
  },
]);

test("of the cluster only what files and the caller state is known", async () => {
  const labels = new Map([
    ["shop", { tier: "frontend", "kubernetes.io/metadata.name": "kube-system" }],
    ["named", { team: "other" }],
  ]);
  const view = viewOfFiles(manifests, { labels, version: "v1.36" });
  const shop = await view.namespace("shop");
  assert.ok(shop !== undefined && !(shop instanceof Problem));
  assert.deepEqual(shop.labels, { team: "storefront", tier: "frontend", "kubernetes.io/metadata.name": "shop" });
  const named = await view.namespace("named");
  assert.ok(named !== undefined && !(named instanceof Problem));
  assert.deepEqual(named.labels, { team: "other", "kubernetes.io/metadata.name": "named" });
  // It may be there all the same: not knowing it is no answer that there is none.
  assert.ok((await view.namespace("gone")) instanceof Problem);
  assert.ok(
    (await view.may({ username: "jane", groups: [], extra: {} }, { verb: "use", group: "", resource: "x" })) instanceof
      Problem,
  );
  assert.equal(view.version, "v1.36");
});

test("policies, their bindings and what they take parameters from are found among the files", async () => {
  const found = await viewOfFiles(manifests, { labels: new Map() }).admissionPolicies();
  assert.ok(!(found instanceof Problem));
  assert.deepEqual(
    found.objects.map((object) => {
      const { apiVersion, kind } = object as Record<string, unknown>;
      return `${apiVersion} ${kind}`;
    }),
    [
      "admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy",
      "admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding",
      "example.com/v1 Limit",
    ],
  );
});
