import { someOf } from "../../core/counted.ts";
import { describeObject, keyOfSecret, secretKey, targetsOf } from "../../engines/kubernetes/model.ts";
import { type SecretUse, secretUses } from "../findings/secret-uses.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";

/** Without them a container does not start (Kubernetes documentation, "Secrets", optional Secrets). */
const NEEDED: ReadonlySet<SecretUse["kind"]> = new Set(["env", "envFrom", "volume", "subPath"]);

/** Secrets that workloads need and that are not there (Kubernetes documentation, "Secrets"). */
export const secretMissing = clusterCheck({
  name: "secret-missing",
  title: "Secrets that workloads need and no one makes",
  severity: "medium",
  documentation: {
    what: "Checks a live cluster for workloads with a variable, an `envFrom` or a volume of a Secret that is not in their namespace and that nothing makes: no `ExternalSecret`, `SealedSecret`, `Certificate` or Vault secret. One finding a Secret. Not reported: references that are `optional`; `Job`s, whose Secrets may be gone with their work; files, whose Secrets may be made elsewhere; a Secret that an `ExternalSecret` should make and does not (see `cluster/external-secret-failed`).",
    why: "Pods that run keep what they had; the next restart, drain or rollout does not come up, and most often it is then that a secret was being rotated.",
    fix: "Make the Secret, name the one that is meant, or set `optional: true`.",
    references: ["https://kubernetes.io/docs/concepts/configuration/secret/"],
  },
  needs: { manifests: "complete" },
  reads: ["workloads", "secrets", "externalSecrets", "secretStores", "serviceAccounts", "ingresses", "gateways"],
  applies: ({ manifests }) => manifests.workloads.some(({ object }) => object.source.kind === "cluster"),
  *detect({ manifests }) {
    const there = new Set(manifests.secrets.map(({ object }) => keyOfSecret(object)));
    const isMade = targetsOf(manifests.externalSecrets.filter(({ makes }) => makes));
    const missing = secretUses(manifests).uses.filter(
      (use) =>
        use.object.source.kind === "cluster" &&
        use.workload !== undefined &&
        !SHORT.has(use.object.kind) &&
        use.name !== "" &&
        !use.optional &&
        NEEDED.has(use.kind) &&
        !there.has(secretKey(use)) &&
        !isMade(use),
    );
    for (const uses of Map.groupBy(missing, secretKey).values()) {
      const [first] = uses;
      if (first === undefined) continue;
      const by = [...new Map(uses.map(({ object }) => [object, describeObject(object)])).values()];
      yield {
        object: first.object,
        path: first.path,
        subject: `Secret ${first.namespace}/${first.name}`,
        title: `Secret ${first.namespace}/${first.name} does not exist, and ${by.length === 1 ? by[0] : `${by.length} workloads`} cannot start without it`,
        fix: "make the Secret, name the one that is meant, or set optional: true",
        evidence: { "used by": someOf(by, 5) },
      };
    }
  },
});

const SHORT: ReadonlySet<string> = new Set(["Job", "PodTemplate"]);
