/** Whether a guard may be asked: each condition says for itself why not. */

export interface Readiness {
  /** @param fault - why it is not met; undefined: it is */
  set(condition: string, fault: string | undefined): void;
  isReady(): boolean;
  /** A line for each condition. */
  text(): string;
  conditions(): ReadonlyMap<string, string | undefined>;
}

/** @param conditions - none of which is met at first */
export function createReadiness(conditions: readonly string[]): Readiness {
  const faults = new Map<string, string | undefined>(conditions.map((condition) => [condition, "not yet"]));
  return {
    set: (condition, fault) => void faults.set(condition, fault),
    isReady: () => [...faults.values()].every((fault) => fault === undefined),
    text: () =>
      [...faults]
        .map(
          ([name, fault]) => `${fault === undefined ? "ok" : "no"} ${name}${fault === undefined ? "" : `: ${fault}`}\n`,
        )
        .join(""),
    conditions: () => faults,
  };
}
