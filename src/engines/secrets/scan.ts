/**
 * Finds secrets in files of any size, in one pass and in memory that does not grow with them.
 *
 * One automaton runs over the bytes and finds keywords; around a keyword, a rule's pattern is tried on a window of a
 * bounded length. Windows of one rule that touch are joined up to a bound, so no byte is looked at by a rule more than
 * a few times, whatever the file holds. What is found does not depend on how the file is cut into chunks.
 */

import { ALLOW_LENGTH, parseAllow } from "./allow.ts";
import { assignmentAt, decidedBy, NAME_DECIDED_BY, nameEndAt } from "./assignment/assignment.ts";
import { bounds } from "./bounds.ts";
import { type ContentKind, contentKindOf, decoderOf, printableRuns } from "./content.ts";
import { createDetectors, type Detectors } from "./detectors.ts";
import { encodedAt } from "./encoded.ts";
import { type FirstLook, isEscape, withEscapes } from "./escapes.ts";
import { excerpt, forgetExcerpts } from "./excerpt.ts";
import type { Fingerprinter } from "./fingerprint.ts";
import { isForTests, isMadeUp } from "./for-tests.ts";
import type { Room } from "./lanes.ts";
import { createLineCounter } from "./lines.ts";
import type { SecretFact } from "./model.ts";
import type { SecretRule } from "./rule.ts";
import { type Comment, type Hit, placeOf, settleHits } from "./settle.ts";
import { createVersions, type FindKeywords, type SimilarFinder, type Versions } from "./similar.ts";
import { beginSpan, clearSpans, joinSpan, keepSpans, noSpans, type Spans } from "./spans.ts";
import { type FileSecrets, type SecretStream, streamOf } from "./stream.ts";
import { mayBeWhole, WHOLE_FILE_BYTES, type WholeFileRule, wholeFileRules } from "./whole-files.ts";
import { hasMatch, isInWord, matchesIn, mayBegin, nameBefore } from "./window.ts";

export interface SecretScanner {
  /** A file that is whole in memory. */
  scan(path: string, bytes: Buffer): FileSecrets;
  /**
   * A file that comes in chunks.
   *
   * @param window - memory in which they are gathered, and that nobody else uses until the end
   */
  open(path: string, window?: Buffer): SecretStream;
  /** A stretch of a file that is no text; offsets are the stretch's own. */
  openBinary(path: string, window?: Buffer): SecretStream;
  /** Memory for one file after the other, or what it is inflated to, which is looked at soonest there; undefined as long as there is none. */
  room(of: Room): Buffer | undefined;
  /**
   * Files that resemble the last one of their path, as versions do: finds the same as `scan`, sooner. Each may be kept
   * until the next, and nobody may write to it meanwhile; all that is kept is bounded.
   */
  versions(): SecretScanner["scan"];
}

export interface ScannerOptions {
  readonly rules: readonly SecretRule[];
  readonly fingerprint: Fingerprinter;
  /** Look for assignments of random values too; true where absent. */
  readonly assignments?: boolean;
  /** Bytes of a file in chunks that are looked at together. */
  readonly window?: number;
}

export function createSecretScanner(options: ScannerOptions): SecretScanner {
  const detectors = createDetectors(options.rules, options.assignments ?? true);
  const { find } = detectors.automaton;
  const within = { detectors, fingerprint: options.fingerprint, find };
  // On both sides: from a keyword to the end of its window, and from the window's start to the keyword.
  const reach = detectors.ahead + detectors.behind;
  /** @param again - looks at what all of a file reads as; absent: one that is made for it */
  const seenAgain = (first: FirstLook, path: string, again?: FileLook, window?: Buffer): SecretStream => {
    const second = (kind?: ContentKind): SecretStream => {
      if (kind !== undefined) return streamOf(openLook(path, { ...within, kind }), options.window);
      again?.begin(path);
      return streamOf(again ?? openLook(path, within), options.window);
    };
    return streamOf(withEscapes(first, { reach, open: second }), options.window, window);
  };
  const open = (path: string, window?: Buffer, more: Partial<LookOptions> = {}): SecretStream =>
    seenAgain(openLook(path, { ...within, ...more, escapes: [] }), path, undefined, window);
  /** Of files that are whole: one look is used again for each, since to make one takes as long as to look at most files. */
  const wholeFiles = (versions?: Versions): SecretScanner["scan"] => {
    const more = versions === undefined ? {} : { versions };
    const look = openLook("", { ...within, ...more, escapes: [] });
    const again = openLook("", versions === undefined ? within : { ...within, versions, unescaped: true });
    return (path, bytes) => {
      look.begin(path);
      const end = look.look(bytes, 0, true);
      const isDone = look.escapes.length === 0;
      const found = isDone ? look.settle() : seenAgain({ ...look, look: () => end }, path, again).end(bytes);
      // They would hold on to the file.
      look.begin("");
      if (!isDone) again.begin("");
      return found;
    };
  };
  return {
    open: (path, window) => open(path, window),
    openBinary: (path, window) => open(path, window, { kind: "binary" }),
    room: (of) => detectors.automaton.room(of),
    scan: wholeFiles(),
    versions: () => wholeFiles(createVersions(detectors.automaton)),
  };
}

