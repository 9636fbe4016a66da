/** A Dockerfile as the product reads it, written as consumer.go writes what BuildKit makes of it. */
import type {
  CommandForm,
  Dockerfile,
  Instruction,
  Origin,
  Stage,
  Word,
} from "../../../src/engines/dockerfile/model.ts";
import { parseDockerfile } from "../../../src/engines/dockerfile/parse.ts";
import type { Reading } from "../differential.ts";

/** What the file alone does not decide, so that no check says anything of it. */
export class Undecided extends Error {}

export function readByUs(bytes: Buffer): Reading {
  return readingOf(bytes, (dockerfile) => written(linesOf(dockerfile)));
}

/** @param shown - throws an `Undecided` */
export function readingOf(bytes: Buffer, shown: (dockerfile: Dockerfile) => string): Reading {
  const dockerfile = parseDockerfile("Dockerfile", new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  const problem = dockerfile.problems.find(({ kind, code }) => kind !== "unread" || code === "dockerfile.unsure");
  if (problem !== undefined) return { kind: "refused", why: problem.reason };
  try {
    return { kind: "value", value: shown(dockerfile) };
  } catch (error) {
    if (error instanceof Undecided) return { kind: "refused", why: error.message };
    throw error;
  }
}

function linesOf({ instructions, stages, directives, text }: Dockerfile): string[][] {
  const escapeCharacter = directives.find(({ name }) => name === "escape")?.value ?? "\\";
  return [
    ["escape", escapeCharacter],
    ...instructions.map((instruction) => shape(instruction, text)),
    ...stages.flatMap((stage) => [
      ["stage", originOf(stage.from.origin), stage.name ?? ""],
      ...stage.triggered.map((instruction) => ["triggered", ...meaning(instruction)]),
      ...stage.instructions.map(meaning),
      ["user", userOf(stages, stage)],
    ]),
  ];
}

function shape({ keywordRange, range, flags, heredocs }: Instruction, text: string): string[] {
  const written = text.slice(keywordRange.start, keywordRange.end);
  return [
    "instruction",
    written
      .replaceAll(/\\\r*\n|`\r*\n/g, "")
      .replaceAll("\u212a", "k")
      .replaceAll("\u0130", "i")
      .toLowerCase(),
    String(range.line),
    ...flags.map(({ name }) => `--${name}`),
    ...heredocs.flatMap(({ name, stripsTabs, expands, text: body }) => [
      "<<",
      name,
      String(stripsTabs),
      String(expands),
      body,
    ]),
  ];
}

/** The last USER of the stage and those below it. */
function userOf(stages: readonly Stage[], stage: Stage): string {
  for (let at: Stage | undefined = stage; at !== undefined; ) {
    const user = [...at.triggered, ...at.instructions].findLast(({ keyword }) => keyword === "USER");
    if (user?.keyword === "USER") return plain(user.words[0]);
    const { origin }: Stage["from"] = at.from;
    at = origin.kind === "stage" ? stages[origin.index] : undefined;
  }
  return "";
}

function plain(word: Word | undefined): string {
  const value = word?.value ?? word?.stated;
  if (value === undefined) throw new Undecided(`${word?.raw} is not decided`);
  return value;
}

function originOf(origin: Origin | undefined): string {
  if (origin === undefined) return "";
  switch (origin.kind) {
    case "scratch":
      return "scratch";
    case "stage":
      return `stage ${origin.index}`;
    case "unknown":
      throw new Undecided(`${origin.text} is not decided`);
    default: {
      const { registry, repository, tag, digest } = origin.name;
      const host = registry === undefined ? "" : `${registry}/`;
      const version = `${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
      return `image ${host}${repository}${version}`;
    }
  }
}

function commandOf(form: CommandForm): string[] {
  if (form.kind === "exec") return ["true", ...form.words.map(({ text }) => text)];
  return form.text === "" ? ["false"] : ["false", form.text];
}

function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function meaning(instruction: Instruction): string[] {
  switch (instruction.keyword) {
    case "ARG":
      return [
        "arg",
        ...instruction.pairs.flatMap(({ name, value }) =>
          value === undefined ? [plain(name)] : [plain(name), `=${plain(value)}`],
        ),
      ];
    case "ENV":
    case "LABEL":
      return [
        instruction.keyword.toLowerCase(),
        ...instruction.pairs.flatMap(({ name, value }) => [plain(name), plain(value)]),
      ];
    case "RUN":
    case "CMD":
    case "ENTRYPOINT":
      return [instruction.keyword.toLowerCase(), ...commandOf(instruction.form)];
    case "HEALTHCHECK": {
      const { form } = instruction;
      if (form === undefined) return ["healthcheck", "NONE"];
      return form.kind === "exec"
        ? ["healthcheck", "CMD", ...form.words.map(({ text }) => text)]
        : ["healthcheck", "CMD-SHELL", form.text];
    }
    case "COPY":
    case "ADD":
      return [
        instruction.keyword.toLowerCase(),
        originOf(instruction.from),
        ...instruction.sources.map(plain),
        plain(instruction.destination),
      ];
    case "EXPOSE":
      // A variable that is nothing is no port; Go sorts by bytes.
      return [
        "expose",
        ...instruction.words
          .map(plain)
          .filter((port) => port.trim() !== "")
          .sort(byBytes),
      ];
    case "ONBUILD":
    case "MAINTAINER":
      return [instruction.keyword.toLowerCase()];
    case "USER":
    case "WORKDIR":
    case "VOLUME":
    case "STOPSIGNAL":
    case "SHELL":
      return [instruction.keyword.toLowerCase(), ...instruction.words.map(plain)];
    default:
      throw new Undecided(instruction.keyword);
  }
}

/** Lines of both sides as one text. */
export function written(lines: readonly (readonly string[])[]): string {
  const text = lines.map((line) => JSON.stringify(line)).join("\n");
  // Go's JSON puts one of them for each byte of a cut character, text decoders one for all.
  return text.replace(/\ufffd+/g, "\ufffd");
}
