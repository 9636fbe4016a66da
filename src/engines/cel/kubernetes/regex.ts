/** `find` and `findAll` (k8s.io/apiserver, pkg/cel/library/regex.go): Go's regular expressions, which are RE2's. */
import type { RE2JS } from "re2js";
import { PATTERN_STEPS, patternOf, spendMatch } from "../functions.ts";
import type { Library, Overload, TypeName } from "../library.ts";
import type { Value } from "../model.ts";
import { Failure, type Meter, spend } from "../values.ts";

/** As Go's FindAllString: an empty match just behind another is none. @param most - negative: all */
function findAll(pattern: RE2JS, text: string, most: bigint, meter: Meter): Value {
  const found: string[] = [];
  const matcher = pattern.matcher(text);
  let end = -1;
  while ((most < 0n || found.length < Number(most)) && matcher.find()) {
    spend(meter, 1);
    const [start, next] = [matcher.start(), matcher.end()];
    if (start !== next || start !== end) found.push(text.slice(start, next));
    end = next;
  }
  return found;
}

function find(pattern: RE2JS, text: string): Value {
  const matcher = pattern.matcher(text);
  return matcher.find() ? text.slice(matcher.start(), matcher.end()) : "";
}

type Apply = (pattern: RE2JS, text: string, most: bigint, meter: Meter) => Value;

function withPattern(apply: Apply, pattern: RE2JS, source: string) {
  return ([text, , most = -1n]: readonly Value[], meter: Meter): Value => {
    spendMatch(meter, text as string, source);
    return apply(pattern, text as string, most as bigint, meter);
  };
}

function overload(name: string, takes: readonly TypeName[], apply: Apply): Overload {
  return {
    ...{ name, isMethod: true, takes },
    work(args, meter) {
      const source = args[1] as string;
      spend(meter, PATTERN_STEPS);
      const pattern = patternOf(source);
      return pattern instanceof Failure ? pattern : withPattern(apply, pattern, source)(args, meter);
    },
    withPattern: (pattern, source) => withPattern(apply, pattern, source),
  };
}

export const regex: Library = {
  overloads: [
    overload("find", ["string", "string"], find),
    overload("findAll", ["string", "string"], findAll),
    overload("findAll", ["string", "string", "int"], findAll),
  ],
};
