import { powerCheck } from "./rbac/power-check.ts";
import { changeSecrets, readSecrets } from "./rbac/powers.ts";

/** Secrets that may be made or changed (Kubernetes documentation, "Secrets", tokens of service accounts). */
export const secretChange = powerCheck({
  name: "secret-change",
  title: "Secrets that may be made or changed",
  power: changeSecrets,
  wide: "high",
  narrow: "low",
  unless: readSecrets,
  fix: "name the Secrets in resourceNames, or take create, update and patch of secrets out of the role",
  documentation: {
    what: "Finds bindings whose role allows `create`, `update` or `patch` of Secrets and does not let them be read; who may read them is for `cluster/secrets-readable` in the whole cluster and in kube-system.",
    why: "An update or a patch is answered with the whole Secret. A Secret of type `kubernetes.io/service-account-token` that is made for an account is filled with a token of it. And what programs log in with becomes somebody else's.",
    fix: "Give it in the one namespace, with `resourceNames` where the names are known.",
    references: [
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#secrets",
      "https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets",
    ],
  },
});
