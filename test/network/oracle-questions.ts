/** What nobody knows, asked and answered every way: the oracle's third value. */

/** Where documents leave room or part: which reading to take. */
export interface Readings {
  /** Every undetermined match is a question of its own, even about the same CIDR and end. Default: one question each. */
  readonly independent?: boolean;
  /**
   * What a NetworkPolicy does to other protocols than TCP, UDP and SCTP. Kubernetes' concept page calls both its denial and
   * its allowance undefined (the default); the CNIs at hand enforce it.
   */
  readonly otherProtocols?: "undefined" | "enforced";
  /**
   * From a pod to the node it is on, where its egress policies deny: the concept page says that traffic from *and to* the
   * own node is always allowed, the types only say from. Default: unknown.
   */
  readonly toOwnNode?: "unknown" | "policy" | "allowed";
}

/** Puts the questions of one evaluation. */
export interface Asking {
  /** Yes and no, each in its turn. */
  either(question: string): boolean;
  /** One of several, each in its turn. */
  one<Choice>(question: string, choices: readonly [Choice, ...Choice[]]): Choice;
}

/** More ways than these end as unknown. */
const MOST_RUNS = 4096;

/**
 * Runs the evaluation once for each way to answer what it asks.
 *
 * @param independent - the same question may be answered differently when it is asked again
 * @returns the outcomes met, or undefined where there were too many ways to try
 */
export function outcomes(independent: boolean, evaluate: (asking: Asking) => boolean): Set<boolean> | undefined {
  const results = new Set<boolean>();
  /** The answers of this run, in the order asked, each an index among so many. */
  let path: { answer: number; of: number }[] = [];
  for (let run = 0; run < MOST_RUNS; run++) {
    const answered = new Map<string, number>();
    let asked = 0;
    const answerTo = (question: string, of: number): number => {
      const before = independent ? undefined : answered.get(question);
      if (before !== undefined) return before;
      if (asked === path.length) path.push({ answer: 0, of });
      const answer = path[asked++]?.answer ?? 0;
      answered.set(question, answer);
      return answer;
    };
    results.add(
      evaluate({
        either: (question) => answerTo(question, 2) === 1,
        one: (question, choices) =>
          choices.length === 1 ? choices[0] : (choices[answerTo(question, choices.length)] as (typeof choices)[0]),
      }),
    );
    if (results.size > 1) return results;
    // The next way: the last answer that has another, and everything asked after it anew.
    path = path.slice(0, asked);
    while (path.length > 0 && (path.at(-1)?.answer ?? 0) + 1 >= (path.at(-1)?.of ?? 0)) path.pop();
    const last = path.at(-1);
    if (!last) return results;
    last.answer++;
  }
  return undefined;
}
