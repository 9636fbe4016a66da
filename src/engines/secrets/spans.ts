/** Windows of a file that wait for the next keyword of their rule, which may make them longer. */

/** By the rule's number: of hundreds of rules a file has a few. */
export interface Spans {
  readonly from: Float64Array;
  readonly to: Float64Array;
  /** 1 where a match may begin at one of its keywords. */
  readonly mayMatch: Uint8Array;
  /** 1 where the rule has one. */
  readonly isWaiting: Uint8Array;
  /** Rules that have one, in the order in which they came to it. */
  waiting: number[];
}

export function noSpans(rules: number): Spans {
  return {
    from: new Float64Array(rules),
    to: new Float64Array(rules),
    mayMatch: new Uint8Array(rules),
    isWaiting: new Uint8Array(rules),
    waiting: [],
  };
}

/** Whether the window that waits goes on to this one, which makes it no longer than `most`: then it does from now on. */
export function joinSpan(spans: Spans, rule: number, from: number, to: number, most: number): boolean {
  const reached = spans.to[rule] as number;
  if (from > reached || to - (spans.from[rule] as number) > most) return false;
  if (to > reached) spans.to[rule] = to;
  return true;
}

export function beginSpan(spans: Spans, rule: number, from: number, to: number, mayMatch: boolean): void {
  if (spans.isWaiting[rule] === 0) {
    spans.isWaiting[rule] = 1;
    spans.waiting.push(rule);
  }
  spans.from[rule] = from;
  spans.to[rule] = to;
  spans.mayMatch[rule] = mayMatch ? 1 : 0;
}

/** None waits any more. */
export function clearSpans(spans: Spans): void {
  const { waiting, isWaiting } = spans;
  for (let i = 0; i < waiting.length; i++) isWaiting[waiting[i] as number] = 0;
  keepSpans(spans, 0);
}

/** Of those that wait the first ones go on. V8 sets the length of an array by a call, and mostly there is none to be taken out. */
export function keepSpans({ waiting }: Spans, count: number): void {
  while (waiting.length > count) waiting.pop();
}
