/**
 * Reads a Dockerfile: Docker's own reference, and BuildKit's parser for what the reference leaves open. Never throws
 * for what a file says: what Docker would refuse becomes a problem of the file, and reading goes on.
 */
import { bounds } from "../../core/bounds.ts";
import { Problem } from "../../core/problem.ts";
import { readInstruction } from "./instruction.ts";
import {
  commentAt,
  directiveOf,
  type HeredocStart,
  heredocStart,
  lineAt,
  readHeredoc,
  readLogicalLine,
  skipSpace,
} from "./lines.ts";
import { createSource, mappedText } from "./mapped-text.ts";
import type { Comment, Directive, Dockerfile, DockerfileProblem, Heredoc, Instruction, Piece } from "./model.ts";
import { createStages } from "./stages.ts";
import { quotedSpans } from "./words.ts";

const HEREDOC_INSTRUCTION = /^(?:onbuild[ \t]+)?(?:run|copy|add)(?:[ \t]|$)/i;

/**
 * @param path - its name in reports
 * @param text - decoded, with its byte order mark where it has one
 * @throws Problem of kind `input` where it is over the bound
 */
export function parseDockerfile(path: string, text: string): Dockerfile {
  if (text.length > bounds.dockerfileBytes) throw overBound(path, "characters", text.length, bounds.dockerfileBytes);
  const source = createSource(text);
  const pieces: Piece[] = [];
  const directives: Directive[] = [];
  const comments: Comment[] = [];
  const instructions: Instruction[] = [];
  const problems: DockerfileProblem[] = [];
  const stages = createStages();
  let escapeCharacter = "\\";
  let mayBeDirective = true;

  // The mark belongs to the first piece and to no line.
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let from = 0;
  while (at < text.length) {
    const line = lineAt(text, at);
    const comment = commentAt(source, line);
    if (comment !== undefined) {
      const directive = mayBeDirective ? directiveOf(comment) : undefined;
      if (directive === undefined) {
        mayBeDirective = false;
        comments.push(comment);
      } else {
        problems.push(...directiveProblems(directive, directives));
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
      for (const start of heredocStarts(logical.joined.text, escapeCharacter)) {
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
    problems.push({ kind: "refused", code: "dockerfile.empty", reason: "it has no instruction", range });
  }
  return {
    path,
    text,
    pieces,
    directives,
    comments,
    instructions,
    stages: stages.finish(instructions),
    problems: bounded(problems),
  };
}

function overBound(place: string, what: string, count: number, bound: number): Problem {
  const cause = `its ${count} ${what} are over the bound of ${bound}`;
  return new Problem({ kind: "input", code: "dockerfile.size", place, cause });
}

/** The first of each kind, and how many more there are: what rests on them stays unknown. */
function bounded(problems: readonly DockerfileProblem[]): DockerfileProblem[] {
  return (["refused", "unread"] as const).flatMap((kind) => {
    const own = problems.filter((problem) => problem.kind === kind);
    const next = own[bounds.dockerfileProblems];
    if (next === undefined) return own;
    const reason = `there are ${own.length - bounds.dockerfileProblems} more places like these`;
    return [...own.slice(0, bounds.dockerfileProblems), { ...next, reason }];
  });
}

function heredocStarts(text: string, escapeCharacter: string): HeredocStart[] {
  if (!text.includes("<<") || !HEREDOC_INSTRUCTION.test(text)) return [];
  return quotedSpans(text, escapeCharacter).flatMap(({ start, end }) => heredocStart(text.slice(start, end)) ?? []);
}

function directiveProblems(directive: Directive, before: readonly Directive[]): DockerfileProblem[] {
  const { name, value, range } = directive;
  const refused = (reason: string): DockerfileProblem[] => [
    { kind: "refused", code: "dockerfile.directive", reason, range },
  ];
  if (before.some((other) => other.name === name)) return refused(`the directive ${name} is given twice`);
  if (name === "escape" && value !== "`" && value !== "\\") return refused("escape is neither \\ nor `");
  return [];
}
