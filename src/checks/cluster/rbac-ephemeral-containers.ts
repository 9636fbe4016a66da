import { permissionCheck } from "./rbac/permission-check.ts";
import { changeEphemeralContainers } from "./rbac/permissions.ts";

/** Ephemeral containers put into running pods (Kubernetes documentation, "Role Based Access Control Good Practices"). */
export const rbacEphemeralContainers = permissionCheck({
  name: "rbac-ephemeral-containers",
  title: "Permission to add ephemeral containers",
  permission: changeEphemeralContainers,
  wide: "high",
  narrow: "medium",
  fix: "remove pods/ephemeralcontainers from the role",
  documentation: {
    what: "Checks for bindings whose role allows `update` or `patch` of `pods/ephemeralcontainers`.",
    why: "A container that is put into a running pod may use any image, sees the pod's network and with `targetContainerName` its processes, and so what they hold.",
    fix: "Keep it for those who debug, in the namespaces where they do.",
    references: ["https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/"],
  },
});
