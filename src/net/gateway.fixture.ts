/** Gateways in front of servers on loopback, for tests. */
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage, type RequestListener } from "node:http";
import type { TestContext } from "node:test";
import { startGateway } from "./gateway.ts";
import type { GatewayOptions, GatewayRequest, Passed, PassOptions } from "./gateway-model.ts";
import { type Loopback, serve } from "./loopback.fixture.ts";
import type { RunningServer } from "./server-model.ts";
import { createUpstream } from "./upstream.ts";
import type { Upstream, UpstreamLimits } from "./upstream-model.ts";

export interface Behind extends RunningServer {
  readonly upstream: Upstream;
  readonly passed: Passed[];
  readonly errors: unknown[];
}

export interface Given extends Partial<GatewayOptions> {
  readonly how?: PassOptions;
  readonly upstreamLimits?: Partial<UpstreamLimits>;
  /** Of the upstream's certificate. */
  readonly authorities?: string;
}

/** A gateway that passes everything on. */
export async function gateway(
  t: TestContext,
  { origin }: Pick<Loopback, "origin">,
  { how, upstreamLimits, authorities, ...given }: Given = {},
): Promise<Behind> {
  const upstream = createUpstream({
    origin: new URL(origin),
    ...(authorities === undefined ? {} : { authorities }),
    ...(upstreamLimits === undefined ? {} : { limits: upstreamLimits }),
  });
  const passed: Passed[] = [];
  const errors: unknown[] = [];
  const server = await startGateway({
    host: "127.0.0.1",
    port: 0,
    async handle(request) {
      const outcome = await onward(request, upstream, how);
      passed.push(outcome);
      if (outcome.outcome === "failed") request.answer({ status: 502, body: outcome.failure.message });
      if (outcome.outcome === "too-large") request.answer({ status: 413 });
    },
    onError: (error) => errors.push(error),
    ...given,
  });
  t.after(async () => {
    await server.close(0);
    upstream.close();
  });
  return { ...server, upstream, passed, errors };
}

const onward = ({ method, path, query, headers, ...request }: GatewayRequest, upstream: Upstream, how?: PassOptions) =>
  request.pass(upstream, { method, path: query === "" ? path : `${path}?${query}`, headers }, how);

export async function listening(t: TestContext, listener: RequestListener): Promise<Loopback> {
  return await serve(t, listener);
}

export interface Got {
  readonly status: number | undefined;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

export async function get(port: number, options: object = {}, body?: string | Buffer): Promise<Got> {
  const asked = httpRequest({ host: "127.0.0.1", port, agent: false, path: "/a?b=c", ...options });
  // An answer may come, and the connection end, before all of a body is sent.
  asked.on("error", () => undefined);
  asked.end(body);
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  const pieces: Buffer[] = [];
  for await (const piece of answer) pieces.push(piece as Buffer);
  return { status: answer.statusCode, headers: answer.rawHeaders, body: Buffer.concat(pieces) };
}

export const echo: RequestListener = (request, response) => {
  response.writeHead(201, ["X-Method", request.method ?? "", "X-One", "1", "X-One", "2"]);
  request.pipe(response);
};

/** Until the condition holds: what happens at the other end of a connection tells nobody. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
