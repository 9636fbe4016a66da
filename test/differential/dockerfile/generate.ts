/** Dockerfiles from a grammar: mostly valid, with what the two sides could read otherwise. */
import type { Random } from "../random.ts";

const BLANKS = [" ", " ", " ", "  ", "\t", "\v", "\f", "\u00a0", "\u2003", "\u0085", "\ufeff"];
const NAMES = ["A", "B", "U", "PORT", "é", "_x", "TARGETARCH", "PATH", "1"];
const WORDS = [
  "root",
  "0",
  "00",
  "+0:0",
  "1000:1000",
  "app",
  "x",
  "a b",
  "é",
  "80",
  "8080/tcp",
  "/srv",
  "b-c-d",
  "22 80",
  "",
];
const IMAGES = ["scratch", "alpine", "alpine:3.20", "base", "base", "@{A:-base}"];
const ODD_IMAGES = ["debian@sha256:ff", "Base", "$A", "r.io/x/y:@{B}"];
const STAGES = ["base", "base", "build", "Second", "x.y", "scratch"];
const TAME_PATTERNS = ["a", "*", "?", "b*", "*-", "-", "\\*", "b?c"];
const PATTERNS = ["a", "*", "?", "b*", "*-", "-", "\\*", "\\}", "#", "%", "b?c", "\\q", "", "/"];

const BROKEN = ["@{", "@{}", "@{:-x}", "@{{A}}", "@{A:}", "@{A!x}"];

export function dockerfileFrom(random: Random): Buffer {
  const lines: string[] = [];
  const escapeCharacter = random.once(6) ? "`" : "\\";
  const made = { random, escapeCharacter, wild: random.once(2) };
  if (made.wild && random.once(3)) lines.push(...directives(random));
  if (escapeCharacter === "`") lines.push(random.pick(["# escape=`", "#escape = `", "# Escape=` ", "  # escape=`"]));
  if (random.once(3)) lines.push(...times(random, 3, () => argument(made)));
  for (let stage = 1 + random.below(3); stage > 0; stage--) {
    lines.push(from(made));
    lines.push(...times(random, 7, () => instruction(made)));
  }
  const ending = random.once(6) ? "\r\n" : "\n";
  let text = lines.join(ending) + (random.once(4) ? "" : ending);
  if (random.once(12)) text = `\ufeff${text}`;
  const bytes = Buffer.from(text.replaceAll("@{", "${"));
  return random.once(5) ? mutated(random, bytes) : bytes;
}

interface Made {
  /** Half of the files have nothing in them that Docker refuses by itself: one refusal hides all else. */
  readonly wild: boolean;
  readonly random: Random;
  readonly escapeCharacter: string;
}

/** One of the first, or in a wild file sometimes of the others. */
function either({ random, wild }: Made, tame: readonly string[], odd: readonly string[]): string {
  return random.pick(wild && random.once(3) ? odd : tame);
}

function times<Value>(random: Random, most: number, make: () => Value): Value[] {
  return Array.from({ length: random.below(most + 1) }, make);
}

function directives(random: Random): string[] {
  return times(random, 2, () =>
    random.pick([
      "# syntax=docker/dockerfile:1",
      "#syntax = a",
      "# a comment",
      "",
      "# escape=",
      "# escape= ",
      "# escape=\\",
      "# unknown=1",
      "#\u00a0escape=`",
      "#\vescape=`",
    ]),
  );
}

/** A blank, a line that goes on, or one that does so over a comment or an empty line. */
function gap(made: Made): string {
  const { random, escapeCharacter } = made;
  if (!random.once(6)) return random.once(8) ? either(made, BLANKS.slice(0, 7), BLANKS) : " ";
  const within = random.pick([
    "",
    "",
    "# note\n",
    " \n",
    "\u00a0\n",
    "\u2003# c\n",
    "\t\n",
    "\v\n",
    `${escapeCharacter}\n`,
  ]);
  return ` ${either(made, [escapeCharacter], [escapeCharacter + escapeCharacter, `x${escapeCharacter}`])}${either(made, ["", " ", "\t"], ["\u00a0"])}\n${within}${random.pick(["", " ", "\t"])}`;
}

