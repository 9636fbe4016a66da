/** The `name=value` of ARG, ENV and LABEL, and what they set. */
import type { Value } from "./expand.ts";
import type { Pair, SourceRange, Word } from "./model.ts";
import { noteFailure, type Reading, wordIn } from "./reading.ts";
import { declareArgument, globalLookup, setEnvironment, stageLookup } from "./scope.ts";
import { isBlank } from "./white-space.ts";
import { quotedSpans, type Span, wordAt } from "./words.ts";

type Keyword = "ARG" | "ENV" | "LABEL";

interface Place {
  readonly start: number;
  readonly last: number;
  readonly keyword: Keyword;
}

interface Pairs {
  readonly legacy: boolean;
  readonly pairs: readonly Pair[];
  /** A word without a `=` where there must be one. */
  readonly missing?: SourceRange;
}

export function readPairs(reading: Reading, place: Place): Pairs {
  const { joined, stages, onbuild, escapeCharacter } = reading;
  const { start, last, keyword } = place;
  const spans = quotedSpans(joined.text.slice(0, last), escapeCharacter, start);
  if (keyword === "ARG" && !onbuild && stages.scope() === undefined) return globalPairs(reading, spans);
  if (keyword === "ARG") return argumentsIn(reading, spans);
  const read = statedPairs(reading, spans, place);
  // All of one instruction sees what was before it.
  if (!onbuild && keyword !== "LABEL") for (const pair of read.pairs) declare(reading, keyword, pair);
  return read;
}

/** Before the first FROM each sees the ones before it, names are as they are written, and a value that is refused is empty. */
function globalPairs(reading: Reading, spans: readonly Span[]): Pairs {
  const { joined, stages, escapeCharacter, problems } = reading;
  const lookup = globalLookup(stages.globals);
  const pairs = spans.map((span): Pair => {
    const { name, value, range } = partsOf(joined.text, span, joined.range(span.start, span.end));
    const own = wordAt(joined, name, escapeCharacter);
    if (value === undefined) {
      // BuildKit forgets the default, buildah keeps it.
      const given = stages.take(own.text);
      if (given === undefined && stages.globals.get(own.text) !== undefined) {
        const reason = "BuildKit and buildah differ over an ARG that is declared again without a default";
        problems.push({ kind: "unsure", code: "dockerfile.unsure", reason, range });
      }
      const value: Value | undefined =
        given === undefined ? undefined : { kind: "unknown", stated: { kind: "set", value: given } };
      stages.globals.set(own.text, value);
      return { name: own, range };
    }
    const word = wordAt(joined, value, escapeCharacter, lookup);
    if (word.failure === "deep") noteFailure(reading, word);
    stages.globals.set(own.text, word.failure === "refused" ? { kind: "set", value: "" } : statedValue(word));
    return { name: own, value: word, range };
  });
  return { legacy: false, pairs };
}

/**
 * In a stage each sees the ones before it, and names are as they are written (BuildKit of 2024 on, `dispatchArg`). To older
 * ones all of an instruction sees what was before it, and names are expanded: where that makes a difference it is told.
 */
function argumentsIn(reading: Reading, spans: readonly Span[]): Pairs {
  const { joined, stages, escapeCharacter, onbuild, problems } = reading;
  const scope = stages.scope();
  const older =
    scope === undefined || spans.length < 2
      ? undefined
      : stageLookup({ ...scope, variables: new Map(scope.variables), environment: new Map(scope.environment) });
  const pairs = spans.map((span): Pair => {
    const pair = pairAt(reading, span);
    const { value } = partsOf(joined.text, span, pair.range);
    const was = older && value && wordAt(joined, value, escapeCharacter, older);
    const isOther = was !== undefined && (was.value !== pair.value?.value || was.stated !== pair.value?.stated);
    if (isOther || pair.name.variables.length > 0) {
      const reason = "versions of Docker differ over variables in an ARG";
      problems.push({ kind: "unsure", code: "dockerfile.unsure", reason, range: pair.range });
    }
    if (!onbuild) declare(reading, "ARG", pair);
    return pair;
  });
  return { legacy: false, pairs };
}

function statedPairs(reading: Reading, spans: readonly Span[], { start, last }: Place): Pairs {
  const { joined } = reading;
  const { text } = joined;
  const [first] = spans;
  if (first === undefined) return { legacy: false, pairs: [] };
  if (!text.slice(first.start, first.end).includes("=")) return legacyPair(reading, start, last);
  const pairs: Pair[] = [];
  let missing: SourceRange | undefined;
  for (const span of spans) {
    if (text.slice(span.start, span.end).includes("=")) pairs.push(pairAt(reading, span));
    else missing ??= joined.range(span.start, span.end);
  }
  return { legacy: false, pairs, ...(missing === undefined ? {} : { missing }) };
}

/** `ENV name value`: the name ends at the first blank, whatever quotes say. */
function legacyPair(reading: Reading, start: number, last: number): Pairs {
  const { joined } = reading;
  const { text } = joined;
  let end = start;
  while (end < last && !isBlank(text.charCodeAt(end))) end++;
  let from = end;
  while (from < last && isBlank(text.charCodeAt(from))) from++;
  if (from === last) return { legacy: true, pairs: [], missing: joined.range(start, end) };
  const name = wordIn(reading, { start, end });
  const value = wordIn(reading, { start: from, end: last });
  return { legacy: true, pairs: [{ name, value, range: joined.range(start, last) }] };
}

function pairAt(reading: Reading, span: Span): Pair {
  const { joined } = reading;
  const { name, value, range } = partsOf(joined.text, span, joined.range(span.start, span.end));
  return {
    name: wordIn(reading, name),
    ...(value === undefined ? {} : { value: wordIn(reading, value) }),
    range,
  };
}

function partsOf(
  text: string,
  { start, end }: Span,
  range: SourceRange,
): { name: Span; value?: Span; range: SourceRange } {
  const equals = text.slice(start, end).indexOf("=");
  if (equals === -1) return { name: { start, end }, range };
  return { name: { start, end: start + equals }, value: { start: start + equals + 1, end }, range };
}

function declare({ stages }: Reading, keyword: "ARG" | "ENV", { name, value: word }: Pair): void {
  const scope = stages.scope();
  if (scope === undefined) return;
  const own = name.value ?? name.stated;
  if (own === undefined) scope.anySet = true;
  else if (keyword === "ENV") setEnvironment(scope, own, word === undefined ? { kind: "unknown" } : statedValue(word));
  else declareArgument(scope, stages.globals, own, word === undefined ? undefined : statedValue(word));
}

function statedValue({ value, stated, disputed }: Word): Value {
  const dispute = disputed ? { disputed } : {};
  if (value !== undefined) return { kind: "set", value, ...dispute };
  if (stated === undefined) return { kind: "unknown", ...dispute };
  return { kind: "unknown", stated: { kind: "set", value: stated }, ...dispute };
}
