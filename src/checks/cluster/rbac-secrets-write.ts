import { permissionCheck } from "./rbac/permission-check.ts";
import { changeSecrets, readSecrets } from "./rbac/permissions.ts";

/** Secrets that may be made or changed (Kubernetes documentation, "Secrets", tokens of service accounts). */
export const rbacSecretsWrite = permissionCheck({
  name: "rbac-secrets-write",
  title: "Permission to create or modify Secrets",
  permission: changeSecrets,
  wide: "high",
  narrow: "low",
  unless: readSecrets,
  fix: "list the Secrets in resourceNames, or remove create, update and patch of secrets from the role",
  documentation: {
    what: "Checks for bindings whose role allows `create`, `update` or `patch` of Secrets and does not let them be read; who may read them is for `cluster/rbac-secrets-read` in the whole cluster and in kube-system.",
    why: "An update or a patch is answered with the whole Secret. A Secret of type `kubernetes.io/service-account-token` that is made for an account is filled with a token of it. And what programs log in with becomes somebody else's.",
    fix: "Give it in the one namespace, with `resourceNames` where the names are known.",
    references: [
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#secrets",
      "https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets",
    ],
  },
});
