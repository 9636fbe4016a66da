/** Where signatures are kept beside their image in a registry. */
import { createHash } from "node:crypto";
import type { Digest } from "../../../core/digest.ts";
import { digestAlgorithm, digestHex } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import { valueAt } from "../../../core/untyped.ts";
import type { ImageReference } from "../../oci/reference.ts";
import { openRegistry, type RegistryOptions } from "../../oci/registry/client.ts";
import { openRegistryWriter } from "../../oci/registry/push.ts";
import type { MadeSignature } from "./make.ts";
import type { SigningTarget } from "./targets.ts";

export interface WrittenPlace {
  /** `sha256-HEX.sig`; the digest of the referrer. */
  readonly name: string;
  readonly manifest: Digest;
}

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const CONFIG = "application/vnd.oci.image.config.v1+json";

interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

export async function attachSignature(
  reference: ImageReference,
  target: SigningTarget,
  made: MadeSignature,
  options: RegistryOptions,
): Promise<WrittenPlace> {
  const writer = openRegistryWriter(reference, options);
  const client = openRegistry(reference, options);
  const store = async (bytes: Buffer, mediaType: string): Promise<Descriptor> => {
    const digest = digestOf(bytes);
    await writer.blob({ digest, size: bytes.length, open: () => bytes });
    return { mediaType, digest, size: bytes.length };
  };
  const put = async (tag: string | undefined, document: object): Promise<WrittenPlace> => {
    const bytes = Buffer.from(JSON.stringify(document));
    const digest = digestOf(bytes);
    await writer.manifest(tag ?? digest, { mediaType: MANIFEST, digest, bytes });
    return { name: tag ?? digest, manifest: digest };
  };
  const subject = { mediaType: target.mediaType, digest: target.digest, size: target.size };
  try {
    const { envelope, form } = made;
    if (envelope.kind === "bundle") {
      const mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";
      const layer = await store(Buffer.from(envelope.bytes), mediaType);
      const config = await store(Buffer.from("{}"), "application/vnd.oci.empty.v1+json");
      return await put(undefined, {
        ...{ schemaVersion: 2, mediaType: MANIFEST, artifactType: mediaType, config, layers: [layer], subject },
        annotations: {
          "dev.sigstore.bundle.content": "dsse-envelope",
          "dev.sigstore.bundle.predicateType": made.predicateType,
        },
      });
    }
    const { certificate, chain, rekorBundle, timestamp } = envelope as Extract<
      typeof envelope,
      { kind: "simple-signing" | "dsse" }
    >;
    const annotations: Record<string, string> = {
      "dev.cosignproject.cosign/signature": envelope.kind === "simple-signing" ? envelope.signature : "",
      ...(made.predicateType === undefined ? {} : { predicateType: made.predicateType }),
      ...(certificate === undefined ? {} : { "dev.sigstore.cosign/certificate": certificate }),
      ...(chain === undefined ? {} : { "dev.sigstore.cosign/chain": chain }),
      ...(rekorBundle === undefined ? {} : { "dev.sigstore.cosign/bundle": rekorBundle }),
      ...(timestamp === undefined ? {} : { "dev.sigstore.cosign/rfc3161timestamp": timestamp }),
    };
    const [bytes, mediaType] =
      envelope.kind === "simple-signing"
        ? [envelope.payload, "application/vnd.dev.cosign.simplesigning.v1+json"]
        : [(envelope as { bytes: Uint8Array }).bytes, "application/vnd.dsse.envelope.v1+json"];
    const layer = { ...(await store(Buffer.from(bytes), mediaType)), annotations };
    const tag =
      form === "cosign-referrer"
        ? undefined
        : `${digestAlgorithm(target.digest)}-${digestHex(target.digest)}.${form === "cosign-sig" ? "sig" : "att"}`;
    const before = tag === undefined ? [] : await layersAt(tag);
    const layers = [...before, layer];
    const config = await store(
      Buffer.from(
        JSON.stringify({
          architecture: "",
          os: "",
          config: {},
          rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
        }),
      ),
      form === "cosign-referrer" ? "application/vnd.dev.cosign.artifact.sig.v1+json" : CONFIG,
    );
    const document = { schemaVersion: 2, mediaType: MANIFEST, config, layers };
    return await put(tag, tag === undefined ? { ...document, subject } : document);
  } finally {
    writer.close();
    client.close();
  }

  async function layersAt(tag: string): Promise<Descriptor[]> {
    try {
      const { bytes } = await client.manifest(tag);
      return valueAt(JSON.parse(bytes.toString()), ["layers"]) as Descriptor[];
    } catch (error) {
      if (error instanceof Problem && error.code === "registry.not-found") return [];
      throw error;
    }
  }
}

function digestOf(bytes: Buffer): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}` as Digest;
}
