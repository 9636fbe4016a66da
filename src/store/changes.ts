import type { Change, Changes, ImageKey } from "./model.ts";

export interface Announcements extends Changes {
  tell(changes: readonly Change[]): void;
}

export function announcements(): Announcements {
  const listeners = new Set<(change: Change) => void>();
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    tell: (changes) => {
      for (const change of changes) for (const listener of [...listeners]) listener(change);
    },
  };
}

export function changedImages(keys: readonly ImageKey[]): Change[] {
  return keys.map(({ repository, digest }) => ({ kind: "image", key: { repository, digest } }));
}
