import { permissionCheck } from "./rbac/permission-check.ts";
import { escalate } from "./rbac/permissions.ts";

/** Escalate, bind and impersonate (Kubernetes documentation, "Role Based Access Control Good Practices"). */
export const rbacEscalation = permissionCheck({
  name: "rbac-escalation",
  title: "Permission to escalate, bind or impersonate",
  permission: escalate,
  wide: "high",
  narrow: "medium",
  fix: "remove escalate, bind and impersonate from the role; if bind is needed, list the roles in resourceNames",
  documentation: {
    what: "Checks for bindings whose role allows `escalate` or `bind` of roles, or `impersonate` of users, groups, service accounts, uids or extra fields (`userextras/…`). Rules with `resourceNames` are found as well: what they give depends on what they name. Not reported: permission to change roles and bindings only, since the API server then lets nobody grant more than they have.",
    why: "`escalate` writes any rule into a role, `bind` gives any role to anybody, and who impersonates the group `system:masters` may do everything. Each of them is the whole cluster, or the whole namespace.",
    fix: "No program but one that manages access needs them. Give it `bind` with `resourceNames` of the roles that it hands out.",
    references: [
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#escalate-verb",
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#bind-verb",
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#impersonate-verb",
      "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping",
    ],
  },
});
