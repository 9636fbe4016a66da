/** Health and metrics of a process, in plain HTTP on a port of their own. */
import { METRICS_TYPE, type Metrics } from "../../core/metrics.ts";
import { printable } from "../../core/printable.ts";
import { startServer } from "../../net/server.ts";
import type { RunningServer, ServerAnswer } from "../../net/server-model.ts";

export interface StatusOptions {
  readonly host: string;
  readonly port: number;
  readonly metrics: Metrics;
  readonly readiness: { isReady(): boolean; text(): string };
  onError(error: unknown): void;
}

/** `/healthz`, `/readyz` and `/metrics`. @throws Problem where the port is not to be had */
export async function startStatus({ host, port, metrics, readiness, onError }: StatusOptions): Promise<RunningServer> {
  return await startServer({ host, port, bodyBytes: 0, handle: statusOf(metrics, readiness), onError });
}

function statusOf(metrics: Metrics, readiness: StatusOptions["readiness"]) {
  return ({ method, path }: { readonly method: string; readonly path: string }): ServerAnswer => {
    if (method !== "GET" && method !== "HEAD") return { status: 405, headers: { allow: "GET" } };
    if (path === "/healthz" || path === "/livez") return { status: 200, body: "ok\n" };
    if (path === "/readyz") return { status: readiness.isReady() ? 200 : 503, body: printableLines(readiness.text()) };
    if (path !== "/metrics") return { status: 404, body: "/healthz, /readyz or /metrics\n" };
    return { status: 200, headers: { "content-type": METRICS_TYPE }, body: metrics.expose() };
  };
}

function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}
