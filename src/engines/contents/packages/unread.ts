import { bounds } from "../bounds.ts";

/** Collects what of one file could not be read; a broken file of a million entries still fits a report. */
export interface Unread {
  /** One sentence without a full stop. */
  add(sentence: string): void;
  /** The first sentences, and how many more there were. */
  sentences(): string[];
}

export function unreadEntries(): Unread {
  const first: string[] = [];
  let count = 0;
  return {
    add(sentence) {
      count += 1;
      if (first.length < bounds.unreadSentences) first.push(sentence);
    },
    sentences() {
      const more = count - first.length;
      return more === 0 ? [...first] : [...first, `${more} more entries could not be read`];
    },
  };
}
