import { describeObject } from "../../engines/kubernetes/model.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";

/** Tokens by which nodes join (Kubernetes documentation, "Authenticating with Bootstrap Tokens", `expiration`). */
export const bootstrapTokenWithoutExpiration = clusterCheck({
  name: "bootstrap-token-without-expiration",
  title: "Bootstrap tokens without an expiration",
  severity: "high",
  withoutControl: "none of the ten is about who joins a cluster",
  documentation: {
    what: "Checks for Secrets of the type `bootstrap.kubernetes.io/token` without the key `expiration`. Not reported: those that have one, whatever it says; the token cleaner deletes them. Severity: high.",
    why: "Whoever has the token can join a node to the cluster, from any day on, and is then handed the Secrets of the pods that are scheduled there.",
    fix: "Delete the token; make one with an end where a node joins (`kubeadm token create --ttl 1h`).",
    references: ["https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/"],
  },
  needs: { manifests: "partial" },
  reads: ["secrets"],
  applies: ({ manifests }) => manifests.secrets.some(({ type }) => type === BOOTSTRAP),
  *detect({ manifests }) {
    for (const { object, type, keys, keysKnown } of manifests.secrets) {
      if (type !== BOOTSTRAP || keysKnown === false || keys.includes("expiration")) continue;
      yield {
        object,
        path: ["type"],
        // The name ends in the token's public half, which is another with each.
        subject: describeObject(object),
        title: `Bootstrap token ${object.name} never expires`,
        fix: "delete it; make tokens with kubeadm token create --ttl 1h",
      };
    }
  },
});

const BOOTSTRAP = "bootstrap.kubernetes.io/token";
