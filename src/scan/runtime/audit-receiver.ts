/** The server to which an API server posts its audit events (`--audit-webhook-config-file`). */
import { usageProblem } from "../../core/problem.ts";
import type { AuditSink } from "../../engines/events/audit/read.ts";
import { createAuditWebhook } from "../../engines/events/audit/webhook.ts";
import { isLoopback } from "../../engines/oci/registry/url.ts";
import { startServer } from "../../net/server.ts";
import type { Limits, RunningServer, ServerCertificate } from "../../net/server-model.ts";

export interface AuditReceiverOptions {
  /** An address: `127.0.0.1`, `0.0.0.0`. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Of the URL: `/audit`. */
  readonly path: string;
  /** Absent: plain HTTP, on loopback alone. */
  readonly certificate?: ServerCertificate;
  /** In PEM: only clients whose certificate one of these has signed are heard. */
  readonly clientAuthorities?: string;
  /** Of which a client must have one; absent: none is needed. */
  tokens?(): readonly string[];
  readonly sink: AuditSink;
  isFull?(): boolean;
  onError(error: unknown): void;
  /** Others than the server's own, for tests. */
  readonly limits?: Partial<Limits>;
}

/**
 * Listens. Whoever reaches it can say what happened in the cluster: beyond this machine it takes TLS, and a token or a
 * client's certificate.
 *
 * @throws Problem `cli.usage` where they are missing, `server.listen`, `server.certificate`
 */
export async function startAuditReceiver(options: AuditReceiverOptions): Promise<RunningServer> {
  const { host, port, certificate, clientAuthorities, tokens, sink, onError } = options;
  if (!isLoopback(host)) {
    if (certificate === undefined) {
      throw usageProblem(host, "audit events beyond loopback need TLS", "give a certificate and its key");
    }
    if (tokens === undefined && clientAuthorities === undefined) {
      const cause = "audit events beyond loopback need a token or client certificates";
      throw usageProblem(host, cause, "give a token file or the authorities of client certificates");
    }
  }
  if (clientAuthorities !== undefined && certificate === undefined) {
    throw usageProblem(host, "client certificates need TLS", "give a certificate and its key");
  }
  const webhook = createAuditWebhook({
    path: options.path,
    sink,
    ...(tokens === undefined ? {} : { tokens }),
    ...(options.isFull === undefined ? {} : { isFull: () => options.isFull?.() ?? false }),
  });
  return await startServer({
    host,
    port,
    ...(certificate === undefined ? {} : { certificate }),
    ...(clientAuthorities === undefined ? {} : { clientAuthorities }),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...webhook,
    onError,
  });
}
