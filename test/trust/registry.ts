/** A docker-registry on loopback in which everybody may write, with small images in it. */
import { createHash } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createLayout } from "../../scripts/image/layout.ts";
import { pushLayout } from "../../scripts/image/push.ts";
import { tarOf } from "../../scripts/image/tar.ts";
import { type DockerRegistry, findDockerRegistry, startDockerRegistry } from "../registry/docker-registry.ts";

export interface TestRegistry extends DockerRegistry {
  /** Pushes a small image, other for every text, and gives `sha256:…` of its manifest. */
  image(name: string, text: string): Promise<string>;
  /** The raw bytes of a manifest by tag or digest, and its type. */
  manifest(repository: string, reference: string): Promise<StoredDocument>;
  blob(repository: string, digest: string): Promise<Buffer>;
  putManifest(repository: string, reference: string, document: StoredDocument): Promise<string>;
  /** Gives its digest. */
  putBlob(repository: string, bytes: Uint8Array): Promise<string>;
  /** Deletes what a tag points to. */
  removeTag(repository: string, tag: string): Promise<void>;
  /** Pushes an index with an image for each architecture; gives the digests of all. */
  index(name: string, text: string): Promise<{ readonly index: string; readonly images: readonly string[] }>;
}

export interface StoredDocument {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** `sha256-HEX.sig`, as cosign names the tags of a digest. */
export function tagOf(digest: string, suffix: "sig" | "att"): string {
  return `${digest.replace(":", "-")}.${suffix}`;
}

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** @param folder - for its storage and the layouts */
export async function startRegistry(folder: string): Promise<TestRegistry> {
  const program = findDockerRegistry();
  if (program === undefined) throw new Error("docker-registry is not installed");
  const place = join(folder, "registry");
  mkdirSync(place, { recursive: true });
  const registry = await startDockerRegistry(program, place);
  let made = 0;

  async function push(name: string, text: string, architectures: readonly ("amd64" | "arm64")[]) {
    const layout = join(folder, `layout-${made++}`);
    const writer = createLayout(layout);
    const images = architectures.map((architecture) => {
      const tar = tarOf(
        new Map([["text", { type: "file", mode: 0o644, bytes: Buffer.from(`${text} ${architecture}`) }]]),
      );
      const layers = [{ tar, createdBy: "a test" }];
      return writer.image({ architecture, created: "2026-11-23T00:00:00Z", layers, execution: {}, annotations: {} });
    });
    const index = writer.index(images, {});
    const [, tag = "1"] = name.split(":");
    const [only] = images;
    const named = architectures.length > 1 || only === undefined ? index : only;
    writer.close(tag, named, []);
    await pushLayout(layout, `${registry.host}/${name.includes(":") ? name : `${name}:1`}`, {});
    rmSync(layout, { recursive: true });
    return { digest: named.digest, images: images.map(({ digest }) => digest) };
  }

  const base = (repository: string) => `http://${registry.host}/v2/${repository}`;

  async function manifest(repository: string, reference: string): Promise<StoredDocument> {
    const accept = ["image.manifest.v1+json", "image.index.v1+json"].map((type) => `application/vnd.oci.${type}`);
    const answer = await ask(`${base(repository)}/manifests/${reference}`, {
      headers: { accept: accept.join(", ") },
    });
    return { mediaType: answer.headers.get("content-type") ?? "", bytes: Buffer.from(await answer.arrayBuffer()) };
  }

  return {
    ...registry,
    manifest,
    async blob(repository, digest) {
      return Buffer.from(await (await ask(`${base(repository)}/blobs/${digest}`, {})).arrayBuffer());
    },
    async putManifest(repository, reference, { mediaType, bytes }) {
      const headers = { "content-type": mediaType };
      await ask(`${base(repository)}/manifests/${reference}`, { method: "PUT", headers, body: new Uint8Array(bytes) });
      return sha256(bytes);
    },
    async putBlob(repository, bytes) {
      const started = await ask(`${base(repository)}/blobs/uploads/`, { method: "POST" });
      const upload = new URL(started.headers.get("location") ?? "", base(repository));
      const digest = sha256(bytes);
      upload.searchParams.set("digest", digest);
      const headers = { "content-type": "application/octet-stream" };
      await ask(upload, { method: "PUT", headers, body: new Uint8Array(bytes) });
      return digest;
    },
    async removeTag(repository, tag) {
      const { bytes } = await manifest(repository, tag);
      await ask(`${base(repository)}/manifests/${sha256(bytes)}`, { method: "DELETE" });
    },
    image: async (name, text) => (await push(name, text, ["amd64"])).digest,
    index: async (name, text) => {
      const { digest, images } = await push(name, text, ["amd64", "arm64"]);
      return { index: digest, images };
    },
  };
}

async function ask(url: string | URL, options: RequestInit): Promise<Response> {
  const answer = await fetch(url, options);
  if (answer.ok) return answer;
  throw new Error(`${options.method ?? "GET"} ${url}: ${answer.status} ${await answer.text()}`);
}
