/** A TUF repository of our own on loopback, which tests publish to and attack. */
import { constants, createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { rsaKeyPair } from "../../../../core/rsa-keys.fixture.ts";
import { createHttpClient } from "../../../../net/client.ts";
import { type Loopback, serve } from "../../../../net/loopback.fixture.ts";
import { canonical } from "./canonical.ts";
import { keyOf } from "./keys.ts";
import type { Anchor } from "./rules.ts";
import { type Repository, type Updated, updateRepository } from "./update.ts";

export type KeyType = "ed25519" | "ecdsa" | "rsa";

export interface Signer {
  readonly id: string;
  readonly spki: string;
  readonly described: object;
  sign(bytes: Uint8Array): string;
}

export function signer(type: KeyType = "ed25519", id?: string): Signer {
  const { privateKey, publicKey } = pairOf(type);
  const spki = publicKey.export({ format: "der", type: "spki" });
  const hex = spki.subarray(-32).toString("hex");
  const pem = publicKey.export({ format: "pem", type: "spki" });
  const scheme = { ed25519: "ed25519", ecdsa: "ecdsa-sha2-nistp256", rsa: "rsassa-pss-sha256" }[type];
  return {
    id: id ?? createHash("sha256").update(spki).digest("hex"),
    spki: spki.toString("base64"),
    described: { keytype: type, scheme, keyval: { public: type === "ed25519" ? hex : pem } },
    sign: (bytes) => signed(type, privateKey, bytes).toString("hex"),
  };
}

interface Pair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Making one takes a good part of a second: strangers have keys of another type. */
let rsa: Pair | undefined;

function pairOf(type: KeyType): Pair {
  if (type === "ed25519") return generateKeyPairSync("ed25519");
  if (type === "ecdsa") return generateKeyPairSync("ec", { namedCurve: "P-256" });
  rsa ??= rsaKeyPair(2048);
  return rsa;
}

function signed(type: KeyType, key: KeyObject, bytes: Uint8Array): Buffer {
  if (type === "ed25519") return sign(null, bytes, key);
  if (type === "ecdsa") return sign("sha256", bytes, key);
  return sign("sha256", bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
}

/** Metadata as it is written; tests change it before it is signed. */
// biome-ignore lint/suspicious/noExplicitAny: tests change whatever they like
export type Body = Record<string, any>;

export interface RoleKeys {
  signers: Signer[];
  threshold: number;
}

export const NOW = new Date("2026-03-01T12:00:00Z");
const LATER = "2026-03-08T12:00:00Z";

export class TestRepository {
  readonly files = new Map<string, Buffer>();
  readonly roles: Record<"root" | "timestamp" | "snapshot" | "targets", RoleKeys> = {
    root: { signers: [signer(), signer("ecdsa"), signer()], threshold: 2 },
    timestamp: { signers: [signer("ecdsa")], threshold: 1 },
    snapshot: { signers: [signer()], threshold: 1 },
    targets: { signers: [signer("rsa")], threshold: 1 },
  };
  /** `_type`, version and so on, as they were published last. */
  root: Body = { _type: "root", version: 0, consistent_snapshot: true };
  timestamp: Body = { _type: "timestamp", version: 0 };
  snapshot: Body = { _type: "snapshot", version: 0, meta: {} };
  targets: Body = { _type: "targets", version: 0, targets: {} };

  constructor() {
    this.addTarget("trusted_root.json", "the first");
    this.publishRoot();
    this.publish();
  }

  addTarget(path: string, content: string, body: Body = this.targets): void {
    const bytes = Buffer.from(content);
    const hash = createHash("sha256").update(bytes).digest("hex");
    body.targets = { ...body.targets, [path]: { length: bytes.length, hashes: { sha256: hash } } };
    const [name, ...folder] = path.split("/").reverse();
    this.files.set(["targets", ...folder.reverse(), `${hash}.${name}`].join("/"), bytes);
  }

  /** A new version of the root, signed by those before it too. */
  publishRoot(also: readonly Signer[] = this.roles.root.signers): void {
    const every = Object.values(this.roles).flatMap(({ signers }) => signers);
    const roles = Object.entries(this.roles).map(([name, { signers, threshold }]) => [
      name,
      { keyids: signers.map(({ id }) => id), threshold },
    ]);
    this.root = {
      spec_version: "1.0.31",
      expires: LATER,
      ...this.root,
      version: this.root.version + 1,
      keys: Object.fromEntries(every.map(({ id, described }) => [id, described])),
      roles: Object.fromEntries(roles),
    };
    this.write(`${this.root.version}.root.json`, this.root, new Set([...this.roles.root.signers, ...also]));
  }

  /** New versions of the others, each with what the one above it says of it. */
  publish(): void {
    this.publishTargets();
    this.publishSnapshot();
    this.publishTimestamp();
  }

  publishTargets(): void {
    this.targets = next(this.targets);
    this.snapshot.meta = { ...this.snapshot.meta, "targets.json": { version: this.targets.version } };
    this.write(`${this.targets.version}.targets.json`, this.targets, this.roles.targets.signers);
  }

  publishSnapshot(): void {
    this.snapshot = next(this.snapshot);
    const bytes = this.write(`${this.snapshot.version}.snapshot.json`, this.snapshot, this.roles.snapshot.signers);
    const hashes = { sha256: createHash("sha256").update(bytes).digest("hex") };
    this.timestamp.meta = { "snapshot.json": { version: this.snapshot.version, length: bytes.length, hashes } };
  }

  publishTimestamp(): void {
    this.timestamp = next(this.timestamp);
    this.write("timestamp.json", this.timestamp, this.roles.timestamp.signers);
  }

  write(name: string, body: Body, signers: Iterable<Signer>): Buffer {
    const bytes = Buffer.from(JSON.stringify(envelope(body, signers), undefined, 1));
    this.files.set(name, bytes);
    return bytes;
  }

  /** By the keys of its first root. */
  anchor(version = this.root.version): Anchor {
    const { signers, threshold } = this.roles.root;
    return { version, threshold, keys: signers.map(({ spki }) => keyOf(spki)) };
  }
}

export function envelope(body: Body, signers: Iterable<Signer>): { signatures: object[]; signed: Body } {
  const bytes = Buffer.from(canonical(JSON.parse(JSON.stringify(body))) ?? "");
  return { signatures: [...signers].map((each) => ({ keyid: each.id, sig: each.sign(bytes) })), signed: body };
}

function next(body: Body): Body {
  return { spec_version: "1.0.31", expires: LATER, ...body, version: body.version + 1 };
}

export interface Client {
  readonly repository: Repository;
  readonly cache: string;
  readonly server: Loopback;
  update(options?: { now?: Date; files?: readonly string[]; cache?: string }): Promise<Updated>;
}

/** Serves a repository until the test is over, and a client with an empty cache that asks it. */
export async function clientOf(
  context: TestContext,
  repository: TestRepository,
  anchor = repository.anchor(),
): Promise<Client> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "bulkhead-tuf-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const server = await serve(context, (request, response) => {
    const bytes = repository.files.get(decodeURIComponent(request.url ?? "").slice("/tuf/".length));
    if (bytes === undefined) response.writeHead(404).end();
    else response.end(bytes);
  });
  const client = createHttpClient({ stallMilliseconds: 10_000 });
  context.after(() => client.close());
  const clock = { now: () => NOW.getTime(), sleep: async () => undefined, random: () => 0 };
  const fetcher = { client, clock, signal: AbortSignal.timeout(60_000) };
  const cache = join(folder, "bulkhead", "roots", "test.json");
  const from: Repository = { url: new URL(`${server.origin}/tuf`), anchor };
  return {
    repository: from,
    cache,
    server,
    update: ({ now = NOW, files = ["trusted_root.json"], cache: other = cache } = {}) =>
      updateRepository(from, { cache: other, files, now, fetcher }),
  };
}
