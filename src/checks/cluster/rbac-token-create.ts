import { permissionCheck } from "./rbac/permission-check.ts";
import { createTokens } from "./rbac/permissions.ts";

/** Tokens made for service accounts (Kubernetes documentation, "Role Based Access Control Good Practices"). */
export const rbacTokenCreate = permissionCheck({
  name: "rbac-token-create",
  title: "Permission to create service account tokens",
  permission: createTokens,
  wide: "high",
  narrow: "medium",
  narrowNamed: "low",
  fix: "list the service accounts in resourceNames, or remove serviceaccounts/token from the role",
  documentation: {
    what: "Checks for bindings whose role allows `create` of `serviceaccounts/token`. In a namespace it is low where the rule names the accounts, or the role is `admin` or `edit`; in the whole cluster and in kube-system names make no difference.",
    why: "A token that is asked for is that service account: anyone who may make one has all that any account there may do.",
    fix: "Name the accounts in `resourceNames`: `create` of this subresource can be held to names.",
    references: ["https://kubernetes.io/docs/concepts/security/rbac-good-practices/#token-request"],
  },
});
