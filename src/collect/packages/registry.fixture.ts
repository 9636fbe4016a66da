/** A registry of npm's and of PyPI's protocol on loopback, whole or wrong in what a test is about. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import { type RegistryKey, registryKey } from "../../engines/packages/provenance/npm-keys.ts";

export interface FixtureVersion {
  /** ISO 8601. */
  readonly published: string;
  /** Fields of package.json beside name and version; of PyPI those of `info`. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** Of the archive; a manifest alone where absent. */
  readonly archive?: Buffer;
  readonly yanked?: boolean | string;
  /** Answers of the attestations endpoint (npm), or of a file's provenance (PyPI). */
  readonly attestations?: unknown;
}

export interface FixturePackage {
  readonly versions: Readonly<Record<string, FixtureVersion>>;
}

/** What is wrong with the registry. */
export interface Faults {
  /** Fields left out of packuments and their versions: `time`, `deprecated`, `dist.signatures`; of PyPI's files too. */
  readonly omit?: readonly string[];
  /** As a mirror serves them: `_id`, `dist-tags`, `name`, `time` of its own, `versions`. */
  readonly mirror?: boolean;
  /** Hashes that are stated are of other bytes. */
  readonly liesAboutHashes?: boolean;
  /** Archives are other bytes than their hashes. */
  readonly otherArchives?: boolean;
  /** Where packuments say that archives are, in the place of the registry. */
  readonly archivesAt?: string;
  /** Statuses of the first answers, one a request: 429, 503, 404. */
  readonly statuses?: readonly number[];
  readonly retryAfter?: string;
  /** Every answer redirects to this URL with the path behind it. */
  readonly redirectTo?: string;
  /** Answers never end. */
  readonly hangs?: boolean;
  /** In the place of every document. */
  readonly body?: string;
  /** Signatures of the registry are by another key than the one it serves. */
  readonly otherKey?: boolean;
}

export interface FixtureRegistry {
  /** Ends in a slash. */
  readonly base: string;
  readonly packages: Map<string, FixturePackage>;
  faults: Faults;
  readonly seen: { readonly url: string; readonly headers: IncomingHttpHeaders }[];
  /** Its own, by which it signs. */
  readonly key: RegistryKey;
}

/** Listens until the test is over. */
export async function startRegistry(t: TestContext, type: "npm" | "pypi" = "npm"): Promise<FixtureRegistry> {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = keys.publicKey.export({ type: "spki", format: "der" }).toString("base64");
  const registry = {
    base: "",
    packages: new Map<string, FixturePackage>(),
    faults: {} as Faults,
    seen: [] as { url: string; headers: IncomingHttpHeaders }[],
    key: registryKey("SHA256:fixture", spki),
  };
  let answered = 0;
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    registry.seen.push({ url, headers: request.headers });
    const { statuses = [], retryAfter, redirectTo, hangs, body } = registry.faults;
    const status = statuses[answered++];
    if (status !== undefined) {
      response.writeHead(status, retryAfter === undefined ? {} : { "retry-after": retryAfter }).end();
    } else if (redirectTo !== undefined) {
      response.writeHead(302, { location: redirectTo + url.slice(1) }).end();
    } else if (hangs === true) {
      response.writeHead(200, { "content-length": "100" }).write("{");
    } else if (body !== undefined) {
      response.writeHead(200, { "content-type": "application/json" }).end(body);
    } else if (type === "npm") answerNpm(registry, keys.privateKey, url, request.headers, response);
    else answerPypi(registry, url, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  registry.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return registry;
}

function answerNpm(
  registry: FixtureRegistry,
  key: KeyObject,
  url: string,
  headers: IncomingHttpHeaders,
  response: ServerResponse,
): ServerResponse {
  const path = decodeURIComponent(url.slice(1));
  if (path === "-/npm/v1/keys") {
    const { keyid, key: own } = registry.key;
    const served = {
      keyid,
      keytype: "ecdsa-sha2-nistp256",
      key: Buffer.from(own.spki).toString("base64"),
      expires: null,
    };
    return json(response, { keys: [served] });
  }
  const attested = /^-\/npm\/v1\/attestations\/(.+)@([^@]+)$/.exec(path);
  if (attested !== null) {
    const told = registry.packages.get(attested[1] ?? "")?.versions[attested[2] ?? ""]?.attestations;
    return told === undefined ? nothing(response) : json(response, told);
  }
  const archive = /^(.+)\/-\/[^/]+-(\d[^/]*)\.tgz$/.exec(path);
  if (archive !== null) {
    const version = registry.packages.get(archive[1] ?? "")?.versions[archive[2] ?? ""];
    if (version === undefined) return nothing(response);
    const bytes = archiveOf(archive[1] ?? "", archive[2] ?? "", version);
    return response.end(registry.faults.otherArchives === true ? Buffer.concat([bytes, Buffer.from("x")]) : bytes);
  }
  const found = registry.packages.get(path);
  if (found === undefined) return nothing(response);
  const document = packument(registry, key, path, found);
  const etag = `"${createHash("sha256").update(JSON.stringify(document)).digest("hex").slice(0, 16)}"`;
  if (headers["if-none-match"] === etag) {
    return response.writeHead(304, { etag }).end();
  }
  response.setHeader("etag", etag);
  return json(response, document);
}

function packument(registry: FixtureRegistry, key: KeyObject, name: string, { versions }: FixturePackage): object {
  const { faults, base } = registry;
  const times = Object.entries(versions).map(([version, { published }]) => [version, published] as const);
  const sorted = times.map(([, at]) => at).sort();
  const time = { created: sorted[0], modified: sorted.at(-1), ...Object.fromEntries(times) };
  const own = Object.entries(versions).map(([version, one]) => {
    const bytes = archiveOf(name, version, one);
    const stated = faults.liesAboutHashes === true ? Buffer.from("other") : bytes;
    const integrity = `sha512-${createHash("sha512").update(stated).digest("base64")}`;
    const signer = faults.otherKey === true ? generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey : key;
    const sig = sign("sha256", Buffer.from(`${name}@${version}:${integrity}`), signer).toString("base64");
    const short = name.slice(name.indexOf("/") + 1);
    const manifest = {
      name,
      version,
      ...one.manifest,
      dist: {
        tarball: `${faults.archivesAt ?? base}${name}/-/${short}-${version}.tgz`,
        integrity,
        shasum: createHash("sha1").update(stated).digest("hex"),
        unpackedSize: 100,
        fileCount: 1,
        ...(one.attestations === undefined
          ? {}
          : {
              attestations: {
                url: `${base}elsewhere`,
                provenance: { predicateType: "https://slsa.dev/provenance/v1" },
              },
            }),
        ...(faults.mirror === true ? {} : { signatures: [{ keyid: registry.key.keyid, sig }] }),
      },
    };
    return [version, manifest] as const;
  });
  const latest = Object.keys(versions).at(-1);
  const document = {
    _id: name,
    ...(faults.mirror === true ? {} : { _rev: "1-a", maintainers: [{ name: "shop" }] }),
    name,
    "dist-tags": { latest },
    time: faults.mirror === true ? Object.fromEntries(times) : time,
    versions: Object.fromEntries(own),
  };
  return without(document, faults.omit ?? []);
}

function without(document: object, omitted: readonly string[]): object {
  const copy = structuredClone(document) as Record<string, unknown>;
  for (const path of omitted) {
    remove(copy, path.split("."));
    for (const manifest of Object.values((copy.versions ?? {}) as Record<string, Record<string, unknown>>)) {
      remove(manifest, path.split("."));
    }
  }
  return copy;
}

function remove(from: Record<string, unknown>, [name = "", ...rest]: readonly string[]): void {
  if (rest.length === 0) delete from[name];
  else if (typeof from[name] === "object" && from[name] !== null) remove(from[name] as Record<string, unknown>, rest);
}

/** A manifest alone, as a tar in gzip. */
export function archiveOf(name: string, version: string, { archive, manifest = {} }: FixtureVersion): Buffer {
  return archive ?? gzipSync(tarOf("package/package.json", JSON.stringify({ name, version, ...manifest })));
}

export function tarOf(path: string, text: string): Buffer {
  const content = Buffer.from(text);
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write("0000644\0", 100);
  header.write("0000000\0".repeat(2), 108);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        0", 148);
  header.write("ustar\0" + "00", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header, content, padding, Buffer.alloc(1024)]);
}

