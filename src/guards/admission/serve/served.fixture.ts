/** A guard that serves on loopback, and an API server's way of asking it, for tests. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { type Agent, request as secureRequest } from "node:https";
import type { TestContext } from "node:test";
import type { TLSSocket } from "node:tls";
import { readClock } from "../../../core/clock.ts";
import type { AdmissionRequest } from "../../../engines/admission/model.ts";
import { readCertificates, trustFault } from "../../../engines/certificates/read.ts";
import { createReloading } from "../../../scan/serving/reloading.ts";
import { ownCertificates } from "../certificates/own.ts";
import { createWorld, DAY, HOUR, NAME, type World } from "../certificates/world.fixture.ts";
import { guardOf, podOf, policySet, requestFor } from "../guard.fixture.ts";
import type { Guard, PolicySet } from "../model.ts";
import { reviewOf } from "../record.ts";
import type { Decided } from "./log-line.ts";
import { createMeters } from "./meters.ts";
import { type ServedGuard, type ServeOptions, serveGuard } from "./serve.ts";

export const certificateSettings = {
  names: [NAME],
  authorityMilliseconds: 30 * DAY,
  leafMilliseconds: 9 * DAY,
  overlapMilliseconds: HOUR,
};

/** Long enough that a test makes each look itself. */
const NEVER = 1_000_000_000;

export interface Served {
  readonly served: ServedGuard;
  readonly world: World;
  readonly decided: Decided[];
  readonly events: string[];
  metrics(): Promise<string>;
  status(path: string): Promise<{ readonly status: number; readonly text: string }>;
}

export interface ServedOptions extends Partial<ServeOptions> {
  readonly policy?: string;
  readonly world?: World;
  readonly open?: () => Promise<PolicySet>;
  readonly fingerprint?: () => Promise<string>;
}

export async function serveForTest(t: TestContext, options: ServedOptions = {}): Promise<Served> {
  const text = options.policy ?? "apiVersion: bulkhead/v1\n";
  const world = options.world ?? createWorld(readClock());
  const set = options.open === undefined ? await policySet(t, text) : undefined;
  const decided: Decided[] = [];
  const events: string[] = [];
  const meters = createMeters();
  const policies =
    options.policies ??
    createReloading({
      fingerprint: options.fingerprint ?? (async () => "same"),
      open: options.open ?? (async () => set as PolicySet),
      onLoaded: () => undefined,
      onBroken: (problem) => events.push(problem.line()),
    });
  const guard: Guard = options.guard ?? (await guardOf(t, text, { policies: () => policies.current() as PolicySet }));
  const served = await serveGuard({
    host: "127.0.0.1",
    port: 0,
    statusHost: "127.0.0.1",
    statusPort: 0,
    certificates: ownCertificates(world.store, certificateSettings),
    anchors: world.anchors,
    meters,
    now: () => world.now,
    looks: { policy: NEVER, certificate: NEVER, fault: NEVER },
    drain: { leaveMilliseconds: 0, closeMilliseconds: 5_000 },
    onDecided: (each) => decided.push(each),
    onEvent: (event) => events.push(event),
    ...options,
    guard,
    policies,
  });
  t.after(() => served.stop());
  const status = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${served.statusPort}${path}`);
    return { status: response.status, text: await response.text() };
  };
  return { served, world, decided, events, status, metrics: async () => (await status("/metrics")).text };
}

export interface Asked {
  readonly status: number;
  readonly text: string;
  readonly response: Readonly<Record<string, unknown>>;
}

export interface AskOptions {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: Agent | false;
  /** As of when the certificate must be valid: tests have clocks of their own. */
  readonly now?: Date;
}

/** @param ca - whom the API server trusts */
export async function askBytes(
  port: number,
  ca: string,
  body: string | Buffer,
  options: AskOptions = {},
): Promise<Asked> {
  const { path = "/validate?timeout=10s", method = "POST", agent = false, headers = {} } = options;
  const asked = secureRequest({
    host: "127.0.0.1",
    port,
    servername: NAME,
    rejectUnauthorized: false,
    agent,
    path,
    method,
    headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body), ...headers },
  });
  asked.end(body);
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  // On a connection that is kept the certificate was good when it was made.
  if (agent === false) {
    const shown = (response.socket as TLSSocket).getPeerX509Certificate()?.toString() ?? "";
    const chain = readCertificates(shown, "shown");
    assert.equal(
      trustFault(chain, readCertificates(ca, "ca"), { name: NAME, now: options.now ?? readClock() }),
      undefined,
    );
  }
  response.setEncoding("utf8");
  let text = "";
  for await (const chunk of response) text += chunk;
  const isJson = response.headers["content-type"] === "application/json";
  return { status: response.statusCode ?? 0, text, response: isJson ? JSON.parse(text).response : {} };
}

export async function ask(
  { served, world }: Served,
  request: AdmissionRequest = requestFor(podOf()),
  options: AskOptions = {},
): Promise<Asked> {
  return await askBytes(served.port() as number, world.caBundle, JSON.stringify(reviewOf(request)), {
    now: world.now,
    ...options,
  });
}
