/** A proxy before an engine in memory, and what goes through it, for tests. */
import type { TestContext } from "node:test";
import type { Decision, Refusal } from "../model.ts";
import { madeEngine } from "./engine.fixture.ts";
import { digestOf } from "./engine.ts";
import { allowed, testedProxy } from "./open.fixture.ts";
import type { ProxyOptions } from "./options.ts";

export const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const D = digestOf(Buffer.from("a blob"));
export const document = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config: {}, layers: [] });
export const its = digestOf(Buffer.from(document));

export const denial: Refusal = { status: 403, code: "DENIED", message: "flawed", detail: { check: "image/x" } };
export const denied: Decision = { ...allowed, action: "refuse", reason: "flawed", refusal: denial };

/** What it is given, once something else was done. */
export function after<T>(done: () => unknown, value: T): T {
  done();
  return value;
}

export async function behind(t: TestContext, options: Partial<ProxyOptions> = {}) {
  const engine = await madeEngine(t);
  const proxy = await testedProxy(t, engine.origin, options);
  const ask = (path: string, init: RequestInit = {}) => fetch(proxy.origin + path, { redirect: "manual", ...init });
  const put = (path: string, body: string, headers: Record<string, string> = { "content-type": MANIFEST }) =>
    ask(path, { method: "PUT", body, headers });
  return { engine, proxy, ask, put };
}