function keyword({ random, wild }: Made, name: string): string {
  if (!wild || !random.once(20)) return name;
  return random.pick([
    name.toLowerCase(),
    name[0] + name.slice(1).toLowerCase(),
    name.replace("K", "\u212a"),
    name.replace("S", "\u017f"),
    name.replace("I", "\u0130"),
  ]);
}

function variable(made: Made, depth = 0): string {
  const { random } = made;
  const name = random.pick(NAMES);
  const word = (): string => (depth < 2 && random.once(3) ? variable(made, depth + 1) : random.pick(WORDS));
  const pattern = either(made, TAME_PATTERNS, PATTERNS);
  return random.pick([
    () => `$${name}`,
    () => `@{${name}}`,
    () => `@{${name}:-${word()}}`,
    () => `@{${name}-${word()}}`,
    () => `@{${name}:+${word()}}`,
    () => `@{${name}+"${word()}"}`,
    () => (made.wild ? `@{${name}:?${word()}}` : `@{${name}:-${word()}}`),
    () => `@{${name}#${pattern}}`,
    () => `@{${name}##${pattern}}`,
    () => `@{${name}%${pattern}}`,
    () => `@{${name}%%${pattern}}`,
    () => `@{${name}/${pattern}/${word()}}`,
    () => `@{${name}//${pattern}/${word()}}`,
    () => `@{${name}:-root}`,
    () => `$${name}`,
    () => either(made, ["$", "$$", "$#", "@{A:#b}"], BROKEN),
    () => random.pick(["$A", "$B", "@{U}"]),
  ])();
}

function value(made: Made): string {
  const { random, escapeCharacter } = made;
  const plain = (): string => (random.once(3) ? variable(made) : random.pick(WORDS));
  return random.pick([
    plain,
    plain,
    plain,
    () => `"${plain()}"`,
    () => `'${plain()}'`,
    () => `${plain()}${escapeCharacter}${random.pick([" ", "$", '"', "x", "'"])}${plain()}`,
    () => `"${plain()}${escapeCharacter}${random.pick(["$", '"', "x"])}"`,
    () => plain() + plain(),
  ])();
}

function token(made: Made): string {
  const made_ = value(made);
  return made_.includes(" ") && !made_.startsWith('"') ? `"${made_}"` : made_ === "" ? "x" : made_;
}

function argument(made: Made): string {
  const { random } = made;
  const pairs = Array.from({ length: 1 + random.below(2) }, () =>
    random.once(4) ? random.pick(NAMES) : `${random.pick(NAMES)}=${token(made)}`,
  );
  return `${keyword(made, "ARG")} ${pairs.join(gap(made))}`;
}

function from(made: Made): string {
  const { random } = made;
  const flag = random.once(6) ? `--platform=${random.pick(["linux/amd64", "$BUILDPLATFORM", '"linux/arm64"'])} ` : "";
  const alias = random.once(2) ? ` ${random.pick(["AS", "as", "a\u017f"])} ${random.pick(STAGES)}` : "";
  return `${keyword(made, "FROM")}${gap(made)}${flag}${either(made, IMAGES, ODD_IMAGES)}${alias}`;
}

const BODY = ["USER root", "echo x", "\tEND", "", "# c", "END2", "a\\"];

function heredoc(made: Made, line: (word: string) => string): string {
  const { random } = made;
  const word = either(
    made,
    ["<<END", "<<-END", '<<"END"', "<<'END'", "3<<END", "<<\\END", '<<E"N"D'],
    ["<<@{A:-x END}", "<<<END", "<< END", '<<""'],
  );
  const tail = either(
    made,
    ["", " # d", " 'x'", " $A", " <<END2"],
    [" # don't", ' # "', " @{", " 'x'", " <<END2", " [", " $A"],
  );
  const end = either(made, [word.startsWith("<<-") ? "\tEND" : "END", "END", "END\r"], ["\tEND", "END "]);
  return [
    line(word + tail),
    ...times(random, 3, () => random.pick(BODY)),
    end,
    ...(tail.includes("END2") ? ["END2"] : []),
  ].join("\n");
}

