/**
 * Suite `falco-alerts`: each public rule of Falco, on or off, over public captures and two of our own making: the events that it
 * matches here, beside those that Falco's own library matches with the same condition. A difference that is meant stands in
 * falco-alerts/differences.ts with its reason; any other fails.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { conditionText } from "../bench/rules/condition-text.ts";
import { readRulesData } from "../bench/rules/data.ts";
import type { CollectedRule, RuleText } from "../src/engines/events/falco/model.ts";
import { chanceCapture } from "./falco-alerts/chance.ts";
import { type Difference, differences, explained, type Side } from "./falco-alerts/differences.ts";
import { madeCapture } from "./falco-alerts/made.ts";
import { loadEach, loadEnabled, matchedByUs } from "./falco-alerts/ours.ts";
import { matchedByPeer, peerParameters } from "./falco-alerts/peer.ts";
import { vocabularyOf } from "./falco-alerts/vocabulary.ts";
import { buildLibsinsp } from "./libsinsp.ts";
import type { Case, Suite } from "./suite.ts";

/** What is made by chance, and the same at each run. */
const SEEDS = [1, 2, 3];

/** libsinsp asks name servers, and waits for each address that it has not seen. */
const ASKS_NAMES = /fd[.][a-z]+[.]name /;

/** Rules that the capture of our own makes fire at least. */
const LEAST_FIRED = 60;

export const falcoAlerts: Suite = {
  about: "events that Falco's public rules match, beside what Falco's own library matches",
  needs: [],
  async *cases({ data, temporary }) {
    const { rules: files, captures } = readRulesData(data, temporary);
    if (captures.length === 0) throw new Error(`no captures (*.scap) in ${data}`);
    const program = buildLibsinsp(join(import.meta.dirname, "falco-alerts/libsinsp.cpp"), temporary);
    const comparison = new Comparison(program, loadEnabled(files), temporary);
    for (const capture of captures) yield* comparison.cases(capture);
    const made = join(temporary, "made.scap");
    writeFileSync(made, madeCapture(peerParameters(program)));
    const fired = yield* comparison.cases(made);
    yield {
      name: `${basename(made)}: at least ${LEAST_FIRED} rules fire`,
      run: () => assert.ok(fired >= LEAST_FIRED, `${fired} fire`),
    };
    const vocabulary = vocabularyOf(comparison.rules);
    for (const seed of SEEDS) {
      const path = join(temporary, `chance-${seed}.scap`);
      writeFileSync(path, chanceCapture(peerParameters(program), vocabulary, seed));
      yield* comparison.without(ASKS_NAMES).cases(path);
    }
    // Each capture is of that folder: the rules that regression cases bring are beside it.
    const each = new Comparison(program, loadEach(testRules(captures)), temporary);
    for (const capture of captures) yield* each.cases(capture);
    for (const difference of differences)
      yield {
        name: `a difference is there still: ${difference.why}`,
        run: () => assert.ok(comparison.used.has(difference)),
      };
  },
};

/** Rules of the regression suite, which the captures are made for. */
function testRules([capture = ""]: readonly string[]): readonly RuleText[] {
  const folder = join(dirname(capture), "../rules");
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".yaml")) : [];
  return names.toSorted().map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));
}

class Comparison {
  readonly rules: readonly CollectedRule[];
  /** What explained something. */
  readonly used: Set<Difference>;
  private readonly program: string;
  private readonly temporary: string;

  constructor(program: string, rules: readonly CollectedRule[], temporary: string, used: Set<Difference> = new Set()) {
    this.program = program;
    this.rules = rules;
    this.temporary = temporary;
    this.used = used;
  }

  /** @param condition - of the rules to leave out, as text */
  without(condition: RegExp): Comparison {
    const rules = this.rules.filter((rule) => !condition.test(conditionText(rule.condition)));
    return new Comparison(this.program, rules, this.temporary, this.used);
  }

  /** @returns how many rules match something, here or there */
  *cases(capture: string): Generator<Case, number> {
    const theirs = matchedByPeer(this.program, capture, this.rules, this.temporary);
    const ours = matchedByUs(capture, this.rules);
    const file = basename(capture);
    let fired = 0;
    let matches = 0;
    for (const { name } of this.rules) {
      const here = ours.get(name) ?? [];
      const there = theirs.matched.get(name) ?? [];
      if (here.length + there.length > 0) fired += 1;
      matches += here.length;
      yield {
        name: `${file}: ${name}`,
        run: () => {
          assert.equal(theirs.refused.get(name), undefined, "libsinsp does not take the condition");
          this.compare(name, here, there);
        },
      };
    }
    process.stdout.write(`${file}: ${fired} of ${this.rules.length} rules match ${matches} times\n`);
    return fired;
  }

  private compare(rule: string, here: readonly string[], there: readonly string[]): void {
    const unexplained: string[] = [];
    const look = (events: readonly string[], others: readonly string[], side: Side): void => {
      const known = new Set(others);
      for (const event of events) {
        if (known.has(event)) continue;
        const difference = explained(rule, event, side);
        if (difference === undefined) unexplained.push(`${side} alone: ${event}`);
        else this.used.add(difference);
      }
    };
    look(here, there, "ours");
    look(there, here, "theirs");
    assert.deepEqual(unexplained, []);
  }
}
