/** Audit events for tests. */
import type { Untyped } from "../../../core/untyped.ts";
import type { AuditEvent } from "./model.ts";

/** As the API server writes it, of a request that came through. */
export function auditEvent(changes: Untyped = {}): Untyped {
  const event = {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "RequestResponse",
    auditID: "a-1",
    stage: "ResponseComplete",
    requestURI: "/api/v1/namespaces/shop/pods",
    verb: "get",
    user: { username: "alice@example.com", groups: ["developers", "system:authenticated"] },
    sourceIPs: ["203.0.113.7", "10.0.0.1"],
    userAgent: "kubectl/v1.34.0",
    objectRef: { resource: "pods", namespace: "shop", name: "api", apiVersion: "v1" },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: "2026-03-01T12:00:00.000000Z",
    stageTimestamp: "2026-03-01T12:00:00.250000Z",
    annotations: { "authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": "RBAC" },
  };
  return JSON.parse(JSON.stringify({ ...event, ...changes })) as Untyped;
}

/** The same, as fields see it. */
export function auditEventOf(changes: Untyped = {}): AuditEvent {
  return { number: 1, seconds: 1772366400, nanoseconds: 250_000_000, stamp: 1, json: auditEvent(changes) };
}
