/**
 * Requests of the audit log that open sessions in containers: `pods/exec` (kubectl exec, cp) and `pods/attach`. `pods/portforward`
 * starts nothing in the container.
 */
import { isObject, valueAt } from "../../../core/untyped.ts";
import { bounds } from "../bounds.ts";
import { type ByUse, createByUse } from "../by-use.ts";
import { nanosecondsOf, readMoment } from "../documents/rfc3339.ts";
import { byteString } from "../fields/shown.ts";
import type { KubernetesUser, Nanoseconds } from "../model.ts";
import { weightOf } from "../weight.ts";
import type { AuditEvent } from "./model.ts";

export interface SessionRequest {
  readonly kind: "exec" | "attach";
  readonly user: KubernetesUser;
  readonly namespace: string;
  readonly pod: string;
  /** Absent: the pod's default container, whichever that is. */
  readonly container?: string;
  /** What is to be executed, as byte strings; empty for `attach`. */
  readonly command: readonly string[];
  /** When the API server had the request. */
  readonly received: Nanoseconds;
  /** When the session was open, and when it was over; absent while no event says so. */
  readonly opened?: Nanoseconds;
  readonly ended?: Nanoseconds;
}

export interface SessionRequests {
  /** To be told of each audit event. */
  add(event: AuditEvent): void;
  /** All that are known of one pod, those of pods of the same name among them. */
  of(namespace: string, pod: string): Iterable<SessionRequest>;
  /** The pod's name, where an audit event told its UID. */
  podOf(uid: string): { readonly namespace: string; readonly name: string } | undefined;
  /** Requests that were forgotten over the limit: what they opened is joined to nobody. */
  readonly evicted: number;
}

export function createSessionRequests(): SessionRequests {
  const requests: ByUse<SessionRequest> = createByUse();
  const byPod = new Map<string, Map<string, SessionRequest>>();
  const pods: ByUse<{ readonly namespace: string; readonly name: string }> = createByUse();
  let evicted = 0;
  let bytes = 0;

  function remove(auditId: string): void {
    const request = requests.peek(auditId);
    if (request === undefined) return;
    requests.delete(auditId);
    bytes -= weightOf(request);
    const key = keyOf(request.namespace, request.pod);
    const some = byPod.get(key);
    some?.delete(auditId);
    if (some?.size === 0) byPod.delete(key);
  }

  function put(request: SessionRequest): void {
    const { auditId } = request.user;
    remove(auditId);
    bytes += weightOf(request);
    while (requests.size >= bounds.sessionRequests || (bytes > bounds.sessionRequestBytes && requests.size > 0)) {
      remove(requests.oldest()?.key ?? "");
      evicted += 1;
    }
    requests.add(auditId, request);
    const key = keyOf(request.namespace, request.pod);
    const some = byPod.get(key) ?? new Map<string, SessionRequest>();
    byPod.set(key, some.set(auditId, request));
  }

  function learnPod({ json }: AuditEvent): void {
    const namespace = text(json, "objectRef", "namespace");
    const name = text(json, "objectRef", "name") ?? text(json, "responseObject", "metadata", "name");
    const ofObject = (valueAt(json, ["objectRef", "subresource"]) ?? "") === "";
    const uid =
      text(json, "objectRef", "uid") ?? (ofObject ? text(json, "responseObject", "metadata", "uid") : undefined);
    if (namespace === undefined || name === undefined || uid === undefined) return;
    if (Math.max(namespace.length, name.length, uid.length) > bounds.kubernetesName) return;
    if (pods.use(uid) !== undefined) return;
    if (pods.size >= bounds.podsOfAudit) pods.delete(pods.oldest()?.key ?? "");
    pods.add(uid, { namespace, name });
  }

  return {
    add(event) {
      const { json } = event;
      if (valueAt(json, ["objectRef", "resource"]) !== "pods") return;
      learnPod(event);
      const asked = requestOf(event);
      if (asked === undefined) return;
      const { auditId } = asked.user;
      const code = valueAt(json, ["responseStatus", "code"]);
      // Refused, or come to nothing: no session.
      if (typeof code === "number" && code >= 400) {
        remove(auditId);
        return;
      }
      put({ ...requests.peek(auditId), ...asked, ...stageOf(event) });
    },
    of: (namespace, pod) => byPod.get(keyOf(namespace, pod))?.values() ?? [],
    podOf: (uid) => pods.use(uid),
    get evicted() {
      return evicted;
    },
  };
}

function keyOf(namespace: string, pod: string): string {
  return `${namespace}/${pod}`;
}

function stageOf(event: AuditEvent): { readonly opened?: Nanoseconds; readonly ended?: Nanoseconds } {
  const time = nanosecondsOf(event);
  if (event.json.stage === "ResponseStarted") return { opened: time };
  return event.json.stage === "ResponseComplete" || event.json.stage === "Panic" ? { ended: time } : {};
}

function requestOf(event: AuditEvent): SessionRequest | undefined {
  const { json } = event;
  const kind = valueAt(json, ["objectRef", "subresource"]);
  if (kind !== "exec" && kind !== "attach") return undefined;
  const namespace = text(json, "objectRef", "namespace");
  const pod = text(json, "objectRef", "name");
  const name = text(json, "user", "username");
  const auditId = text(json, "auditID");
  if (namespace === undefined || pod === undefined || name === undefined || auditId === undefined) return undefined;
  const moment = readMoment(json.requestReceivedTimestamp);
  const received = moment === undefined ? nanosecondsOf(event) : nanosecondsOf(moment);
  const actingAs = isObject(json.impersonatedUser) ? text(json, "impersonatedUser", "username") : undefined;
  const query = queryOf(json.requestURI);
  const container = query.get("container") ?? "";
  return {
    kind,
    user: { name, ...(actingAs === undefined ? {} : { actingAs }), request: `pods/${kind}`, auditId, time: received },
    namespace,
    pod,
    ...(container === "" ? {} : { container }),
    command: kind === "exec" ? query.getAll("command").map(byteString) : [],
    received,
  };
}

function queryOf(uri: unknown): URLSearchParams {
  if (typeof uri !== "string") return new URLSearchParams();
  const mark = uri.indexOf("?");
  return new URLSearchParams(mark < 0 ? "" : uri.slice(mark + 1));
}

function text(json: unknown, ...path: string[]): string | undefined {
  const value = valueAt(json, path);
  return typeof value === "string" && value !== "" ? value : undefined;
}
