/** Which files a package brought, as package databases and installers list them. */

/** The package that a list is of. */
export type FileOwner =
  /** As its database names it; several builds of one version have another architecture each. */
  | {
      readonly kind: "package";
      readonly type: "deb" | "apk" | "rpm";
      readonly name: string;
      readonly version?: string;
      readonly architecture?: string;
    }
  /** The one that a file declares: its path, or the path of the folder that it is in. */
  | { readonly kind: "declared"; readonly path: string };

export interface FileList {
  readonly owner: FileOwner;
  /** Paths relative to the root, without a leading slash, as they are listed: symlinks on the way are not resolved. */
  readonly files: Iterable<string>;
  /** Where only the folders are stated that the package's files are in: these, relative to the root, without slashes around. */
  readonly folders?: readonly string[];
}

/** A file that says which files packages brought. */
export interface FileListReader {
  /** @param path - relative to the root, without a leading slash */
  wants(path: string): boolean;
  /** Bytes; of a larger one nothing is read. */
  readonly maxBytes: number;
  /** Files beside it that it is read with. */
  companions?(path: string): readonly string[];
  /** @throws Problem where the file is broken, kind input; what was handed out before stands */
  read(file: {
    readonly path: string;
    readonly bytes: Buffer;
    readonly companions: ReadonlyMap<string, Buffer>;
  }): Iterable<FileList>;
}

/** How the kernel starts a program: what it loads beside the file itself, and no event tells. */
export type Start =
  /** The dynamic loader that the program names (System V ABI, PT_INTERP), as it is written. */
  | { readonly kind: "loader"; readonly path: string }
  /** Without one: a static program, or a script. */
  | { readonly kind: "alone" }
  | { readonly kind: "unknown" };

/** The regular files of an image's merged tree, and who says that they are whose. Paths are relative to the root. */
export interface ImageFiles {
  /** The real path behind a path, symlinks followed inside the root; undefined where it leads nowhere. */
  resolve(path: string): string | undefined;
  /** The index of the layer that wrote the file at a real path; undefined where there is none. */
  layerOf(path: string): number | undefined;
  /** The other names of that file (hard links), real paths. */
  namesOf(path: string): readonly string[];
  /** What the program at a real path is started with. */
  startOf(path: string): Start;
  /** Each list with the file that holds it. A broken one hands out what can be read and ends. */
  lists(): Iterable<FileList & { readonly path: string }>;
  /** dpkg's: a file of any package but `by` that is listed at `from` lies at `to`. */
  readonly diversions: readonly { readonly from: string; readonly to: string; readonly by: string }[];
}
