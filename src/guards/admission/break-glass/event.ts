/** An event beside the object that was let through (events.k8s.io/v1): what alerts and `kubectl get events` show. */
import { createHash } from "node:crypto";
import { valueAt } from "../../../core/untyped.ts";
import type { AdmissionRequest } from "../../../engines/admission/model.ts";
import type { ClusterApi } from "../../../engines/kubernetes/cluster/client.ts";
import { apiVersionOf } from "../../../engines/kubernetes/cluster/paths.ts";
import { createObject, refusedReply } from "../../../engines/kubernetes/cluster/writes.ts";
import { bounds } from "./bounds.ts";
import type { Grant } from "./grants.ts";

/** @throws Problem */
export async function writeEvent(api: ClusterApi, request: AdmissionRequest, grant: Grant, now: Date): Promise<void> {
  const { namespace, kind, object, uid: review } = request;
  const name = String(valueAt(object, ["metadata", "name"]) ?? request.name ?? "");
  const uid = valueAt(object, ["metadata", "uid"]);
  const where = namespace ?? "default";
  const note = `Admitted although the policy refuses it: ${grant.by} broke the glass until ${grant.until}: ${grant.reason}`;
  const place = { group: "events.k8s.io", version: "v1", resource: "events", namespace: where };
  const reply = await createObject(api, place, {
    apiVersion: "events.k8s.io/v1",
    kind: "Event",
    metadata: {
      name: `bulkhead-break-glass.${createHash("sha256").update(review).digest("hex").slice(0, 16)}`,
      namespace: where,
    },
    eventTime: now.toISOString().replace("Z", "000Z"),
    reportingController: "admission.bulkhead.dev",
    reportingInstance: "bulkhead-admission",
    action: "Admit",
    reason: "BreakGlass",
    type: "Warning",
    regarding: {
      apiVersion: apiVersionOf(kind),
      kind: kind.kind,
      ...(namespace === undefined ? {} : { namespace }),
      name,
      ...(typeof uid === "string" ? { uid } : {}),
    },
    note: note.slice(0, bounds.noteCharacters),
  });
  // The same review, asked again.
  if (reply.status !== 201 && reply.status !== 409)
    throw refusedReply(reply, `events of ${where}`, "create events.events.k8s.io");
}
