import type { FileFacts } from "./model.ts";

/**
 * Reads one kind of file. Pure: bytes in, facts out, no look at other layers or at the disk. What it returns is
 * cached with the layer under the analyser's id and version, so whoever changes what it returns raises the version.
 */
export interface Analyser {
  readonly id: string;
  readonly version: number;
  /**
   * Whether the file shows what is installed, or what a project asks for (a lockfile). Images are judged by what is
   * installed in them; folders of source code by both.
   */
  readonly evidence: "installed" | "declared";
  /** Base names that it may want; the cheap first look, one for every entry of every layer. */
  readonly basenames?: readonly string[];
  /** Endings of base names that it may want, with the dot, lower case: `.jar`. Files are compared in lower case. */
  readonly extensions?: readonly string[];
  /** Folders (relative, no slash at either end) whose direct files it may want. */
  readonly directories?: readonly string[];
  /** True: any file with an execute bit passes the first look. */
  readonly executables?: boolean;
  /** The second look, for paths that passed the first. Paths are relative to the root, without a leading slash. */
  wants(path: string): boolean;
  /** A look at the first bytes (as many as there are, up to 16) before the content is kept; absent wants all. */
  startsRight?(first: Buffer): boolean;
  /** Bytes; a larger file is unreadable and not even buffered. */
  readonly maxBytes: number;
  /** Files beside it that it reads together with this one, where the same layer has them: a write-ahead log. */
  companions?(path: string): readonly string[];
  /**
   * Files that its content names and that are read together with it, as paths from the root. For folders of source
   * code; each is asked for what it includes in turn.
   */
  includes?(file: { readonly path: string; readonly bytes: Buffer }): readonly string[];
  /** Never throws for what the bytes contain: a broken file is `unreadable`, a broken entry is in `unread`. */
  analyse(file: AnalysedFile): FileFacts | undefined;
}

export interface AnalysedFile {
  readonly path: string;
  readonly bytes: Buffer;
  readonly companions: ReadonlyMap<string, Buffer>;
}

/** A wanted file of the merged tree with its earlier versions, oldest first; one entry for each layer that wrote it. */
export interface FileHistory {
  readonly path: string;
  readonly versions: readonly { readonly layer?: number; readonly facts: FileFacts }[];
}

/** A wanted file that a layer took away; its versions are those of the layers below. */
export interface RemovedHistory extends FileHistory {
  readonly removedIn: number;
}
