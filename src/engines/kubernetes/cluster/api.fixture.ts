/** An API server in memory on loopback, for tests: objects are stored, listed, watched and patched; nothing is validated. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { type ClientLimits, type ClusterApi, createClient, type Plain } from "./client.ts";
import type { ClusterConnection } from "./connection.ts";

/** A kind that it serves: `v1/pods`, `apps/v1/deployments`. */
export interface ServedKind {
  readonly apiVersion: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly type: string | undefined;
  readonly body: unknown;
}

type Stored = { apiVersion: string; kind: string; metadata: Record<string, unknown>; [key: string]: unknown };

export interface FakeApi {
  readonly connection: ClusterConnection;
  readonly api: ClusterApi;
  readonly asked: Asked[];
  /** Stores it as somebody else would have, and tells who watches. */
  put(object: object): void;
  remove(resource: string, name: string, namespace?: string): void;
  get(resource: string, name: string, namespace?: string): Stored | undefined;
  /** Asked before anything else: answers what it returns, `break` ends the connection. */
  intercept: (
    asked: Asked,
  ) =>
    | { readonly status: number; readonly body?: object /** In its place. */; readonly text?: string }
    | "break"
    | undefined;
  /** Ends all watches, or says something to those who watch. */
  endWatches(line?: object): void;
  watches(): number;
  /** From now on older versions are gone (410). */
  forget(): void;
}

const LIMITS: ClientLimits = {
  stallMilliseconds: 5_000,
  documentMilliseconds: 5_000,
  tries: 2,
  retryAfterSeconds: 1,
  backoffMilliseconds: 1,
};

