/** What a Git repository holds, as facts: read from its files alone, without running git. */

/** The object format that a repository names by (gitrepository-layout, `extensions.objectFormat`). */
export type ObjectFormat = "sha1" | "sha256";

/** Something of the repository that was not read: what rests on it is *unknown*. */
export interface GitGap {
  /** As a {@link Problem}'s: `git.object-missing`. */
  readonly code: string;
  /** A file within the repository, or `object ID`. */
  readonly place: string;
  /** One sentence without a full stop. */
  readonly reason: string;
}

/** Who wrote a commit, and when. Texts are as written: they may hold anything but a line feed. */
export interface CommitFacts {
  /** Lower-case hex. */
  readonly id: string;
  readonly author: string;
  readonly email: string;
  /** The author's date in UTC, as ISO 8601 without fractions; absent where the commit states none that can be read. */
  readonly date?: string;
  /** The first line of the message, at most bounds.gitSubjectLength characters. */
  readonly subject: string;
}

/** One blob: the content of a file in some commit. Each is told once, however many paths and commits have it. */
export interface HistoryBlob {
  readonly kind: "blob";
  /** Lower-case hex. */
  readonly id: string;
  readonly bytes: Buffer;
  /** Where the introducing commit has it first, with `/`; bytes that are no UTF-8 are replaced. Empty when dangling. */
  readonly path: string;
  /** True for a symbolic link: the bytes are its target. */
  readonly link: boolean;
  /** The first commit, parents before children and then by date, that has it; absent when no commit has it. */
  readonly commit?: CommitFacts;
  /** True when no commit of a ref has it: it is left over, staged, or of a rewritten history. */
  readonly unreachable: boolean;
  /** True when HEAD has no such path any more. */
  readonly deleted: boolean;
  /** True when HEAD has this very content, at whatever path. */
  readonly current: boolean;
  /**
   * What it has in common with a blob that was told before, often a later version of the same file: who looked at that
   * one needs to look only at the rest, and where stretches meet. Where it is asked for and known.
   */
  readonly copied?: CopiedStretches;
}

export interface CopiedStretches {
  /** Id of the other blob. */
  readonly from: string;
  /** Three numbers each: where it begins in the other blob, where in this one, how many bytes; in this one's order. */
  readonly stretches: readonly number[];
}

/** What a commit or an annotated tag says. */
export interface HistoryMessage {
  readonly kind: "message";
  readonly of: "commit" | "tag";
  /** Of the commit or the tag, lower-case hex. */
  readonly id: string;
  /** The whole message, without the headers before it. */
  readonly bytes: Buffer;
  /** For a tag: who tagged, when, and the message's first line, under the tag's own id. */
  readonly commit: CommitFacts;
  readonly unreachable: boolean;
}

/** Told now and then, so that whoever reads can show progress, stop, or let other work run. */
export interface HistoryProgress {
  readonly kind: "progress";
  readonly phase: "commits" | "trees" | "blobs";
  readonly done: number;
}

export type HistoryItem = HistoryBlob | HistoryMessage | HistoryProgress;

/** What was read in all. */
export interface HistorySummary {
  readonly commits: number;
  readonly trees: number;
  readonly blobs: number;
  /** Of all blobs, inflated. */
  readonly blobBytes: number;
  /** At most bounds.gitGaps of each code; the last one then counts the rest. */
  readonly gaps: readonly GitGap[];
}

/** What the repository is, besides its objects. */
export interface RepositoryFacts {
  readonly format: ObjectFormat;
  /** The folder of HEAD: `.git`, the bare repository, or the one of a linked work tree or submodule. */
  readonly gitFolder: string;
  /** The folder of objects and refs: the same, save for a linked work tree. */
  readonly commonFolder: string;
  /** Every ref with the object it leads to, sorted by name; HEAD is among them unless it is unborn. */
  readonly refs: readonly RefFacts[];
  /** What HEAD leads to; absent where it is unborn. */
  readonly head?: string;
  /** The ref that HEAD names (`refs/heads/main`); absent where it is detached. */
  readonly branch?: string;
  /** Commits whose parents were cut off by a shallow clone. */
  readonly shallow: readonly string[];
  /** Some objects were left with the remote (`extensions.partialClone`, `.promisor` packs). */
  readonly partial: boolean;
  /** `info/grafts` is there. It is ignored: the history is the one that the objects state. */
  readonly grafted: boolean;
  /** refs/replace holds something. Both the objects and what replaces them are read. */
  readonly replaced: boolean;
}

export interface RefFacts {
  readonly name: string;
  /** Lower-case hex. */
  readonly id: string;
}
