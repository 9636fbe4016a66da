import type { Stretch } from "../mapped-text.ts";
import { createScript, type Draft, inside, type Place } from "./script.ts";
import { expectCharacter } from "./tokens.ts";
import type { SubstitutionReaders } from "./word.ts";

/** Reads the commands of substitutions that stand at a place. */
export function readers(place: Place): SubstitutionReaders {
  const within = inside(place, "substitution");
  return {
    commands(script) {
      const start = script.shared.commands.length;
      script.shared.grammar.list(script, within, { words: [], character: ")" });
      expectCharacter(script, ")");
      return indexes(start, script.shared.commands);
    },
    backticks(script, from, to) {
      const start = script.shared.commands.length;
      const stretches: Stretch[] = [];
      let plain = from;
      for (let at = from; at < to - 1; at++) {
        if (script.source[at] !== "\\") continue;
        const next = script.source[at + 1] as string;
        if ("$`\\".includes(next)) {
          stretches.push({ start: plain, end: at }, { start: at, end: at + 2, text: next });
          plain = at + 2;
        }
        at++;
      }
      stretches.push({ start: plain, end: to });
      const nested = createScript(script.mapped.pick(stretches), script.shared);
      nested.enter();
      script.shared.grammar.list(nested, within, { words: [] });
      nested.leave();
      if (nested.at < nested.end) nested.fail("what is between the backticks does not end where it should");
      return indexes(start, script.shared.commands);
    },
  };
}

function indexes(start: number, commands: readonly Draft[]): number[] {
  return Array.from({ length: commands.length - start }, (_, index) => start + index);
}