export async function fakeApi(t: TestContext, kinds: readonly ServedKind[]): Promise<FakeApi> {
  const objects = new Map<string, Stored>();
  const watchers = new Set<{
    readonly resource: string;
    readonly namespace: string | undefined;
    readonly response: ServerResponse;
  }>();
  const asked: Asked[] = [];
  let version = 1;
  let oldest = 0;
  const keyOf = (resource: string, namespace: string | undefined, name: string) =>
    `${resource}|${namespace ?? ""}|${name}`;
  const stringOf = (value: unknown) => (typeof value === "string" ? value : undefined);

  function tell(type: string, resource: string, object: Stored): void {
    for (const watcher of watchers) {
      if (watcher.resource !== resource) continue;
      if (watcher.namespace !== undefined && watcher.namespace !== object.metadata.namespace) continue;
      watcher.response.write(`${JSON.stringify({ type, object })}\n`);
    }
  }

  function store(resource: string, object: Stored): Stored {
    const key = keyOf(resource, stringOf(object.metadata.namespace), String(object.metadata.name));
    const old = objects.get(key);
    version++;
    const uid = old?.metadata.uid ?? object.metadata.uid ?? `uid-${version}`;
    const stored = { ...object, metadata: { ...object.metadata, uid, resourceVersion: String(version) } };
    objects.set(key, stored);
    tell(old === undefined ? "ADDED" : "MODIFIED", resource, stored);
    return stored;
  }

  function kindOf(object: { apiVersion?: unknown; kind?: unknown }): ServedKind {
    const found = kinds.find(({ apiVersion, kind }) => apiVersion === object.apiVersion && kind === object.kind);
    if (found === undefined) throw new Error(`${String(object.kind)} is not served`);
    return found;
  }

  const status = (code: number, message: string) => ({
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
    code,
    message,
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://fake");
    const body = request.method === "GET" ? undefined : await json(request).catch(() => undefined);
    const one: Asked = {
      method: request.method ?? "",
      path: url.pathname,
      query: url.searchParams,
      type: request.headers["content-type"],
      body,
    };
    asked.push(one);
    const say = (code: number, what: object) =>
      response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(what));
    const other = fake.intercept(one);
    if (other === "break") return void response.destroy();
    if (other?.text !== undefined) {
      return void response.writeHead(other.status, { "content-type": "text/plain" }).end(other.text);
    }
    if (other !== undefined) return void say(other.status, other.body ?? status(other.status, "as the test says"));
    const groupVersion = /^\/apis?\/((?:[^/]+\/)?v[^/]+)$/.exec(url.pathname)?.[1];
    if (groupVersion !== undefined) {
      const resources = kinds
        .filter(({ apiVersion }) => apiVersion === groupVersion)
        .map(({ resource: name, kind, namespaced }) => ({
          name,
          kind,
          namespaced,
          verbs: ["get", "list", "watch", "create"],
        }));
      return void say(resources.length === 0 ? 404 : 200, { kind: "APIResourceList", groupVersion, resources });
    }
    const parts =
      /^\/apis?\/((?:[^/]+\/)?v[^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
    // `/api/v1/namespaces/shop` is the namespace itself.
    const [, apiVersion, namespace, resource, name] =
      parts.length === 0 || (parts[3] === "namespaces" && parts[2] === undefined) ? parts : parts;
    const kind = kinds.find((each) => each.apiVersion === apiVersion && each.resource === resource);
    if (kind === undefined || resource === undefined)
      return void say(404, status(404, "the server could not find the requested resource"));
    if (name === undefined && one.method === "GET") {
      const items = [...objects].flatMap(([key, object]) =>
        key.startsWith(`${resource}|`) && (namespace === undefined || object.metadata.namespace === namespace)
          ? [object]
          : [],
      );
      if (!url.searchParams.has("watch")) {
        return void say(200, {
          kind: `${kind.kind}List`,
          apiVersion,
          metadata: { resourceVersion: String(version) },
          items,
        });
      }
      if (Number(url.searchParams.get("resourceVersion")) < oldest)
        return void say(410, status(410, "too old resource version"));
      response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
      const watcher = { resource, namespace, response };
      watchers.add(watcher);
      response.on("close", () => watchers.delete(watcher));
      for (const item of items) {
        if (Number(item.metadata.resourceVersion) <= Number(url.searchParams.get("resourceVersion"))) continue;
        response.write(`${JSON.stringify({ type: "MODIFIED", object: item })}\n`);
      }
      return;
    }
    const sent = body as Stored | undefined;
    const key = keyOf(resource, namespace, name ?? String(sent?.metadata?.name ?? ""));
    const old = objects.get(key);
    switch (one.method) {
      case "GET":
        return void say(old === undefined ? 404 : 200, old ?? status(404, "not found"));
      case "POST":
        if (old !== undefined) return void say(409, status(409, "already exists"));
        return void say(201, store(resource, sent as Stored));
      case "PUT":
        if (old === undefined) return void say(404, status(404, "not found"));
        if (sent?.metadata.resourceVersion !== old.metadata.resourceVersion)
          return void say(409, status(409, "conflict"));
        return void say(200, store(resource, sent as Stored));
      case "PATCH": {
        const applied = one.type === "application/apply-patch+yaml";
        if (old === undefined && !applied) return void say(404, status(404, "not found"));
        if (one.type === "application/json-patch+json") {
          const patched = patch(old as Stored, body as PatchStep[]);
          return void (patched === undefined
            ? say(422, status(422, "a test failed"))
            : say(200, store(resource, patched)));
        }
        const base = applied ? {} : (old as Stored);
        return void say(old === undefined ? 201 : 200, store(resource, merged(base, sent) as Stored));
      }
      case "DELETE": {
        if (old === undefined) return void say(404, status(404, "not found"));
        const wanted = (body as { preconditions?: { uid?: string } } | undefined)?.preconditions?.uid;
        if (wanted !== undefined && wanted !== old.metadata.uid) return void say(409, status(409, "another uid"));
        fake.remove(resource, String(old.metadata.name), stringOf(old.metadata.namespace));
        return void say(200, status(200, "gone"));
      }
    }
    say(405, status(405, "no"));
  }

  const server = createServer((request, response) => {
    response.on("error", () => undefined);
    void answer(request, response);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const connection: ClusterConnection = {
    name: "fake",
    server: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    unverified: false,
    impersonation: {},
    identify: async () => ({ authorization: "Bearer somebody" }),
  };
  const api = createClient(connection, { limits: LIMITS });
  t.after(() => {
    api.close();
    server.close();
    server.closeAllConnections();
  });
  const fake: FakeApi = {
    connection,
    api,
    asked,
    put(object) {
      const { resource } = kindOf(object as Stored);
      store(resource, structuredClone(object) as Stored);
    },
    remove(resource, name, namespace) {
      const key = keyOf(resource, namespace, name);
      const old = objects.get(key);
      if (old === undefined) return;
      objects.delete(key);
      version++;
      tell("DELETED", resource, { ...old, metadata: { ...old.metadata, resourceVersion: String(version) } });
    },
    get: (resource, name, namespace) => objects.get(keyOf(resource, namespace, name)),
    intercept: () => undefined,
    endWatches(line) {
      for (const { response } of watchers) {
        if (line === undefined) response.end();
        else response.write(`${JSON.stringify(line)}\n`);
      }
    },
    watches: () => watchers.size,
    forget() {
      oldest = version + 1;
      version++;
    },
  };
  return fake;
}

type PatchStep = { readonly op: string; readonly path: string; readonly value?: unknown };

/** `test`, `add` and `replace` alone; undefined where a test does not hold. */
function patch(object: Stored, steps: readonly PatchStep[]): Stored | undefined {
  const copy = structuredClone(object);
  for (const { op, path, value } of steps) {
    const way = path
      .split("/")
      .slice(1)
      .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
    const last = way.pop() ?? "";
    const at = way.reduce<Record<string, unknown> | undefined>(
      (inner, step) => inner?.[step] as Record<string, unknown>,
      copy,
    );
    if (at === undefined) return undefined;
    if (op !== "test") at[last] = value;
    else if (JSON.stringify(at[last]) !== JSON.stringify(value)) return undefined;
  }
  return copy;
}

function merged(old: unknown, change: unknown): unknown {
  const isMap = (value: unknown): value is Plain =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isMap(change)) return change;
  const result: Record<string, unknown> = isMap(old) ? { ...old } : {};
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}
