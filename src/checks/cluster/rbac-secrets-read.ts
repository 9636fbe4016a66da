import { permissionCheck } from "./rbac/permission-check.ts";
import { readSecrets } from "./rbac/permissions.ts";

/** Secrets that may be read through RBAC (Kubernetes documentation, "Role Based Access Control Good Practices"). */
export const rbacSecretsRead = permissionCheck({
  name: "rbac-secrets-read",
  title: "Permission to read Secrets",
  permission: readSecrets,
  wide: "high",
  narrow: "medium",
  fix: "list the Secrets in resourceNames with only get, or mount them where they are used",
  documentation: {
    what: "Checks for bindings whose role allows `get`, `list` or `watch` of Secrets. In the whole cluster and in kube-system it is high, in a namespace medium, and low where the role is `admin` or `edit`, which hold it by their purpose. Not reported: a rule that names its Secrets.",
    why: "`list` and `watch` answer with the Secrets' contents as `get` does. Anyone who reads all of them has the credentials of every application, and the tokens of service accounts that are kept as Secrets.",
    fix: "Let a program have its Secret mounted. Where it must ask the API server, give `get` with `resourceNames` by a Role in the one namespace.",
    references: ["https://kubernetes.io/docs/concepts/security/rbac-good-practices/#secrets"],
  },
});
