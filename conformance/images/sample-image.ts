/** The sample image taken apart as plainly as can be, without the program's own merging and analysers. */
import { gunzipSync } from "node:zlib";
import { tarOf } from "../../src/engines/oci/image.fixture.ts";
import type { NamedVersion } from "./naive.ts";
import { membersOf } from "./unpack.ts";

export interface RawImage {
  readonly config: Buffer;
  readonly configHex: string;
  /** As stored. */
  readonly layers: readonly Buffer[];
}

/** The one image of a layout, by its index and manifest. */
export function readImage(files: ReadonlyMap<string, Buffer>): RawImage {
  const read = (name: string): Buffer => {
    const bytes = files.get(name);
    if (bytes === undefined) throw new Error(`the layout has no ${name}`);
    return bytes;
  };
  const blob = ({ digest }: { digest: string }): Buffer => read(`blobs/${digest.replace(":", "/")}`);
  const index = JSON.parse(read("index.json").toString("utf8")) as { manifests: [{ digest: string }] };
  const manifest = JSON.parse(blob(index.manifests[0]).toString("utf8")) as {
    config: { digest: string };
    layers: readonly { digest: string }[];
  };
  return {
    config: blob(manifest.config),
    configHex: manifest.config.digest.replace("sha256:", ""),
    layers: manifest.layers.map(blob),
  };
}

/** As `docker save` writes it: manifest.json with names of its own for the layers. */
export function dockerArchive({ config, configHex, layers }: RawImage, form: "plain" | "compressed"): Buffer {
  const names = layers.map((_, i) => `layer-${i}/layer.tar`);
  const manifest = [{ Config: `${configHex}.json`, RepoTags: ["sample:v1"], Layers: names }];
  return tarOf([
    ...layers.map((bytes, i) => ({
      name: names[i] ?? "",
      content: form === "plain" && bytes[0] === 0x1f ? gunzipSync(bytes) : bytes,
    })),
    { name: `${configHex}.json`, content: config },
    { name: "manifest.json", content: JSON.stringify(manifest) },
  ]);
}

/** All files of the image, a later layer's over an earlier one's. The sample removes none, which is checked. */
function mergedFiles(layers: readonly Buffer[]): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const layer of layers) {
    for (const { type, name, bytes } of membersOf(layer, "a layer of the sample")) {
      if (/(?:^|\/)\.wh\./.test(name)) throw new Error("the naive reading knows no whiteouts");
      if (type === "file") files.set(name, bytes);
    }
  }
  return files;
}

export function npmPackagesIn(layers: readonly Buffer[]): NamedVersion[] {
  const installed: NamedVersion[] = [];
  for (const [path, bytes] of mergedFiles(layers)) {
    if (!/(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/.test(path)) continue;
    const { name, version } = JSON.parse(bytes.toString("utf8")) as Partial<NamedVersion>;
    if (name !== undefined && version !== undefined) installed.push({ name, version });
  }
  return installed;
}

export interface ApkPackage extends NamedVersion {
  readonly origin: string;
}

export function apkPackagesIn(layers: readonly Buffer[]): ApkPackage[] {
  const database = mergedFiles(layers).get("lib/apk/db/installed")?.toString("utf8") ?? "";
  return database
    .split("\n\n")
    .filter((stanza) => stanza.trim() !== "")
    .map((stanza) => {
      const field = (letter: string): string =>
        stanza
          .split("\n")
          .find((line) => line.startsWith(`${letter}:`))
          ?.slice(2) ?? "";
      return { name: field("P"), version: field("V"), origin: field("o") };
    });
}
