/**
 * One kind of secret: what its text looks like, and how sure a hit is. Rules are data; the scanner (scan.ts) tries a rule's pattern
 * only in a window around one of the rule's keywords.
 */

import type { RatedSeverity } from "../../core/severity.ts";
import type { Re2 } from "../../formats/re2/re2.ts";

export type SecretConfidence = "high" | "medium" | "low";

/** What a format's own checksum or structure says: "unsure" where there is none to check. */
export type SecretValidity = "valid" | "invalid" | "unsure";

export interface SecretRule {
  /** Kebab case: `github-personal-access-token`. */
  readonly id: string;
  /** `GitHub personal access token`. */
  readonly title: string;
  /** ASCII, at least 3 bytes, matched without case. One must occur for the pattern to be tried. */
  readonly keywords: readonly string[];
  /** Linear-time. The named group `secret` is the secret, else the whole match is. */
  readonly pattern: RegExp;
  /** Finds in place of the pattern, where the rule is in another language than V8's (re2.ts). */
  readonly expression?: Re2;
  /** With `expression`: the group that is the secret; absent: the first that matched, else all of the match. */
  readonly group?: number;
  /** Bytes of the window before the keyword; 96 where absent. */
  readonly before?: number;
  /** Bytes of the window after the keyword's start; 256 where absent, at most 16 KiB. */
  readonly after?: number;
  /** Shannon bits per character that the secret must have. */
  readonly minEntropy?: number;
  /** Checksum or structure; "invalid" drops the hit. */
  readonly validate?: (secret: string, match: RegExpExecArray) => SecretValidity;
  /**
   * Told from bytes, before the pattern is tried: whether one of its keywords may be that of a match. Every match has one of which
   * it says so.
   *
   * @param at - where the keyword begins
   * @param isText - else what is no printable ASCII reads as the end of a line
   */
  readonly leads?: (bytes: Uint8Array, at: number, isText: boolean) => boolean;
  readonly confidence: SecretConfidence;
  readonly severity: RatedSeverity;
  /** Only in files of this path, relative, with forward slashes. */
  readonly paths?: (path: string) => boolean;
  /** Of a rule that was loaded: what its functions were made from. They look the same, and do not do the same. */
  readonly definition?: string;
  /** The provider's own documentation of the format. */
  readonly reference: string;
}
