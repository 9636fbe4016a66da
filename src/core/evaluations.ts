/**
 * The evaluations of a run. Of a great one nearly all found nothing, and differ in their check alone: they are held as two
 * numbers each, and made when they are read.
 */
import type { Evaluation } from "./evaluation.ts";

/** What is read of them, one after the other: an array is one too. Nobody keeps one that was read and found nothing: it is made anew each time. */
export interface Evaluations extends Iterable<Evaluation> {
  readonly length: number;
  at(index: number): Evaluation | undefined;
}

/** All that an evaluation without findings says beside its check. */
type Bare = Omit<Evaluation, "check">;

/** Those of one asset follow one another, and some of them say what was looked at: so many forms are compared. */
const COMPARED = 4;
/** In the place of a check: the other number is that of an evaluation that is held whole. */
const WHOLE = 0xffff_ffff;
const FIRST_LENGTH = 1_024;

export class EvaluationList implements Evaluations {
  /** Two numbers each: of the check, and of what it says; or {@link WHOLE}, and of the evaluation. */
  #numbers = new Uint32Array(2 * FIRST_LENGTH);
  #length = 0;
  #whole: Evaluation[] = [];
  #bare: Bare[] = [];
  readonly #checks: string[] = [];
  readonly #checkNumbers = new Map<string, number>();

  constructor(evaluations: Iterable<Evaluation> = []) {
    this.take(evaluations);
  }

  get length(): number {
    return this.#length;
  }

  push(evaluation: Evaluation): void {
    this.#set(this.#length++, evaluation);
  }

  /** Of many: an argument each would be too many. */
  take(evaluations: Iterable<Evaluation>): void {
    for (const evaluation of evaluations) this.push(evaluation);
  }

  at(index: number): Evaluation | undefined {
    if (index < 0) return index < -this.#length ? undefined : this.at(this.#length + index);
    return index < this.#length ? this.#made(index, this.#bare) : undefined;
  }

  *[Symbol.iterator](): Generator<Evaluation> {
    for (let index = 0; index < this.#length; index++) yield this.#made(index, this.#bare);
  }

  /** Each evaluation gives its place to its successor: of a great run memory does not hold two lists. */
  succeed(successor: (evaluation: Evaluation) => Evaluation): void {
    const bare = this.#bare;
    this.#bare = [];
    for (let index = 0; index < this.#length; index++) {
      const next = successor(this.#made(index, bare));
      if (this.#numbers[2 * index] === WHOLE && !isBare(next)) {
        this.#whole[this.#numbers[2 * index + 1] as number] = next;
      } else this.#set(index, next);
    }
  }

  #made(index: number, bare: readonly Bare[]): Evaluation {
    const check = this.#numbers[2 * index] as number;
    const other = this.#numbers[2 * index + 1] as number;
    if (check === WHOLE) return this.#whole[other] as Evaluation;
    return { check: this.#checks[check] as string, ...(bare[other] as Bare) };
  }

  #set(index: number, evaluation: Evaluation): void {
    if (2 * index >= this.#numbers.length) {
      const longer = new Uint32Array(2 * this.#numbers.length);
      longer.set(this.#numbers);
      this.#numbers = longer;
    }
    const plain = isBare(evaluation);
    this.#numbers[2 * index] = plain ? this.#numberOf(evaluation.check) : WHOLE;
    this.#numbers[2 * index + 1] = plain ? this.#bareOf(evaluation) : this.#whole.push(evaluation) - 1;
  }

  #numberOf(check: string): number {
    const known = this.#checkNumbers.get(check);
    if (known !== undefined) return known;
    this.#checkNumbers.set(check, this.#checks.length);
    return this.#checks.push(check) - 1;
  }

  #bareOf(evaluation: Evaluation): number {
    const bare = this.#bare;
    for (let at = bare.length - 1; at >= 0 && at >= bare.length - COMPARED; at--) {
      if (isSame(bare[at] as Bare, evaluation)) return at;
    }
    const { check: _, ...said } = evaluation;
    return bare.push(said) - 1;
  }
}

/** It passed, and there is nothing to tell of it that is not told of its asset. */
export function isPlainPass(evaluation: Evaluation): boolean {
  const { verdict, action, accepted, findings, excepted, baselined = [], gaps } = evaluation;
  return (
    verdict === "pass" &&
    action === undefined &&
    accepted === undefined &&
    findings.length + excepted.length + baselined.length + gaps.length === 0
  );
}

/** Whatever its verdict, it has no findings. */
function isBare({ findings, excepted, baselined }: Evaluation): boolean {
  return findings.length + excepted.length + (baselined?.length ?? 0) === 0;
}

/** Of two without findings. Equal scopes, bases and gaps may be two objects: that costs memory, and nothing else. */
function isSame(a: Bare, b: Bare): boolean {
  return (
    a.verdict === b.verdict &&
    a.action === b.action &&
    a.accepted === b.accepted &&
    (a.gaps === b.gaps || a.gaps.length + b.gaps.length === 0) &&
    a.asset === b.asset &&
    a.scope === b.scope &&
    a.reason === b.reason &&
    a.observedAt === b.observedAt &&
    a.validUntil === b.validUntil &&
    a.basis === b.basis &&
    (a.baselined === undefined) === (b.baselined === undefined) &&
    isSameEvidence(a.evidence, b.evidence)
  );
}

function isSameEvidence(a: Bare["evidence"], b: Bare["evidence"]): boolean {
  if (a === b) return true;
  const names = Object.keys(a);
  const others = Object.keys(b);
  return names.length === others.length && names.every((name, at) => name === others[at] && a[name] === b[name]);
}
