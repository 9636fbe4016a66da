import { permissionCheck } from "./rbac/permission-check.ts";
import { removeEvents } from "./rbac/permissions.ts";

/** Traces that may be removed (Kubernetes reference, Event). */
export const rbacEventDelete = permissionCheck({
  name: "rbac-event-delete",
  title: "Permission to delete events",
  permission: removeEvents,
  wide: "medium",
  narrow: "low",
  fix: "remove delete and deletecollection of events from the role",
  documentation: {
    what: "Checks for bindings whose role allows `delete` or `deletecollection` of events.",
    why: "Events show what was started, killed and refused. Anyone who may delete them covers the tracks of what they did.",
    fix: "Events go by themselves after an hour: nobody needs to delete them. Send them on, and audit logs with them, to where nobody of the cluster can change them.",
    references: [
      "https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/",
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    ],
  },
});