function answerPypi(registry: FixtureRegistry, url: string, response: ServerResponse): ServerResponse {
  const { faults, base } = registry;
  const simple = /^\/simple\/([^/]+)\/$/.exec(url);
  const document = /^\/pypi\/([^/]+)\/([^/]+)\/json$/.exec(url);
  const provenance = /^\/integrity\/([^/]+)\/([^/]+)\/[^/]+\/provenance$/.exec(url);
  const file = /^\/files\/([^/]+)-(\d[^/]*?)-py3-none-any\.whl$/.exec(url);
  const [, written = "", version = ""] = simple ?? document ?? provenance ?? file ?? [];
  const name = written.replaceAll("_", "-");
  const found = registry.packages.get(name);
  const own = found?.versions[version];
  if (found === undefined) return nothing(response);
  if (file !== null) {
    return response.end(own === undefined ? "" : archiveOf(name, version, own));
  }
  if (provenance !== null)
    return own?.attestations === undefined ? nothing(response) : json(response, own.attestations);
  const fileOf = (one: string, { published, yanked = false, attestations, ...rest }: FixtureVersion) => {
    const stated =
      faults.liesAboutHashes === true ? Buffer.from("other") : archiveOf(name, one, { published, ...rest });
    const filename = `${name.replaceAll("-", "_")}-${one}-py3-none-any.whl`;
    return {
      filename,
      url: `../../files/${filename}`,
      hashes: { sha256: createHash("sha256").update(stated).digest("hex") },
      yanked,
      "upload-time": published,
      provenance: attestations === undefined ? null : `${base}integrity/${name}/${one}/${filename}/provenance`,
    };
  };
  if (document !== null) {
    if (own === undefined || faults.omit?.includes("json") === true) return nothing(response);
    return json(response, { info: { name, version, ...own.manifest }, urls: [] });
  }
  const files = Object.entries(found.versions).map(([one, told]) => {
    const stated = fileOf(one, told) as Record<string, unknown>;
    for (const field of faults.omit ?? []) delete stated[field];
    return stated;
  });
  response.setHeader("content-type", "application/vnd.pypi.simple.v1+json");
  return json(response, { meta: { "api-version": "1.3" }, name, versions: Object.keys(found.versions), files });
}

function json(response: ServerResponse, value: unknown): ServerResponse {
  if (!response.hasHeader("content-type")) response.setHeader("content-type", "application/json");
  return response.end(JSON.stringify(value));
}

function nothing(response: ServerResponse): ServerResponse {
  return response.writeHead(404, { "content-type": "application/json" }).end('{"error":"not found"}');
}
