import { permissionCheck } from "./rbac/permission-check.ts";
import { changeServiceAccounts } from "./rbac/permissions.ts";

/** Service accounts that may be changed (Kubernetes documentation, "Service Accounts"). */
export const rbacServiceAccountUpdate = permissionCheck({
  name: "rbac-service-account-update",
  title: "Permission to modify service accounts",
  permission: changeServiceAccounts,
  wide: "medium",
  narrow: "low",
  fix: "list the service accounts in resourceNames, or remove update and patch of serviceaccounts from the role",
  documentation: {
    what: "Checks for bindings whose role allows `update` or `patch` of service accounts without naming them.",
    why: "Annotations of a service account say which role of a cloud its pods have, and its `imagePullSecrets` which registry is believed. Anyone who may change them gives a pod of theirs another identity.",
    fix: "Make accounts with what they need when the program is installed; name those that are changed later.",
    references: [
      "https://kubernetes.io/docs/concepts/security/service-accounts/",
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    ],
  },
});
