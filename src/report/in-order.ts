import { type Asset, assetTitle } from "../core/asset.ts";
import type { Evaluation, Verdict } from "../core/evaluation.ts";
import type { Evaluations } from "../core/evaluations.ts";
import { compareText } from "../core/order.ts";
import { formatScope, type Scope } from "../core/scope.ts";

const RANKS: Record<Verdict, number> = { fail: 0, unknown: 1, pass: 2 };

/**
 * Fails first, then what is unknown; within that by asset, scope and check, so that two runs print the same. Their order
 * is held as numbers: of a great run nearly all are passes, which are made when they are read.
 */
export function inOrder(evaluations: Evaluations): Evaluations {
  const { length } = evaluations;
  const verdicts = new Uint8Array(length);
  const assets = ranking<Asset>(length, (a, b) => compareText(assetTitle(a), assetTitle(b)) || compareText(a.id, b.id));
  const scopes = ranking<Scope | undefined>(length, (a, b) => compareText(scopeText(a), scopeText(b)));
  const checks = ranking<string>(length, compareText);
  let at = 0;
  for (const { verdict, asset, scope, check } of evaluations) {
    verdicts[at] = RANKS[verdict];
    assets.add(at, asset);
    scopes.add(at, scope);
    checks.add(at, check);
    at++;
  }
  const ranks = [verdicts, assets.ranks(), scopes.ranks(), checks.ranks()];
  const order = Uint32Array.from({ length }, (_, index) => index).sort((a, b) => {
    for (const rank of ranks) {
      const difference = (rank[a] as number) - (rank[b] as number);
      if (difference !== 0) return difference;
    }
    return a - b;
  });
  return new Ordered(evaluations, order);
}

class Ordered implements Evaluations {
  readonly #evaluations: Evaluations;
  readonly #order: Uint32Array;

  constructor(evaluations: Evaluations, order: Uint32Array) {
    this.#evaluations = evaluations;
    this.#order = order;
  }

  get length(): number {
    return this.#order.length;
  }

  at(index: number): Evaluation | undefined {
    const place = this.#order.at(index);
    return place === undefined ? undefined : this.#evaluations.at(place);
  }

  *[Symbol.iterator](): Generator<Evaluation> {
    for (const place of this.#order) yield this.#evaluations.at(place) as Evaluation;
  }
}

function scopeText(scope: Scope | undefined): string {
  return scope === undefined ? "" : formatScope(scope);
}

/** Few values, each of many places: they are compared once, and the places by their ranks. */
function ranking<T>(length: number, compare: (a: T, b: T) => number) {
  const numbers = new Map<T, number>();
  const numberAt = new Uint32Array(length);
  return {
    add(place: number, value: T): void {
      let number = numbers.get(value);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(value, number);
      }
      numberAt[place] = number;
    },
    /** Of each place: equal where the values are alike. */
    ranks(): Uint32Array {
      const sorted = [...numbers].sort(([a], [b]) => compare(a, b));
      const rankOf = new Uint32Array(sorted.length);
      let rank = 0;
      for (const [index, [value, number]] of sorted.entries()) {
        const before = sorted[index - 1];
        if (before !== undefined && compare(before[0], value) !== 0) rank++;
        rankOf[number] = rank;
      }
      return numberAt.map((number) => rankOf[number] as number);
    },
  };
}
