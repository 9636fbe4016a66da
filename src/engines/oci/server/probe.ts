/**
 * Asks a registry what it lets anyone do, and over which transport. Nothing of it is changed: an upload that was begun is
 * cancelled, and what is deleted is a digest that no manifest has.
 */
import { parseJson } from "../../../core/parse-json.ts";
import { Problem } from "../../../core/problem.ts";
import { discard } from "../../../net/body.ts";
import type { HttpAnswer, HttpRequest } from "../../../net/client.ts";
import { systemClock } from "../../../net/retry.ts";
import { readBody } from "../registry/body.ts";
import { parseChallenges } from "../registry/challenge.ts";
import { registryLimits } from "../registry/limits.ts";
import { fetchToken, isAcceptableRealm } from "../registry/token.ts";
import { createTransport, type Transport } from "../registry/transport.ts";
import { isLoopback } from "../registry/url.ts";
import type { Attempted, ProbedAccess, ProbedTransport } from "./probe-model.ts";

export interface ProbeOptions {
  /** `registry.example.com:5000` */
  readonly registry: string;
  /** That anyone might pull; absent: the first of the catalogue, where anyone may read that. */
  readonly repository?: string;
  readonly caFile?: string;
  /** Its API is asked over plain HTTP, as the user said. */
  readonly plainHttp?: boolean;
  readonly signal?: AbortSignal;
}

/** Milliseconds for one request and its token. */
const PATIENCE = 10_000;
/** No manifest has it: nobody finds the bytes of which this is the digest. */
const NOBODYS = `sha256:${"0".repeat(64)}`;
const limits = { ...registryLimits(), tries: 1 };

/** Never throws for what the registry answers. */
export async function probeAccess(options: ProbeOptions): Promise<ProbedAccess> {
  const transport = transportOf(options);
  const base = baseOf(options);
  try {
    const catalog = await attempted(() => tryCatalog(transport, base, options));
    const repository = options.repository ?? catalog.first;
    const of = repository === undefined ? {} : { repository };
    const about = async (work: (name: string) => Promise<Attempted>): Promise<Attempted> =>
      repository === undefined
        ? NO_REPOSITORY
        : (await attempted(async () => ({ attempt: await work(repository) }))).attempt;
    return {
      registry: options.registry,
      ...of,
      attempts: {
        catalog: catalog.attempt,
        pull: await about((name) => tryPull(transport, base, name, options)),
        push: await about((name) => tryPush(transport, base, name, options)),
        delete: await about((name) => tryDelete(transport, base, name, options)),
      },
    };
  } finally {
    transport.close();
  }
}

/** Never throws for what the registry answers. */
export async function probeTransport(options: ProbeOptions): Promise<ProbedTransport> {
  const transport = transportOf(options);
  try {
    return {
      registry: options.registry,
      plain: await plainOf(transport, options),
      tls: await tlsOf(transport, options),
    };
  } finally {
    transport.close();
  }
}

const NO_REPOSITORY: Attempted = {
  outcome: "unknown",
  reason: "no repository is known to try it with (--probe-registry REGISTRY/REPOSITORY)",
};

type Tried = { readonly attempt: Attempted; readonly first?: string };

async function attempted(work: () => Promise<Tried>): Promise<Tried> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem) || error.kind === "usage") throw error;
    return { attempt: { outcome: "unknown", reason: `${error.place}: ${error.message}` } };
  }
}

async function tryCatalog(transport: Transport, base: URL, options: ProbeOptions): Promise<Tried> {
  const answer = await ask(transport, { url: new URL("_catalog?n=1", base), method: "GET", headers: {} }, options);
  if (answer.status !== 200) return { attempt: attemptOf("GET /v2/_catalog", answer, []) };
  const bytes = await readBody(answer, { limit: 64 * 1024, stallMilliseconds: PATIENCE, signal: options.signal });
  const first = firstRepository(bytes);
  return {
    attempt: { outcome: "allowed", answer: "GET /v2/_catalog answered 200" },
    ...(first === undefined ? {} : { first }),
  };
}

function firstRepository(bytes: Buffer): string | undefined {
  try {
    const { repositories } = parseJson(bytes.toString("utf8")) as { readonly repositories?: unknown };
    const first: unknown = Array.isArray(repositories) ? repositories[0] : undefined;
    return typeof first === "string" && /^[a-z0-9][a-z0-9._/-]{0,254}$/.test(first) ? first : undefined;
  } catch {
    return undefined;
  }
}

async function tryPull(transport: Transport, base: URL, name: string, options: ProbeOptions): Promise<Attempted> {
  const url = new URL(`${name}/tags/list?n=1`, base);
  const answer = await ask(transport, { url, method: "GET", headers: {} }, options);
  discard(answer, PATIENCE);
  if (answer.status === 404) return { outcome: "unknown", reason: `there is no repository ${name}` };
  return attemptOf(`GET /v2/${name}/tags/list`, answer, [200]);
}

