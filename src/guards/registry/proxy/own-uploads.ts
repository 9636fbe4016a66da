/**
 * Blobs that a principal has just uploaded: until a manifest names one it is read back by who knows its content anyway, as clients
 * do that check what they have sent. Of another replica's uploads nothing is known here: they are refused as any other.
 */
import type { Digest } from "../../../core/digest.ts";
import { createRecent } from "../../../core/recent.ts";
import type { Decision, Principal } from "../model.ts";
import { bounds } from "./bounds.ts";

export interface OwnUploads {
  /** The engine has taken it. */
  add(principal: Principal, repository: string, digest: Digest, now: Date): void;
  has(principal: Principal, repository: string, digest: Digest, now: Date): boolean;
}

export function createOwnUploads(): OwnUploads {
  const uploads = createRecent<string, number>(bounds.ownUploads);
  const key = ({ name }: Principal, repository: string, digest: Digest) => `${name} ${repository} ${digest}`;
  return {
    add(principal, repository, digest, now) {
      // Anybody may be anonymous.
      if (principal.kind !== "anonymous") uploads.set(key(principal, repository, digest), now.getTime(), 1);
    },
    has(principal, repository, digest, now) {
      const at = uploads.get(key(principal, repository, digest));
      return at !== undefined && now.getTime() - at < bounds.ownUploadMilliseconds;
    },
  };
}

export const ownUpload: Decision = {
  action: "allow",
  basis: "own-upload",
  reason: "uploaded by the same principal, and in no manifest yet",
  outcomes: [],
  warnings: [],
};
