/** Debian's docker-registry without authentication, with images pushed to it by plain requests. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface OpenRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  stop(): Promise<void>;
}

/** Resolves once it listens. */
export async function startOpenRegistry(program: string, folder: string): Promise<OpenRegistry> {
  mkdirSync(folder, { recursive: true });
  const configuration = join(folder, "registry.yml");
  // JSON is YAML. The port is the system's choice: the registry says which in its log.
  const content = {
    version: 0.1,
    log: { level: "info", formatter: "text", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, "storage") } },
    http: { addr: "127.0.0.1:0", secret: "for tests only" },
  };
  writeFileSync(configuration, JSON.stringify(content));
  const child = spawn(program, ["serve", configuration], { stdio: ["ignore", "ignore", "pipe"] });
  const exited = once(child, "exit");
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  createInterface({ input: child.stderr }).on("line", (line) => {
    const host = /listening on (127\.0\.0\.1:[0-9]+)/.exec(line)?.[1];
    if (host !== undefined) resolve(host);
  });
  child.on("error", reject);
  exited.then(() => reject(new Error("docker-registry ended before it listened")), reject);
  const onExit = () => child.kill();
  process.once("exit", onExit);
  return {
    host: await promise,
    async stop() {
      process.off("exit", onExit);
      child.kill();
      await exited;
    },
  };
}

export interface Pushed {
  /** `sha256:HEX` of the manifest. */
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
}

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";

/** An image without layers whose config holds `mark`, so that each is another. */
export async function pushImage(host: string, repository: string, tag: string, mark: string): Promise<Pushed> {
  const config = Buffer.from(
    JSON.stringify({
      architecture: "amd64",
      os: "linux",
      config: { Labels: { mark } },
      rootfs: { type: "layers", diff_ids: [] },
    }),
  );
  const base = `http://${host}/v2/${repository}`;
  const started = await fetch(`${base}/blobs/uploads/`, { method: "POST" });
  const upload = new URL(started.headers.get("location") ?? "", base);
  upload.searchParams.set("digest", digestOf(config));
  await expectCreated(await fetch(upload, { method: "PUT", body: new Uint8Array(config) }));
  const descriptor = {
    mediaType: "application/vnd.oci.image.config.v1+json",
    digest: digestOf(config),
    size: config.length,
  };
  return await putManifest(base, tag, MANIFEST, { config: descriptor, layers: [] });
}

export async function pushIndex(
  host: string,
  repository: string,
  tag: string,
  images: readonly Pushed[],
): Promise<Pushed> {
  const architectures = ["amd64", "arm64", "s390x"];
  const manifests = images.map((image, at) => ({
    ...image,
    platform: { os: "linux", architecture: architectures[at] },
  }));
  return await putManifest(`http://${host}/v2/${repository}`, tag, INDEX, { manifests });
}

async function putManifest(base: string, tag: string, mediaType: string, content: object): Promise<Pushed> {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...content }));
  const headers = { "content-type": mediaType };
  await expectCreated(await fetch(`${base}/manifests/${tag}`, { method: "PUT", headers, body: new Uint8Array(bytes) }));
  return { digest: digestOf(bytes), mediaType, size: bytes.length };
}

async function expectCreated(answer: Response): Promise<void> {
  if (answer.status !== 201) throw new Error(`${answer.url}: ${answer.status} ${await answer.text()}`);
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
