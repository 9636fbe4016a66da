import { bounds } from "./bounds.ts";
import type { Gaps } from "./gaps.ts";

/** Counts objects that others name and that are not there, each once. */
export interface MissingObjects {
  /** @param bytes - holds the id from `at` on */
  note(bytes: Uint8Array, at: number): void;
  /** Tells them as gaps: in a partial clone that is how it was made, and one gap. */
  tell(gaps: Gaps): void;
}

export function countMissingObjects(idBytes: number, partial: boolean): MissingObjects {
  const ids = new Set<string>();
  let full = false;
  return {
    note(bytes, at) {
      if (ids.size < bounds.gitAbsentObjects) {
        ids.add(Buffer.from(bytes.buffer, bytes.byteOffset + at, idBytes).toString("hex"));
      } else full = true;
    },
    tell(gaps) {
      if (partial && ids.size > 0) {
        const count = `${full ? "over " : ""}${ids.size}`;
        const reason = `${count} objects are missing: this is a partial clone`;
        gaps.add({ code: "git.partial-clone", place: "the repository", reason });
        return;
      }
      for (const id of ids) {
        gaps.add({ code: "git.object-missing", place: `object ${id}`, reason: "object missing" });
      }
      if (full) {
        const reason = `over ${ids.size} objects are missing`;
        gaps.add({ code: "git.object-missing", place: "the repository", reason });
      }
    },
  };
}
