/** Pushes a layout to a registry: every blob, each platform's manifest and each document about it by digest, then the tag. */
import { createReadStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Digest, parseDigest } from "../../src/core/digest.ts";
import { type ImageReference, parseReference } from "../../src/engines/oci/reference.ts";
import type { RegistryOptions } from "../../src/engines/oci/registry/client.ts";
import { openRegistryWriter } from "../../src/engines/oci/registry/push.ts";
import type { Descriptor } from "./layout.ts";

interface Document {
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
}

/**
 * @param written - REGISTRY/REPOSITORY:TAG
 * @returns the digest that the tag has
 * @throws Problem `registry.…`, Error where the layout is none of ours
 */
export async function pushLayout(layout: string, written: string, options: RegistryOptions = {}): Promise<string> {
  const reference: ImageReference = parseReference(written);
  const writer = openRegistryWriter(reference, options);
  const file = ({ digest }: Descriptor) => join(layout, "blobs", ...digest.split(":"));

  async function push(descriptor: Descriptor, tag?: string): Promise<void> {
    const bytes = readFileSync(file(descriptor));
    const document = JSON.parse(bytes.toString()) as Document;
    for (const blob of [...(document.config === undefined ? [] : [document.config]), ...(document.layers ?? [])]) {
      await writer.blob({ digest: digestOf(blob), size: blob.size, open: () => createReadStream(file(blob)) });
    }
    for (const child of document.manifests ?? []) await push(child);
    const digest = digestOf(descriptor);
    await writer.manifest(tag ?? digest, { mediaType: descriptor.mediaType, digest, bytes });
  }

  try {
    const { manifests = [] } = JSON.parse(readFileSync(join(layout, "index.json"), "utf8")) as Document;
    const [image, ...referrers] = manifests;
    if (image === undefined) throw new Error(`${layout}: an empty layout`);
    await push(image, reference.tag);
    for (const referrer of referrers) await push(referrer);
    return image.digest;
  } finally {
    writer.close();
  }
}

function digestOf({ digest }: Descriptor): Digest {
  const parsed = parseDigest(digest);
  if (parsed === undefined) throw new Error(`${digest}: not a digest`);
  return parsed;
}
