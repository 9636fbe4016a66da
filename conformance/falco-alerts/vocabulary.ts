/** Texts that the rules themselves ask for: what is made of them by chance comes near to what they match. */
import type { CollectedRule, Condition, Operand } from "../../src/engines/events/falco/model.ts";

export interface Vocabulary {
  readonly programs: readonly string[];
  readonly arguments: readonly string[];
  readonly environment: readonly string[];
  readonly paths: readonly string[];
  readonly images: readonly string[];
  readonly ports: readonly number[];
}

export function vocabularyOf(rules: readonly CollectedRule[]): Vocabulary {
  const texts = new Map<string, Set<string>>();
  for (const { condition } of rules) collect(condition, texts);
  const of = (...fields: readonly RegExp[]): string[] => {
    const named = [...texts].filter(([name]) => fields.some((field) => field.test(name)));
    return [...new Set(named.flatMap(([, values]) => [...values]))].filter((text) => text !== "").toSorted();
  };
  const files = of(/^fd[.](?:name|nameraw)$/, /^evt[.]arg[.](?:path|name|target|oldpath|newpath)$/);
  const folders = of(/^fd[.]directory$/);
  return {
    programs: of(/^proc[.](?:p|a)?(?:name|exe)$/).filter((text) => !text.includes("\0")),
    arguments: of(/^proc[.]p?(?:args|cmdline)$/),
    environment: of(/^proc[.]env$/),
    paths: [...files, ...folders.map((each) => `${each}/x`), ...of(/^fd[.]filename$/).map((each) => `/srv/${each}`)],
    images: of(/^container[.]image[.]repository$/),
    ports: of(/^fd[.]s?port$/).map(Number),
  };
}

function collect(condition: Condition, texts: Map<string, Set<string>>): void {
  switch (condition.kind) {
    case "and":
    case "or":
      for (const term of condition.terms) collect(term, texts);
      return;
    case "not":
      collect(condition.term, texts);
      return;
    case "compare": {
      const { left, right } = condition;
      if (right.kind !== "operand") add(left, right.kind === "value" ? [right.text] : right.texts, texts);
    }
  }
}

function add(left: Operand, values: readonly string[], texts: Map<string, Set<string>>): void {
  if (left.kind !== "field") return;
  const name = left.name + (left.name === "evt.arg" && left.argument !== undefined ? `.${left.argument}` : "");
  const known = texts.get(name) ?? new Set();
  texts.set(name, known);
  for (const value of values) known.add(value);
}
