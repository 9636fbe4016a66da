/** In-process servers on loopback for the tests of the registry client. */
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import type { Clock } from "../../../net/retry.ts";
import type { Certificate } from "./certificate.fixture.ts";
import type { RegistryLimits } from "./limits.ts";

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Loopback {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly origin: string;
  readonly seen: Seen[];
}

/** Listens until the test is over. */
export async function listen(t: TestContext, handler: RequestListener, tls?: Certificate): Promise<Loopback> {
  const seen: Seen[] = [];
  const recorded: RequestListener = (request, response) => {
    seen.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers });
    handler(request, response);
  };
  const server = tls === undefined ? createServer(recorded) : createSecureServer(tls, recorded);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, origin: `${tls === undefined ? "http" : "https"}://${host}`, seen };
}

export function json(
  response: ServerResponse,
  status: number,
  document: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(document));
}

/** Waits for nothing; keeps what it was asked to wait. */
export function instantClock(): Clock & { readonly slept: number[]; time: number } {
  const slept: number[] = [];
  return {
    slept,
    time: 1_700_000_000_000,
    now() {
      return this.time;
    },
    random: () => 0,
    async sleep(milliseconds) {
      slept.push(milliseconds);
    },
  };
}

/** Where what is tested never ends. On a busy machine an answer of this very process may take seconds. */
export const fastLimits: Partial<RegistryLimits> = { stallMilliseconds: 60_000, documentMilliseconds: 120_000 };