function json(made: Made): string {
  const { random } = made;
  if (!made.wild || !random.once(4))
    return random.pick(['["a", "b"]', '[ "$A" , "\\u0041" ]', '["a","é\\/"]', "[ -f x ] y"]);
  const text = random.pick(["a", "b c", "\\u0041", "\\ud800", "\\/", "$A", "\\n", "é", "x\\", "<<END"]);
  return random.pick([
    `["${text}"]`,
    `[ "${text}" , "y" ]`,
    `["${text}"] `,
    `["${text}"] x`,
    `['${text}']`,
    "[]",
    "[1]",
    "[1e999]",
    '["a",]',
    `["${text}", ["x"]]`,
    `\u00a0["${text}"]`,
  ]);
}

function instruction(made: Made, inner = false): string {
  const { random } = made;
  const on = (name: string, rest: string): string => `${keyword(made, name)}${gap(made)}${rest}`;
  return random.pick([
    () => on("USER", value(made)),
    () => on("USER", value(made)),
    () =>
      on(
        "ENV",
        `${random.pick(NAMES)}=${token(made)}${random.once(3) ? `${gap(made)}${random.pick(NAMES)}=${token(made)}` : ""}`,
      ),
    () => on("ENV", `${random.pick(NAMES)} ${value(made) || "x"}`),
    () => argument(made),
    () => on("LABEL", `${random.pick(["l", '"l m"', "$A"])}=${token(made)}`),
    () => on("EXPOSE", `${token(made)}${gap(made)}${variable(made)}`),
    () => on("WORKDIR", value(made)),
    () => on("VOLUME", random.once(2) ? json(made) : token(made)),
    () => on("CMD", random.once(2) ? json(made) : value(made)),
    () => on("RUN", random.once(2) ? json(made) : `echo ${value(made)}`),
    () =>
      on(
        "RUN",
        `${either(made, ["--mount=type=bind,target=/x", "--network=none", "--"], ['--mount="type=cache"', "--security=insecure"])} x ${value(made)}`,
      ),
    () =>
      on(
        "COPY",
        `${either(made, ["", "--from=base ", "--from=0 ", "--link "], ["--from=+1 ", "--chown=$U ", '"--link" '])}a${gap(made)}${token(made)}`,
      ),
    () => on("COPY", random.once(2) ? json(made) : '["a", "b"]'),
    () => heredoc(made, (word) => `RUN ${random.pick(["", "cat "])}${word}`),
    () => heredoc(made, (word) => `COPY ${word} /x`),
    () =>
      on("HEALTHCHECK", either(made, ["NONE", "none", "CMD x", 'CMD ["x"]', "--interval=5s CMD x"], ["NONE x", "CMD"])),
    () => on("SHELL", either(made, ['["sh", "-c"]'], ["sh", "[]"])),
    () => on("STOPSIGNAL", token(made)),
    () => on("MAINTAINER", value(made)),
    () => (inner ? on("USER", "0") : on("ONBUILD", instruction(made, true))),
    () =>
      random.pick([
        "",
        " ",
        "\u00a0",
        "\u2003",
        "# comment",
        "\u00a0# comment",
        "#escape=`",
        "\v",
        ...(made.wild ? ["\ufeff", made.escapeCharacter] : []),
      ]),
  ])();
}

const SPECIAL = [
  "\\",
  "`",
  "'",
  '"',
  "$",
  "{",
  "}",
  "\n",
  "\r",
  "\t",
  " ",
  "<<",
  "#",
  "=",
  "[",
  "]",
  "\u00a0",
  "\u2003",
  "\ufeff",
  ":",
  "-",
  "/",
];

function mutated(random: Random, bytes: Buffer): Buffer {
  const at = random.below(bytes.length);
  return Buffer.concat([
    bytes.subarray(0, at),
    random.once(2) ? Buffer.from(random.pick(SPECIAL)) : Buffer.alloc(0),
    bytes.subarray(at + random.below(3)),
  ]);
}
