/**
 * The API server's webhook backend: batches of audit events (`EventList`) that it posts. A batch is answered once all of its
 * events were taken: until then the API server keeps it, and where it is told to wait it sends it again.
 */
import { createHash, hash, timingSafeEqual } from "node:crypto";
import { measureJson } from "../../../core/json-cost.ts";
import { parseJson } from "../../../core/parse-json.ts";
import { createRecent } from "../../../core/recent.ts";
import { isObject } from "../../../core/untyped.ts";
import type { RequestHead, ServerAnswer, ServerOptions } from "../../../net/server-model.ts";
import { bounds } from "../bounds.ts";
import { type AuditSink, createAuditDocuments } from "./read.ts";

/** Ids are UUIDs: of a longer one a digest is remembered. */
const LONGEST_KEY = 128;

export interface AuditWebhookOptions {
  /** Where batches are posted: the path of the URL in the API server's webhook configuration. */
  readonly path: string;
  /**
   * Of which the request's `Authorization: Bearer …` must be one; asked for each, so that they can be exchanged. Undefined:
   * clients prove themselves otherwise, by a certificate or by being on this machine.
   */
  tokens?(): readonly string[];
  readonly sink: AuditSink;
  /** Whether there is no room for more events: the API server shall come again. */
  isFull?(): boolean;
}

/** Fit for a server of ours: what it may be sent, and what it answers. */
export type AuditWebhook = Required<Pick<ServerOptions, "bodyBytes" | "admit" | "handle" | "tooLarge">>;

export function createAuditWebhook({ path, tokens, sink, isFull = () => false }: AuditWebhookOptions): AuditWebhook {
  // A batch whose answer was lost comes again.
  const seen = createRecent<string, true>(bounds.recentAuditEvents);
  const documents = createAuditDocuments({
    lost: (reason, count, place) => sink.lost(reason, count, place),
    event(event) {
      const { auditID, stage } = event.json;
      const named = `${auditID} ${stage}`;
      const key = named.length <= LONGEST_KEY ? named : hash("sha256", named);
      if (seen.get(key) === true) return;
      sink.event(event);
      seen.set(key, true, 1);
    },
  });

  function admit({ method, path: asked, headers }: RequestHead): ServerAnswer | undefined {
    if (asked !== path) return { status: 404 };
    if (tokens !== undefined && !isToken(headers.authorization, tokens())) {
      return { status: 401, headers: { "www-authenticate": "Bearer" }, body: "unknown token\n" };
    }
    if (method !== "POST") return { status: 405, headers: { allow: "POST" } };
    if (!/^application\/json\b/i.test(headers["content-type"] ?? "")) return { status: 415, body: "not JSON\n" };
    if ((headers["content-encoding"] ?? "identity") !== "identity") return { status: 415, body: "compressed\n" };
    return isFull()
      ? { status: 429, headers: { "retry-after": "1" }, body: "too many events are waiting\n" }
      : undefined;
  }

  function handle({ body }: { readonly body: Buffer }): ServerAnswer {
    const batch = read(body);
    if (typeof batch === "string") {
      // Never taken, however often it comes: it is lost, and said so.
      sink.lost(batch, 1, "audit webhook");
      return { status: 400, body: `${batch}\n` };
    }
    documents.read(batch, "audit webhook");
    return { status: 200 };
  }

  return {
    bodyBytes: bounds.auditBatchBytes,
    admit,
    handle,
    tooLarge() {
      const cause = `a batch longer than ${bounds.auditBatchBytes} bytes`;
      sink.lost(cause, 1, "audit webhook");
      return { status: 413, body: `${cause} (lower --audit-webhook-batch-max-size)\n` };
    },
  };
}

/** @returns why it is not read, as the end of a sentence, or the batch */
function read(body: Buffer): object | string {
  const { over } = measureJson(body, { depth: bounds.documentDepth, values: bounds.documentValues });
  if (over === "depth") return `nested deeper than ${bounds.documentDepth} levels`;
  if (over === "values") return `more than ${bounds.documentValues} values`;
  try {
    const batch: unknown = parseJson(body.toString("utf8"));
    return isObject(batch) ? batch : "not an EventList";
  } catch {
    return "not JSON";
  }
}

/** Lengths do not tell: digests are compared, each of them, whichever it is. */
function isToken(authorization: string | undefined, tokens: readonly string[]): boolean {
  const [, given] = /^bearer +(\S+)$/i.exec(authorization ?? "") ?? [];
  if (given === undefined) return false;
  const found = digestOf(given);
  return tokens.filter((token) => token !== "" && timingSafeEqual(found, digestOf(token))).length > 0;
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
