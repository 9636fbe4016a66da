/** A docker-registry on loopback in which everybody may write, with small images in it. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createLayout } from "../../scripts/image/layout.ts";
import { pushLayout } from "../../scripts/image/push.ts";
import { tarOf } from "../../scripts/image/tar.ts";
import { type DockerRegistry, findDockerRegistry, startDockerRegistry } from "../registry/docker-registry.ts";

export interface TestRegistry extends DockerRegistry {
  /** Pushes a small image, other for every text, and gives `sha256:…` of its manifest. */
  image(name: string, text: string): Promise<string>;
  /** Pushes an index with an image for each architecture; gives the digests of all. */
  index(name: string, text: string): Promise<{ readonly index: string; readonly images: readonly string[] }>;
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

  return {
    ...registry,
    image: async (name, text) => (await push(name, text, ["amd64"])).digest,
    index: async (name, text) => {
      const { digest, images } = await push(name, text, ["amd64", "arm64"]);
      return { index: digest, images };
    },
  };
}
