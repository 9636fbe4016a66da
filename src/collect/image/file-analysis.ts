import { Problem } from "../../core/problem.ts";
import type { Analyser } from "../../engines/contents/analyser.ts";
import { bounds as contentsBounds } from "../../engines/contents/bounds.ts";
import type { FileFacts } from "../../engines/contents/model.ts";
import { bounds } from "./bounds.ts";

/** The analysers at work on the files of one layer or folder. */
export interface FileAnalysis<Key> {
  /** Announces a wanted file. False: it is over its bound, and its content is not to be handed on. */
  expect(key: Key, path: string, analyser: Analyser, size: number): boolean;
  /** @returns whether it is done with the bytes, and their memory may go; it always is of an analyser without companions */
  content(key: Key, bytes: Buffer): boolean;
  /** The content cannot be had. */
  failed(key: Key, cause: string): void;
  /** The facts, in the order in which the files were announced. */
  finish(): FileFacts[];
}

interface Expected {
  readonly path: string;
  readonly analyser: Analyser;
  readonly slot: number;
}

/**
 * Runs the analysers over contents as they come; files with companions wait for the end.
 *
 * @param place - for the Problem `contents.too-many-packages` that `content` and `finish` throw over the bound
 */
export function createFileAnalysis<Key>(place: string): FileAnalysis<Key> {
  const facts: (FileFacts | undefined)[] = [];
  const expected = new Map<Key, Expected>();
  const waiting: (Expected & { readonly bytes: Buffer })[] = [];
  const contents = new Map<string, Buffer>();
  let buffered = 0;
  let packages = 0;

  /** Facts are held in memory to the end: of a layer of nothing but small manifests there can be too many. */
  function factsOf(file: Expected, bytes: Buffer, companions: ReadonlyMap<string, Buffer>): FileFacts {
    const found = analyse(file, bytes, companions);
    if (found.kind === "packages") packages += found.packages.length;
    if (packages <= contentsBounds.packages) return found;
    throw new Problem({
      kind: "input",
      code: "contents.too-many-packages",
      place,
      cause: `its files list more than ${contentsBounds.packages} packages`,
    });
  }

  return {
    expect(key, path, analyser, size) {
      const slot = facts.push(undefined) - 1;
      const limit = limitOf(analyser);
      if (size > limit) {
        facts[slot] = unreadable("contents.too-large", `${size} bytes exceed the limit of ${limit}`);
        return false;
      }
      expected.set(key, { path, analyser, slot });
      return true;
    },

    content(key, bytes) {
      const file = expected.get(key);
      if (file === undefined) return true;
      expected.delete(key);
      if (file.analyser.companions === undefined) {
        facts[file.slot] = factsOf(file, bytes, noCompanions);
        return true;
      }
      buffered += bytes.length;
      if (buffered > bounds.wantedLayerBytes) {
        facts[file.slot] = unreadable("contents.too-large", "with the files beside it, it exceeds the limit");
        return true;
      }
      waiting.push({ ...file, bytes });
      contents.set(file.path, bytes);
      return false;
    },

    failed(key, cause) {
      const file = expected.get(key);
      if (file === undefined) return;
      expected.delete(key);
      facts[file.slot] = unreadable("contents.unreadable", cause);
    },

    finish() {
      for (const file of waiting) {
        const companions = new Map<string, Buffer>();
        for (const name of file.analyser.companions?.(file.path) ?? []) {
          const companion = contents.get(name);
          if (companion !== undefined) companions.set(name, companion);
        }
        facts[file.slot] = factsOf(file, file.bytes, companions);
      }
      return facts.map((fact) => fact ?? unreadable("contents.unreadable", "its content did not arrive"));
    },
  };
}

/** Bytes that an analyser is handed at most. */
export function limitOf(analyser: Analyser): number {
  return Math.min(analyser.maxBytes, contentsBounds.wantedFileBytes);
}

const noCompanions: ReadonlyMap<string, Buffer> = new Map();
/** What a wanted file gives that turned out to be nothing for its analyser. */
const nothing: FileFacts = { kind: "packages", packages: [], unread: [] };

function analyse({ analyser, path }: Expected, bytes: Buffer, companions: ReadonlyMap<string, Buffer>): FileFacts {
  return analyser.analyse({ path, bytes, companions }) ?? nothing;
}

function unreadable(code: string, reason: string): FileFacts {
  return { kind: "unreadable", code, reason };
}
