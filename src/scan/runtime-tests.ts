/** Tests of rules, run: the events of each through a state of its own, with every rule that matches. */

import { readEventFile } from "../collect/runtime/event-files.ts";
import type { RuleTest } from "../collect/runtime/rule-tests.ts";
import { append } from "../core/append.ts";
import { Problem } from "../core/problem.ts";
import { createAuditDocuments, isAuditDocument } from "../engines/events/audit/read.ts";
import { createAuditDetection, type PreparedAuditRules, prepareAuditRules } from "../engines/events/detect/audits.ts";
import {
  createSyscallDetection,
  type PreparedSyscallRules,
  prepareSyscallRules,
  type RuleChoice,
} from "../engines/events/detect/syscalls.ts";
import type { LoadedRules } from "../engines/events/falco/model.ts";
import { EventLines } from "../engines/events/lines/read.ts";

export interface RuleTestResult {
  readonly test: RuleTest;
  /** What is not as it must be, one sentence each; none: it holds. */
  readonly failures: readonly string[];
}

/**
 * Rules are compiled once for all tests that are run.
 *
 * @returns runs one of them @throws Problem where an event of the test cannot be read, or where it names a rule that there is not
 */
export function ruleTester(rules: LoadedRules): (test: RuleTest) => Promise<RuleTestResult> {
  const choice: RuleChoice = {
    rules: { ...rules, rules: rules.rules.map((rule) => ({ ...rule, enabled: true })) },
    matching: "all",
    wanted: new Set(rules.rules.map(({ name }) => name)),
  };
  // For what the tests have events of.
  const prepared = {
    choice,
    syscalls: lazily(() => prepareSyscallRules(choice)),
    audits: lazily(() => prepareAuditRules(choice)),
  };
  return (test) => runRuleTest(test, rules, prepared);
}

interface Prepared {
  readonly choice: RuleChoice;
  readonly syscalls: Lazy<PreparedSyscallRules>;
  readonly audits: Lazy<PreparedAuditRules>;
}

async function runRuleTest(test: RuleTest, rules: LoadedRules, prepared: Prepared): Promise<RuleTestResult> {
  const known = new Set(rules.rules.map(({ name }) => name));
  const named = [...test.fires.keys(), ...(test.silent === "others" ? [] : test.silent)];
  const unknown = named.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new Problem({ kind: "usage", code: "rules.test", place: test.place, cause: `no rule is named ${unknown}` });
  }
  const fired = await firedBy(test, prepared);
  const failures: string[] = [];
  for (const [name, count] of test.fires) {
    const times = fired.get(name) ?? 0;
    if (count === undefined ? times === 0 : times !== count) {
      failures.push(`${name} fired ${times} times, expected ${count === undefined ? "at least once" : count}`);
    }
  }
  const silent = test.silent === "others" ? [...fired.keys()].filter((name) => !test.fires.has(name)) : test.silent;
  for (const name of silent) {
    const times = fired.get(name) ?? 0;
    if (times > 0) failures.push(`${name} fired ${times} times, expected never`);
  }
  return { test, failures };
}

async function firedBy(test: RuleTest, prepared: Prepared): Promise<ReadonlyMap<string, number>> {
  const fired = new Map<string, number>();
  const lost: string[] = [];
  const options = {
    ...prepared.choice,
    onAlert: ({ rule }: { readonly rule: string }) => fired.set(rule, (fired.get(rule) ?? 0) + 1),
  };
  const syscalls = lazily(() => createSyscallDetection(options, prepared.syscalls.get()));
  const audits = lazily(() => createAuditDetection(options, prepared.audits.get()));
  if (test.capture !== undefined) {
    await readEventFile(test.capture, {
      syscalls: () => syscalls.get().sink,
      audits: () => audits.get().sink,
      alerts: () => {
        throw refused(test, `${test.capture}: alerts of other detectors are no events`);
      },
    });
  } else {
    const lines = lazily(() => new EventLines(syscalls.get().sink));
    const documents = lazily(() => createAuditDocuments(audits.get().sink));
    for (const [at, event] of test.events.entries()) {
      const place = `${test.place}, event ${at + 1}`;
      if (isAuditDocument(event)) documents.get().read(event, place);
      else lines.get().read(event, place);
    }
  }
  syscalls.made?.finish();
  for (const { lost: some } of [syscalls.made?.read() ?? NOTHING, audits.made?.read() ?? NOTHING])
    append(
      lost,
      some.map(({ reason }) => reason),
    );
  const [first] = lost;
  // What a test says by `lost` lines is meant; an event that could not be read is not.
  if (first !== undefined && test.capture === undefined && !test.events.some(saysLost)) throw refused(test, first);
  return fired;
}

const NOTHING = { lost: [] };

interface Lazy<T> {
  made: T | undefined;
  get(): T;
}

function lazily<T extends object>(make: () => T): Lazy<T> {
  return {
    made: undefined as T | undefined,
    get(): T {
      this.made ??= make();
      return this.made;
    },
  };
}

function saysLost(event: unknown): boolean {
  return typeof event === "object" && event !== null && Object.hasOwn(event, "lost");
}

function refused(test: RuleTest, cause: string): Problem {
  return new Problem({ kind: "usage", code: "rules.test", place: test.place, cause });
}