interface LookOptions {
  readonly detectors: Detectors;
  readonly fingerprint: Fingerprinter;
  readonly find: FindKeywords;
  /** Absent: its first bytes tell. */
  readonly kind?: ContentKind;
  /** In place of `find`, for a file that is whole: what was found in its versions before. */
  readonly versions?: Versions;
  /** It is how a file reads that has escapes: its versions are apart from those of the file as it is written. */
  readonly unescaped?: true;
  /** It is what base64 held: no further level is looked at. */
  readonly decoded?: true;
  /** Where escapes go; absent: nobody asks for them. */
  readonly escapes?: number[];
}

/** What is found in a text in base64 comes after what is found in it as it stands. */
const DECODED_ORDER = 100_000;

interface FileLook extends FirstLook {
  readonly hits: readonly Hit[];
  /** Another file, from its start. What was settled before stays as it is. */
  begin(path: string): void;
}

/** Offsets are from the start of the file; the stretch that is held begins at `base`. */
function openLook(firstPath: string, options: LookOptions): FileLook {
  const { detectors, fingerprint } = options;
  let path = firstPath;
  let { find } = options;
  let similar: SimilarFinder | undefined;
  const { rules, rulesOf, rulesInBinaries, otherOf, ahead, behind } = detectors;
  let { kind } = options;
  let decode: ((bytes: Buffer) => Buffer) | undefined;
  let held: Buffer = EMPTY;
  let base = 0;
  let scannedTo = 0;
  let examined = 0;
  let encodedTo = 0;
  let omitted = 0;
  /** Made for the first keyword: most files that are looked at by themselves have none. */
  let spans: Spans | undefined;
  /** By rule what it said of the path: 0 where it was not asked; and those that were. */
  const asked: number[] = [];
  const answers = new Int8Array(rules.length);
  let hits: Hit[] = [];
  /** Rule and start → number of the hit. */
  const kept = new Map<number, number>();
  let comments: Comment[] = [];
  /** How many of the hits and comments know their line. */
  let settledHits = 0;
  let settledComments = 0;
  let lines = createLineCounter();

  function begin(next: string): void {
    path = next;
    forgetExcerpts();
    ({ find, kind } = options);
    similar = undefined;
    decode = undefined;
    held = EMPTY;
    base = 0;
    scannedTo = 0;
    examined = 0;
    encodedTo = 0;
    omitted = 0;
    settledHits = 0;
    settledComments = 0;
    // An empty one is made anew by that as well.
    if (spans !== undefined) clearSpans(spans);
    while (asked.length > 0) answers[asked.pop() as number] = 0;
    if (hits.length > 0) hits = [];
    if (kept.size > 0) kept.clear();
    if (comments.length > 0) comments = [];
    if (options.escapes !== undefined && options.escapes.length > 0) options.escapes.length = 0;
    if (lines.isUsed()) lines = createLineCounter();
  }

  function onKeyword(keyword: number, at: number): void {
    const start = base + at;
    const other = otherOf[keyword];
    if (other === "escape" && isEscape(held, at, kind !== "binary")) options.escapes?.push(start);
    if (other === "allow") comment(at);
    else if (other === "assignment" && kind !== "binary")
      assignment(at, detectors.automaton.lengths[keyword] as number);
    else if (other === "encoded" && kind !== "binary") encoded(at, detectors.keywords[keyword] as string);
    const numbers = (kind === "binary" ? rulesInBinaries : rulesOf)[keyword] as Int32Array;
    if (numbers.length === 0) return;
    spans ??= noSpans(rules.length);
    for (let i = 0; i < numbers.length; i++) {
      const number = numbers[i] as number;
      const prepared = rules[number] as Detectors["rules"][number];
      if (prepared.isForPaths && isRefused(number)) continue;
      const from = Math.max(0, start - prepared.before);
      const to = start + prepared.after;
      const mayMatch = mayBegin(prepared, held, at, kind !== "binary");
      if (spans.isWaiting[number] === 1) {
        if (joinSpan(spans, number, from, to, prepared.joined)) {
          if (mayMatch) spans.mayMatch[number] = 1;
          continue;
        }
        examineSpan(spans, number);
      }
      beginSpan(spans, number, from, to, mayMatch);
    }
  }

  function isRefused(number: number): boolean {
    if (answers[number] === 0) {
      answers[number] = rules[number]?.rule.paths?.(path) === false ? -1 : 1;
      asked.push(number);
    }
    return answers[number] === -1;
  }

  function examineSpan({ from, to, mayMatch }: Spans, number: number): void {
    if (mayMatch[number] === 1) examine(number, from[number] as number, to[number] as number);
  }

  /** A window, by offsets in the file. */
  function examine(number: number, begin: number, end: number): void {
    const prepared = rules[number] as Detectors["rules"][number];
    if (similar?.isQuiet(number, begin, end)) {
      similar.noteQuiet(number, begin, end);
      return;
    }
    const from = begin - base;
    const to = Math.min(end - base, held.length);
    examined += to - from;
    const text = kind === "binary" ? printableRuns(held, from, to) : excerpt(held, from, to);
    if (!hasMatch(prepared, text)) {
      similar?.noteQuiet(number, begin, end);
      return;
    }
    let isNone = true;
    const cutsWord = { start: from > 0 && isInWord(held, from), end: to < held.length && isInWord(held, to) };
    for (const match of matchesIn(prepared, text, cutsWord)) {
      // What chance makes of random bytes has no checksum.
      if (kind === "binary" && prepared.rule.confidence !== "high" && match.validity !== "valid") continue;
      isNone = false;
      keep({
        ...match,
        rule: prepared.rule,
        // Among tests a password opens nothing, nor a key that anybody can make; what an issuer made at random may.
        wellKnown: match.wellKnown || (isForTests(path) && isMadeUp(prepared.rule, match.secret)),
        order: number,
        start: match.start + begin,
        end: match.end + begin,
      });
    }
    if (isNone) similar?.noteQuiet(number, begin, end);
  }

  function assignment(at: number, length: number): void {
    if (similar?.isQuietAt(at) === true) return;
    const nameEnd = nameEndAt(held, at, length);
    if (nameEnd === -1) {
      similar?.noteQuietAt(at, at, at + NAME_DECIDED_BY);
      return;
    }
    const found = assignmentAt(held, at, nameEnd, path);
    if (found === undefined) {
      if (similar === undefined) return;
      const { from, to } = decidedBy();
      similar.noteQuietAt(at, from, to);
      return;
    }
    keep({ ...found, order: rules.length, start: found.start + base, end: found.end + base });
  }

  function encoded(at: number, beginning: string): void {
    if (options.decoded === true || base + at < encodedTo) return;
    const found = encodedAt(held, at, beginning);
    if (found === undefined) return;
    encodedTo = base + found.end;
    const { escapes: _, versions: __, ...same } = options;
    const inner = openLook(path, { ...same, decoded: true });
    inner.look(found.text, 0, true);
    examined += found.text.length + inner.settle().examined;
    const name = nameBefore(excerpt(held, Math.max(0, at - 80), at), Math.min(at, 80));
    for (const { line: ___, column: ____, ...hit } of inner.hits) {
      if (hit.rule.confidence === "low") continue;
      keep({ ...hit, name, order: hit.order + DECODED_ORDER, start: base + found.start, end: base + found.end });
    }
  }

  function wholeFile(bytes: Buffer): void {
    for (let number = 0; number < wholeFileRules.length; number++) {
      const rule = wholeFileRules[number] as WholeFileRule;
      const found = rule.find(path, bytes);
      if (found === undefined) continue;
      const secret = bytes.toString("latin1", found.start, found.end);
      const wellKnown = isForTests(path) && isMadeUp(rule, secret);
      keep({ ...found, rule, secret, validity: "valid", name: "", wellKnown, order: rules.length + 1 + number });
    }
  }

  function comment(at: number): void {
    if (comments.length >= bounds.secretsOfFile) return;
    const allowed = parseAllow(held.toString("utf8", at, Math.min(held.length, at + ALLOW_LENGTH)));
    if (allowed !== undefined) comments.push({ start: base + at, allowed });
  }

  function keep(hit: Hit): void {
    const key = hit.order * 2 ** 40 + hit.start;
    const known = kept.get(key);
    if (known !== undefined) {
      // Windows overlap, and the end of the first may have cut it short.
      const before = hits[known] as Hit;
      if (hit.end > before.end) hits[known] = { ...hit, ...placeOf(before) };
    } else if (hits.length >= bounds.secretsOfFile) omitted += 1;
    else kept.set(key, hits.push(hit) - 1);
  }

  /**
   * Looks at what is held, but for the last bytes: windows may reach into what is still to come.
   *
   * @returns from where on it is needed once more
   */
  function proceed(final: boolean): number {
    const to = base + held.length - (final ? 0 : ahead);
    if (to > scannedTo) {
      find(held, scannedTo - base, to - base, onKeyword);
      scannedTo = to;
    }
    if (spans !== undefined && spans.waiting.length > 0) examineWaiting(spans, final);
    let keepFrom = final ? base + held.length : Math.max(base, scannedTo - behind);
    if (!final && spans !== undefined) {
      for (const number of spans.waiting)
        keepFrom = Math.min(keepFrom, Math.max(base, (spans.from[number] as number) - 1));
    }
    place(keepFrom, final);
    if (!final && keepFrom > base) {
      // Of what is no text only the lines are asked for that there are between hits and comments.
      if (kind !== "binary") lines.moveTo(keepFrom, held, base);
      else if (hits.length === 0 && comments.length === 0) lines.leave(keepFrom);
      else lines.moveLineTo(keepFrom, held, base);
    }
    return keepFrom;
  }

  /** But for those, where more is to come, that a further keyword may reach back to. */
  function examineWaiting(all: Spans, final: boolean): void {
    const { waiting } = all;
    let left = 0;
    for (let i = 0; i < waiting.length; i++) {
      const number = waiting[i] as number;
      if (!final && (all.to[number] as number) >= scannedTo - behind) waiting[left++] = number;
      else {
        examineSpan(all, number);
        all.isWaiting[number] = 0;
      }
    }
    keepSpans(all, left);
  }

  /** Gives what was found before an offset its line, while the bytes before it are still held. */
  function place(before: number, final: boolean): void {
    if (hits.length === settledHits && comments.length === settledComments) return;
    const open: { start: number; line?: number; column?: number }[] = [];
    for (let i = settledHits; i < hits.length; i++) open.push(hits[i] as Hit);
    for (let i = settledComments; i < comments.length; i++) open.push(comments[i] as Comment);
    open.sort((a, b) => a.start - b.start);
    for (const each of open) {
      if (each.line !== undefined || (!final && each.start >= before)) continue;
      if (kind === "binary") each.line = lines.moveLineTo(each.start, held, base);
      else Object.assign(each, lines.moveTo(each.start, held, base));
    }
    while (settledHits < hits.length && hits[settledHits]?.line !== undefined) settledHits += 1;
    while (settledComments < comments.length && comments[settledComments]?.line !== undefined) settledComments += 1;
  }

  return {
    get hits() {
      return hits;
    },
    begin,
    escapes: options.escapes ?? [],
    kind: () => kind,
    scannedTo: () => scannedTo,
    look(given, from, final) {
      // The same memory may have held other bytes.
      forgetExcerpts();
      if (given.length === 0) return from;
      if (kind === undefined) {
        if (final && given.length <= WHOLE_FILE_BYTES && mayBeWhole(path, given)) wholeFile(given);
        kind = contentKindOf(given);
        decode = decoderOf(kind);
        // Where more is to come nothing is remembered.
        if (final && options.versions !== undefined) {
          similar = options.versions.of(options.unescaped === true ? `unescaped ${kind}` : kind, path);
          find = similar.find;
        }
      }
      if (decode === undefined) {
        held = given;
        base = from;
        return proceed(final);
      }
      // Where it is decoded it has its own offsets, and its own store.
      const fresh = decode(given);
      held = held.length === 0 ? fresh : Buffer.concat([held, fresh]);
      const keepFrom = proceed(final);
      held = held.subarray(keepFrom - base);
      base = keepFrom;
      return from + given.length;
    },
    settle() {
      const isText = kind !== "binary";
      const secrets = hits.length === 0 ? NONE : settleHits(hits, comments, { path, isText, fingerprint });
      return { secrets, omitted, examined };
    },
  };
}

const EMPTY = Buffer.alloc(0);
const NONE: readonly SecretFact[] = [];
