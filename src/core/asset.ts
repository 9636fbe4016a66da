import type { Digest } from "./digest.ts";

/**
 * What an evaluation is about. While it is evaluated, what is of a directory or a cluster goes by its place in it; in a
 * report its lineage starts with the authority (core/authority.ts), which `identify` puts there.
 */
export type Asset =
  | ImageAsset
  | RootFileSystemAsset
  | FileAsset
  | SbomAsset
  | WorkloadAsset
  | NamespaceAsset
  | ClusterAsset
  | RegistryAsset
  | HostAsset;

/**
 * A container image. Its identity is the config digest for real images, else the manifest digest (artifacts whose
 * config is not an image's), else, where it could not be opened, the reference. Indexes and references point to it; they
 * are dated and never join two images.
 */
export type ImageAsset = OpenedImageAsset | UnopenedImageAsset;

export interface OpenedImageAsset extends ImageNames {
  readonly id: Digest;
  readonly identifiedBy: "config" | "manifest";
}

/** One that was found and could not be opened: nothing in it is known. */
export interface UnopenedImageAsset extends ImageNames {
  /** As the user wrote it, or where it was found. */
  readonly id: string;
  readonly identifiedBy: "reference";
}

interface ImageNames {
  readonly kind: "image";
  /** The image's repository without its tag; survives rebuilds. */
  readonly lineage: string;
  /** Where it lies in the directory, where it states no repository: then that is its lineage, under the authority. */
  readonly path?: string;
  /** What the user called it, for reports. */
  readonly name: string;
  /** Where it was met. */
  readonly references: readonly ImageReferenceSeen[];
  /**
   * Of an image that lies in the tree under review: the path of its layout or archive there. Name and lineage are then
   * what that says of itself, and whoever writes the tree writes it.
   */
  readonly place?: string;
}

/** One name that pointed to the image when it was looked up. */
export interface ImageReferenceSeen {
  readonly reference: string;
  readonly manifestDigest?: Digest;
  readonly indexDigest?: Digest;
  /** ISO 8601, UTC. */
  readonly observedAt: string;
}

/** A root file system that is no image: `dir:/`. */
export interface RootFileSystemAsset {
  readonly kind: "rootfs";
  /** The absolute path. */
  readonly id: string;
  readonly lineage: string;
  readonly name: string;
}

/** A file of the directory under review; its lineage is its path from there, and in a report from the repository's root. */
export interface FileAsset {
  readonly kind: "file";
  /** The lineage. */
  readonly id: string;
  readonly lineage: string;
  readonly name: string;
}

/**
 * A bill of materials that is not of an image by us: what it lists is judged, and whether that is all that there is
 * in what it is about, only its writer knows.
 */
export interface SbomAsset {
  readonly kind: "sbom";
  /** Of the document's bytes. */
  readonly id: Digest;
  /** The document's path from the working folder; of a folder's, as we write it, the folder. */
  readonly lineage: string;
  readonly name: string;
}

/**
 * What runs pods, or one Pod, of a cluster or of manifests; a service of a Compose file. The lineage is
 * scope/kind/namespace/name, where the scope is the cluster or the folder of the manifest.
 */
export interface WorkloadAsset {
  readonly kind: "workload";
  /** The lineage. */
  readonly id: string;
  readonly lineage: string;
  /** `shop/Deployment/web`, `ComposeService/web`. */
  readonly name: string;
  /** The file that states it, where others of the tree state one of the same name. */
  readonly place?: string;
  /**
   * Of one that was seen running outside of a cluster: the host that its lineage begins with (`host:node-1`). No directory is
   * its authority.
   */
  readonly seenOn?: string;
}

/** A namespace that is declared, or that workloads are in. */
export interface NamespaceAsset {
  readonly kind: "namespace";
  /** The lineage: scope/Namespace/name. */
  readonly id: string;
  readonly lineage: string;
  readonly name: string;
  /** As a workload's. */
  readonly place?: string;
}

/** A cluster, or all manifests of a tree taken as one. */
export interface ClusterAsset {
  readonly kind: "cluster";
  /** The lineage: what the user calls it, in a report its authority; `manifests` of a directory. */
  readonly id: string;
  readonly lineage: string;
  readonly name: string;
}

/** A registry that was asked. It is the same wherever it is asked from. */
export interface RegistryAsset {
  readonly kind: "registry";
  /** `registry.example.com:5000` */
  readonly id: string;
  readonly lineage: string;
  readonly name: string;
}

/** A machine whose events were read: it is the same wherever they are read. */
export interface HostAsset {
  readonly kind: "host";
  /** The lineage: `host:node-1`. */
  readonly id: string;
  readonly lineage: string;
  readonly name: string;
}

/** What reports call it: by its name, and the file that states it where the name alone does not tell it from others. */
export function assetTitle(asset: Asset): string {
  const isObject = asset.kind === "workload" || asset.kind === "namespace";
  return isObject && asset.place !== undefined ? `${asset.name} (${asset.place})` : asset.name;
}

export function fileAsset(path: string): FileAsset {
  return { kind: "file", id: path, lineage: path, name: path };
}

/** @param reference - as the user wrote it, or where it was found */
export function unopenedImage(
  reference: string,
  { lineage = reference, path }: { readonly lineage?: string; readonly path?: string } = {},
): UnopenedImageAsset {
  const place = path === undefined ? {} : { path };
  return {
    kind: "image",
    id: reference,
    identifiedBy: "reference",
    lineage,
    ...place,
    name: reference,
    references: [],
  };
}
