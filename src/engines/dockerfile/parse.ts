/**
 * Reads a Dockerfile: Docker's own reference, and BuildKit's parser for what the reference leaves open. Never throws
 * for what a file says: what Docker would refuse becomes a problem of the file, and reading goes on.
 */

import { append } from "../../core/append.ts";
import { Problem } from "../../core/problem.ts";
import { bounds } from "./bounds.ts";
import { rawWords } from "./expand.ts";
import { endOfFlags } from "./flags.ts";
import { partsOf, readInstruction } from "./instruction.ts";
import {
  commentAt,
  directiveOf,
  type HeredocStart,
  heredocStart,
  lineAt,
  readHeredoc,
  readLogicalLine,
} from "./lines.ts";
import { createSource, mappedText } from "./mapped-text.ts";
import type { Comment, Directive, Dockerfile, DockerfileProblem, Heredoc, Instruction, Piece } from "./model.ts";
import type { Reading } from "./reading.ts";
import { createStages } from "./stages.ts";
import { lowerCase, skipSpace } from "./white-space.ts";
import { jsonArrayAt } from "./words.ts";

/**
 * @param path - its name in reports
 * @param text - decoded, with its byte order mark where it has one
 * @param given - what whoever builds it gives for ARGs, by name: it counts for those before the first FROM that have no default
 * @throws Problem of kind `input` where it is over the bound
 */
export function parseDockerfile(path: string, text: string, given?: Dockerfile["given"]): Dockerfile {
  if (text.length > bounds.dockerfileBytes) throw overBound(path, "characters", text.length, bounds.dockerfileBytes);
  const source = createSource(text);
  const pieces: Piece[] = [];
  const directives: Directive[] = [];
  const comments: Comment[] = [];
  const instructions: Instruction[] = [];
  const problems: DockerfileProblem[] = [];
  const stages = createStages<Reading>(given);
  let escapeCharacter = "\\";
  let mayBeDirective = true;

  // The mark belongs to the first piece and to no line.
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let from = 0;
  while (at < text.length) {
    const line = lineAt(text, at);
    const comment = commentAt(source, line);
    if (comment !== undefined) {
      const directive = mayBeDirective ? directiveOf(source, comment) : undefined;
      if (directive === undefined) {
        mayBeDirective = false;
        comments.push(comment);
      } else {
        append(problems, directiveProblems(directive, directives));
        directives.push(directive);
        if (directive.name === "escape" && (directive.value === "`" || directive.value === "\\")) {
          escapeCharacter = directive.value;
        }
      }
      pieces.push({ kind: directive === undefined ? "comment" : "directive", start: from, end: line.next });
      at = line.next;
    } else if (skipSpace(text, line.start, line.end) === line.end) {
      mayBeDirective = false;
      pieces.push({ kind: "blank", start: from, end: line.next });
      at = line.next;
    } else {
      mayBeDirective = false;
      const logical = readLogicalLine(source, at, escapeCharacter);
      const heredocs: Heredoc[] = [];
      let { end, next } = logical;
      const announced = heredocStarts(logical.joined.text);
      if (announced.deep) {
        const reason = "its variables are nested too deeply to tell heredocs";
        problems.push({ kind: "unsure", code: "dockerfile.unsure", reason, range: source.range(at, logical.end) });
      }
      for (const start of announced.starts) {
        const body = readHeredoc(source, next, start);
        if (!body.closed) {
          const range = source.range(next, text.length);
          const reason = `the heredoc ${start.name} is not closed`;
          problems.push({ kind: "refused", code: "dockerfile.heredoc", reason, range });
        }
        heredocs.push(body.heredoc);
        end = body.end;
        next = body.next;
      }
      const begins = skipSpace(text, at, text.length);
      // Line and heredocs as the shell of a RUN gets them.
      const whole = mappedText(source, begins);
      whole.copy(logical.end, end);
      instructions.push(
        readInstruction({
          source,
          joined: logical.joined,
          behind: whole.build(),
          heredocs,
          comments: logical.comments,
          range: source.range(begins, end),
          escapeCharacter,
          stages,
          problems,
          onbuild: false,
        }),
      );
      if ((stages.current() ?? 0) >= bounds.dockerfileStages) {
        throw overBound(path, "stages", bounds.dockerfileStages + 1, bounds.dockerfileStages);
      }
      pieces.push({ kind: "instruction", start: from, end: next });
      at = next;
    }
    from = at;
  }
  if (from < at) pieces.push({ kind: "blank", start: from, end: at });
  if (instructions.length === 0) {
    const range = source.range(0, 0);
    problems.push({ kind: "refused", code: "dockerfile.empty", reason: "no instruction", range });
  }
  const settled = stages.settle(instructions);
  return {
    path,
    text,
    ...(stages.taken.size === 0 ? {} : { given: stages.taken }),
    pieces,
    directives,
    comments,
    instructions: settled,
    stages: stages.finish(settled),
    problems: bounded(problems),
  };
}

function overBound(place: string, what: string, count: number, bound: number): Problem {
  const cause = `its ${count} ${what} exceed the limit of ${bound}`;
  return new Problem({ kind: "input", code: "dockerfile.size", place, cause });
}

/** The first of each kind, and how many more there are: what rests on them stays unknown. */
function bounded(problems: readonly DockerfileProblem[]): DockerfileProblem[] {
  return (["refused", "unread", "unsure"] as const).flatMap((kind) => {
    const own = problems.filter((problem) => problem.kind === kind);
    const next = own[bounds.dockerfileProblems];
    if (next === undefined) return own;
    const reason = `there are ${own.length - bounds.dockerfileProblems} more places like these`;
    return [...own.slice(0, bounds.dockerfileProblems), { ...next, reason }];
  });
}

/** The heredocs of an instruction that may have some, where its arguments are no JSON (BuildKit, `canContainHeredoc`). */
function heredocStarts(text: string): { readonly starts: readonly HeredocStart[]; readonly deep: boolean } {
  const none = { starts: [], deep: false };
  if (!text.includes("<<")) return none;
  const outer = partsOf(text);
  const keyword = lowerCase(text.slice(outer.keywordStart, outer.keywordEnd));
  const { keywordStart, keywordEnd } =
    keyword === "onbuild" ? partsOf(text, endOfFlags(text, outer.keywordEnd)) : outer;
  if (!holdHeredocs.has(lowerCase(text.slice(keywordStart, keywordEnd)))) return none;
  const array = jsonArrayAt(text, endOfFlags(text, keywordEnd));
  // What stands behind an array makes the whole no JSON.
  if (array?.kind === "others" || (array !== undefined && array.end === outer.last)) return none;
  const { words, deep } = rawWords(text);
  return { starts: (words ?? []).flatMap((word) => heredocStart(word) ?? []), deep };
}

const holdHeredocs = new Set(["run", "copy", "add"]);

function directiveProblems(directive: Directive, before: readonly Directive[]): DockerfileProblem[] {
  const { name, value, range } = directive;
  const refused = (reason: string): DockerfileProblem[] => [
    { kind: "refused", code: "dockerfile.directive", reason, range },
  ];
  if (before.some((other) => other.name === name)) return refused(`the directive ${name} is given twice`);
  if (name === "escape" && value !== "`" && value !== "\\") return refused("escape is neither \\ nor `");
  return [];
}
