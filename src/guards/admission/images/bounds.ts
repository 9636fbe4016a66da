/** Bounds of what is remembered of images for admission; those of asking are beside it (scan/look-ups/bounds.ts). */
import { bounds as asking } from "../../../scan/look-ups/bounds.ts";

export const bounds = {
  /** Milliseconds that a tag is taken to name the same digest. */
  tagMilliseconds: 10_000,
  /** Milliseconds after which an image that is all that is asked for is looked at again. */
  goodMilliseconds: 300_000,
  /** The same of one that is not, or that could not be asked about: its signature may be there a moment later. */
  poorMilliseconds: asking.poorMilliseconds,
  /** Milliseconds that one verdict stands, whose look-ups are still good: dates pass, and exceptions end. */
  verdictMilliseconds: 60_000,
  /** Milliseconds that a request waits for a new look where the last one is remembered. */
  graceMilliseconds: 500,
  /** Milliseconds of one judgement, whoever still waits for it. */
  flightMilliseconds: asking.flightMilliseconds,
  /** Bytes of verified results that are remembered. */
  resultBytes: 24 * 1024 * 1024,
  /** Bytes of verdicts that are remembered. */
  verdictBytes: 24 * 1024 * 1024,
} as const;