async function tryPush(transport: Transport, base: URL, name: string, options: ProbeOptions): Promise<Attempted> {
  const url = new URL(`${name}/blobs/uploads/`, base);
  const begun = await ask(transport, { url, method: "POST", headers: { "content-length": "0" } }, options);
  discard(begun, PATIENCE);
  const { location } = begun.headers;
  if (begun.status === 202 && location !== undefined) {
    const upload = new URL(location, url);
    // What it cannot cancel, the registry forgets by itself: nothing was sent.
    if (upload.origin === base.origin) {
      const ended = await ask(transport, { url: upload, method: "DELETE", headers: {} }, options).catch(
        () => undefined,
      );
      if (ended !== undefined) discard(ended, PATIENCE);
    }
  }
  return attemptOf(`POST /v2/${name}/blobs/uploads/`, begun, [202]);
}

async function tryDelete(transport: Transport, base: URL, name: string, options: ProbeOptions): Promise<Attempted> {
  const url = new URL(`${name}/manifests/${NOBODYS}`, base);
  const answer = await ask(transport, { url, method: "DELETE", headers: {} }, options);
  discard(answer, PATIENCE);
  // That there is none tells only who was let in.
  return attemptOf(`DELETE /v2/${name}/manifests/${NOBODYS.slice(0, 15)}…`, answer, [202, 404]);
}

function attemptOf(what: string, { status }: HttpAnswer, allowing: readonly number[]): Attempted {
  const answer = `${what} answered ${status}`;
  if (allowing.includes(status)) return { outcome: "allowed", answer };
  if ([401, 403, 404, 405].includes(status)) return { outcome: "refused", answer };
  return { outcome: "unknown", reason: answer };
}

/** With a token where the registry gives one to anyone. */
async function ask(transport: Transport, request: HttpRequest, { signal }: ProbeOptions): Promise<HttpAnswer> {
  const late = AbortSignal.timeout(PATIENCE);
  const either = signal === undefined ? late : AbortSignal.any([signal, late]);
  try {
    const first = await transport.send(request, either);
    if (first.status !== 401) return first;
    const [challenge] = parseChallenges(first.headers["www-authenticate"] ?? "") ?? [];
    const realm = challenge?.parameters.get("realm");
    if (challenge?.scheme !== "bearer" || realm === undefined || !URL.canParse(realm)) return first;
    if (!isAcceptableRealm(new URL(realm), request.url)) return first;
    discard(first, PATIENCE);
    const service = challenge.parameters.get("service");
    const wanted = { realm: new URL(realm), service, scope: challenge.parameters.get("scope") ?? "" };
    const token = await fetchToken(wanted, undefined, transport, limits, systemClock, either).catch(deniedAs401);
    if (token === undefined) return { ...first, status: 401 };
    return await transport.send(
      { ...request, headers: { ...request.headers, authorization: `Bearer ${token.value}` } },
      either,
    );
  } catch (error) {
    if (error !== late.reason) throw error;
    const place = request.url.host;
    throw new Problem({ kind: "unavailable", code: "registry.timeout", place, cause: `no answer in ${PATIENCE} ms` });
  }
}

/** A token service that gives anyone nothing has refused. */
function deniedAs401(error: unknown): undefined {
  if (error instanceof Problem && error.code === "registry.denied") return undefined;
  throw error;
}

async function plainOf(transport: Transport, options: ProbeOptions): Promise<ProbedTransport["plain"]> {
  const { hostname, port } = new URL(`http://${options.registry}/`);
  const url = new URL(`http://${hostname}${port === "" ? "" : `:${port}`}/v2/`);
  try {
    const answer = await transport.send({ url, method: "GET", headers: {} }, AbortSignal.timeout(PATIENCE));
    discard(answer, PATIENCE);
    if (answer.status >= 300 && answer.status < 400) return "redirected";
    return answer.status === 200 || answer.status === 401 ? "served" : "closed";
  } catch {
    return "closed";
  }
}

async function tlsOf(transport: Transport, { registry }: ProbeOptions): Promise<ProbedTransport["tls"]> {
  const url = new URL(`https://${registry}/v2/`);
  try {
    discard(await transport.send({ url, method: "GET", headers: {} }, AbortSignal.timeout(PATIENCE)), PATIENCE);
    return { kind: "valid" };
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return { kind: error instanceof Problem && error.code === "registry.certificate" ? "invalid" : "none", cause };
  }
}

function baseOf({ registry, plainHttp = false }: ProbeOptions): URL {
  const secure = new URL(`https://${registry}/v2/`);
  return plainHttp || isLoopback(secure.hostname) ? new URL(`http://${registry}/v2/`) : secure;
}

function transportOf({ caFile }: ProbeOptions): Transport {
  return createTransport({ stallMilliseconds: PATIENCE, ...(caFile === undefined ? {} : { caFile }) });
}
