import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bounds } from "./bounds.ts";
import type { Dockerfile, Instruction, SourceRange, Word } from "./model.ts";
import { parseDockerfile } from "./parse.ts";

const parse = (text: string): Dockerfile => parseDockerfile("Dockerfile", text);
const written = (text: string, { start, end }: SourceRange): string => text.slice(start, end);

/** The kinds of instructions that have the keyword. */
type Of<K, I extends Instruction = Instruction> = I extends Instruction ? (K extends I["keyword"] ? I : never) : never;

function only<K extends Instruction["keyword"]>(text: string, keyword: K): Of<K> {
  const found = parse(text).instructions.filter((one) => one.keyword === keyword);
  assert.equal(found.length, 1, `${found.length} of ${keyword}`);
  return found[0] as Of<K>;
}

const problems = (text: string): string[] =>
  parse(text).problems.map(({ kind, code, range }) => `${range.line}:${range.column} ${kind} ${code}`);

const texts = (words: readonly Word[]): string[] => words.map(({ text }) => text);

test("directives count at the top alone", () => {
  const names = (text: string): string[] => parse(text).directives.map(({ name, value }) => `${name}=${value}`);
  assert.deepEqual(names("# Syntax = a/b:1\n#escape=`\nFROM x\n"), ["syntax=a/b:1", "escape=`"]);
  assert.deepEqual(names("# a comment\n# escape=`\nFROM x\n"), []);
  assert.deepEqual(names("\n# escape=`\nFROM x\n"), []);
  assert.deepEqual(names("# unknown=1\n# escape=`\nFROM x\n"), []);
  assert.deepEqual(names("# check=skip=A;error=true\nFROM x\n"), ["check=skip=A;error=true"]);
  assert.deepEqual(problems("# escape=x\nFROM a\n"), ["1:1 refused dockerfile.directive"]);
  assert.deepEqual(problems("# escape=`\n# escape=\\\nFROM a\n"), ["2:1 refused dockerfile.directive"]);
});

test("lines go on over comments and blank lines, by the escape that the file names", () => {
  const text = "FROM a\nRUN one \\\n# why\n\n  two \\  \n three\nUSER b\n";
  const run = only(text, "RUN");
  assert.equal(run.text, "one   two  three");
  assert.deepEqual(
    run.comments.map((comment) => comment.text),
    ["why"],
  );
  assert.equal(written(text, run.range), "RUN one \\\n# why\n\n  two \\  \n three");
  assert.equal(only("# escape=`\nFROM a\nCOPY a `\n C:\\b\\\nUSER c\n", "COPY").destination.text, "C:\\b\\");
  // Two in a row are one character that is escaped.
  assert.equal(only("FROM a\nRUN x \\\\\nUSER b\n", "RUN").text, "x \\\\");
  assert.equal(only("FROM a\nRUN x \\", "RUN").text, "x");
});

test("words over a continuation span it", () => {
  const text = "FROM a\nCOPY ab\\\ncd /e\n";
  const { sources } = only(text, "COPY");
  assert.deepEqual(texts(sources), ["abcd"]);
  assert.equal(written(text, (sources[0] as Word).range), "ab\\\ncd");
});

test("a byte order mark, CRLF and a missing last line end are kept and not read", () => {
  const text = "\ufeffFROM a\r\nRUN x \\\r\n  y\r\nUSER b";
  const { instructions, pieces } = parse(text);
  assert.equal(pieces.map(({ start, end }) => text.slice(start, end)).join(""), text);
  assert.deepEqual(
    instructions.map(({ keyword, text: own, range }) => `${range.line}:${range.column} ${keyword} ${own}`),
    ["1:1 FROM a", "2:1 RUN x   y", "4:1 USER b"],
  );
});

test("FROM: platform, name, digest, alias", () => {
  const { image, alias, platform, origin } = only(
    "FROM --platform=linux/arm64 r.io:5000/a/b:1@sha256:ff AS Web\n",
    "FROM",
  );
  assert.equal(image.value, "r.io:5000/a/b:1@sha256:ff");
  assert.deepEqual(alias?.text, "Web");
  assert.equal(platform?.value, "linux/arm64");
  const name = { registry: "r.io:5000", repository: "a/b", tag: "1", digest: "sha256:ff" };
  assert.deepEqual(origin, { kind: "image", name });
  for (const text of ["FROM\n", "FROM a b\n", "FROM a AS\n", "FROM a AS b c\n"]) {
    assert.deepEqual(problems(text), ["1:1 refused dockerfile.from"], text);
  }
});

test("ARG and ENV: scopes, defaults, and what the file cannot know", () => {
  const values = (text: string): (string | undefined)[] =>
    parse(text).instructions.flatMap((one) =>
      one.keyword === "LABEL" ? one.pairs.map(({ value }) => value?.value) : [],
    );
  const label = 'LABEL a="$A"\n';
  assert.deepEqual(values(`ARG A=1\nFROM x\n${label}ARG A\n${label}ARG A=2\n${label}`), [undefined, "1", "2"]);
  // The later one counts; in a stage that is built on this one, what the image keeps.
  assert.deepEqual(values(`FROM x AS b\nENV A=1\nARG A=2\n${label}FROM b\n${label}`), ["2", "1"]);
  assert.deepEqual(values(`FROM x\nENV A=1\nARG A\n${label}`), ["1"]);
  assert.deepEqual(values(`FROM x AS b\nENV A=1\nFROM b\n${label}`), ["1"]);
  assert.deepEqual(values(`FROM x AS b\nENV A=1\nFROM x\n${label}`), [undefined]);
  assert.deepEqual(values(`FROM scratch\n${label}`), [""]);
  assert.deepEqual(values(`FROM scratch\nARG A\n${label}`), [undefined]);
  // All of one instruction sees what was before it.
  assert.deepEqual(values("FROM scratch\nENV A=1\nENV A=2 B=$A\nLABEL b=$B a=$A\n"), ["1", "2"]);
  assert.deepEqual(values("FROM x\nONBUILD ENV A=1\nLABEL a=$A\n"), [undefined]);
});

test("ENV and LABEL in both forms, with quotes", () => {
  const pairs = (line: string): (string | undefined)[][] =>
    parse(`FROM a\n${line}\n`).instructions.flatMap((one) =>
      one.keyword === "ENV" || one.keyword === "LABEL"
        ? one.pairs.map(({ name, value }) => [name.text, value?.text])
        : [],
    );
  assert.deepEqual(pairs('ENV A="b c" D=e\\ f "G h"=i'), [
    ["A", "b c"],
    ["D", "e f"],
    ["G h", "i"],
  ]);
  assert.deepEqual(pairs("ENV A b  c"), [["A", "b  c"]]);
  assert.deepEqual(problems("FROM a\nENV A=1 B\n"), ["2:9 refused dockerfile.env"]);
  assert.deepEqual(problems("FROM a\nENV A\n"), ["2:1 refused dockerfile.env"]);
});

test("heredocs: several on a line, tabs, quotes, and one that is not closed", () => {
  const text = "FROM a\nCOPY <<A <<-'B' /d/\none\nA\n\t\ttwo\n\tB\nUSER c\n";
  const { heredocs, sources, range } = only(text, "COPY");
  assert.deepEqual(
    heredocs.map(({ name, stripsTabs, expands, text: body }) => [name, stripsTabs, expands, body]),
    [
      ["A", false, true, "one\n"],
      ["B", true, false, "\t\ttwo\n"],
    ],
  );
  assert.deepEqual(sources, []);
  assert.equal(written(text, range).endsWith("\tB"), true);
  assert.equal(only(text, "USER").range.line, 7);
  assert.deepEqual(problems("FROM a\nRUN <<X\nid\n"), ["3:1 refused dockerfile.heredoc"]);
  // No heredoc: it is no word of its own, or of an instruction that has none.
  assert.deepEqual(problems("FROM a\nRUN echo 1<2\nLABEL a=<<b\n"), []);
});

test("JSON forms where Docker takes them; else the text is a shell's", () => {
  const cmd = only('FROM a\nCMD [ "b" , "c\\"d\\u0041" ]\n', "CMD");
  assert.deepEqual(cmd.form.kind === "exec" ? texts(cmd.form.words) : [], ["b", 'c"dA']);
  assert.equal(only("FROM a\nCMD ['b']\n", "CMD").form.kind, "shell");
  assert.equal(only("FROM a\nRUN [ -f x ]\n", "RUN").form.kind, "shell");
  assert.deepEqual(problems("FROM a\nSHELL sh -c\n"), ["2:1 refused dockerfile.shell"]);
});

test("mounts of RUN", () => {
  const { mounts } = only("FROM a AS b\nRUN --mount=target=/x,from=b,ro --mount=type=cache,dst=/y id\n", "RUN");
  const [bind, cache] = mounts;
  assert.equal(bind?.type, "bind");
  assert.deepEqual(Object.fromEntries(bind?.options ?? []), { target: "/x", from: "b", ro: "" });
  assert.deepEqual(bind?.from, { kind: "stage", index: 0 });
  assert.equal(cache?.type, "cache");
  assert.equal(cache?.options.get("target"), "/y");
});

test("stages: names in any case, numbers, and which of them the last one needs", () => {
  const { stages, instructions } = parse(
    "FROM a AS One\nFROM b AS two\nFROM one AS three\nCOPY --from=1 x y\nFROM c\nFROM three\nCOPY --from=d x y\nCOPY --from=9 x y\n",
  );
  assert.deepEqual(
    stages.map(({ name, uses, needed }) => [name, uses, needed]),
    [
      ["one", [], true],
      ["two", [], true],
      ["three", [0, 1], true],
      [undefined, [], false],
      [undefined, [2], true],
    ],
  );
  const origins = instructions.flatMap((one) => (one.keyword === "COPY" ? [one.from?.kind] : []));
  assert.deepEqual(origins, ["stage", "image", "image"]);
});

test("what decides the user or a port, and stands for something else to buildah, is unsure", () => {
  const unsure = ["unsure dockerfile.unsure"];
  const told = (text: string): string[] => problems(text).map((problem) => problem.replace(/^\S+ /, ""));
  for (const text of [
    "FROM a AS b\nARG U=1000\nFROM b\nUSER $U\n",
    "FROM a AS b\nARG U=8080\nFROM b\nEXPOSE 9000 $U\n",
    "FROM a AS b\nARG U=1000\nFROM b AS c\nFROM c\nUSER @{U:-app}\n",
    "FROM a AS b\nARG U=1000\nFROM b\nENV V=x$U\nUSER $V\n",
    "FROM a AS b\nARG U=1000\nFROM b\nARG U\nUSER $U\n",
    "FROM a AS b\nARG U=1000\nONBUILD USER $U\nFROM b\n",
    "ARG U=1000\nFROM a AS b\nONBUILD ARG U\nFROM b AS c\nFROM c\nUSER $U\n",
    "FROM a\nENV U=root\nARG U=1000\nUSER $U\n",
    "FROM a AS b\nENV U=root\nFROM b\nARG U=1000\nUSER $U\n",
    "ARG U=1000 U\nFROM a\nARG U\nUSER $U\n",
  ]) {
    assert.deepEqual(told(text.replace("@", "$")), unsure, text);
  }
  for (const text of [
    "FROM a AS b\nENV U=1000\nFROM b\nUSER $U\n",
    "FROM a AS b\nARG U=1000\nFROM b\nARG U=1001\nUSER $U\n",
    "ARG U=1000\nFROM a AS b\nARG U\nFROM b\nARG U\nUSER $U\n",
    "FROM a\nARG U=1000\nENV U=1001\nUSER $U\n",
    "FROM a AS b\nARG D=/srv\nFROM b\nWORKDIR $D\nRUN echo $D\n",
  ]) {
    assert.deepEqual(told(text), [], text);
  }
});

test("a shell that is not parsed is said so", () => {
  const powershell = 'FROM a\nSHELL ["powershell", "-Command"]\nRUN Get-Item x\nCMD ["x"]\n';
  assert.deepEqual(problems(powershell), ["3:5 unread dockerfile.shell"]);
  assert.deepEqual(problems("# escape=`\nFROM a\nRUN dir\n"), ["3:5 unread dockerfile.shell"]);
  assert.deepEqual(problems("FROM mcr.microsoft.com/windows/nanoserver:1\nRUN dir\n"), ["2:5 unread dockerfile.shell"]);
  assert.deepEqual(problems("FROM a\nRUN <<X\n#!/usr/bin/env python3\nprint()\nX\n"), ["2:5 unread dockerfile.shell"]);
  assert.deepEqual(problems("FROM a\nRUN echo 'x\n"), ["2:10 unread dockerfile.shell"]);
  assert.deepEqual(problems('FROM a\nSHELL ["/bin/bash", "-c"]\nRUN id\n'), []);
});

test("what Docker refuses is a problem at its place", () => {
  assert.deepEqual(problems(""), ["1:1 refused dockerfile.empty"]);
  assert.deepEqual(problems("RUN id\nFROM a\n"), ["1:1 refused dockerfile.before-from"]);
  assert.deepEqual(problems("FROM a\nBOGUS x\n"), ["2:1 refused dockerfile.unknown-instruction"]);
  assert.deepEqual(problems("{% if %}\nFROM a\n"), ["1:1 refused dockerfile.template"]);
  assert.deepEqual(problems("FROM {{ base }} AS b\nUSER a\n"), ["1:1 refused dockerfile.template"]);
  assert.equal(parse("FROM {{ base }}:1\nUSER a\n").stages[0]?.from.origin.kind, "unknown");
  assert.deepEqual(problems("FROM a\nCOPY --bogus=1 x y\n"), ["2:6 refused dockerfile.unknown-flag"]);
  assert.deepEqual(problems("FROM a\nCOPY x\n"), ["2:1 refused dockerfile.copy"]);
  assert.deepEqual(problems("FROM a\nONBUILD FROM b\n"), ["2:1 refused dockerfile.onbuild"]);
  assert.deepEqual(problems("FROM a\nONBUILD ONBUILD RUN id\n"), ["2:1 refused dockerfile.onbuild"]);
  assert.deepEqual(problems("FROM a\nHEALTHCHECK x\n"), ["2:1 refused dockerfile.healthcheck"]);
});

const users = (text: string): (string | undefined)[] =>
  parse(text).instructions.flatMap((one) =>
    one.keyword === "USER" ? one.words.map(({ value, stated }) => value ?? stated) : [],
  );

test("white space is Go's: a line of U+00A0 or U+2003 is empty, and an instruction goes on behind it", () => {
  for (const blank of ["\u00a0", "\u2003", "\u0085", "\v", " \u3000\t"]) {
    assert.deepEqual(users(`FROM a\nMAINTAINER me \\\n${blank}\nUSER 1000\n`), [], JSON.stringify(blank));
    assert.deepEqual(users(`FROM a\nUSER root\nRUN x \\\n${blank}# note\nUSER 1000\n`), ["root"]);
    assert.deepEqual(users(`FROM a\n${blank}\n${blank}USER root\n`), ["root"]);
  }
  // It parts no keyword from its arguments, and U+FEFF is none.
  assert.deepEqual(problems("FROM a\nUSER\u00a0root\n"), ["2:1 refused dockerfile.unknown-instruction"]);
  assert.deepEqual(problems("FROM a\n\ufeff\n"), ["2:1 refused dockerfile.unknown-instruction"]);
  assert.deepEqual(users("FROM a\nUSER \ufeffroot\n"), ["root"]);
  // Of a volume it is taken off.
  const volume = parse("FROM a\nVOLUME /run/docker.sock\u00a0 \u2003/v\n").instructions[1];
  assert.ok(volume?.keyword === "VOLUME");
  assert.deepEqual(
    volume.words.map(({ value }) => value),
    ["/run/docker.sock", "/v"],
  );
});

test("a line whose quotes or variables Docker gives up on has no heredoc", () => {
  for (const tail of ["# don't", '"', "@{", "@{:-x}"]) {
    const text = `FROM a\nRUN cat <<EOF ${tail}\nUSER root\nEOF\n`.replaceAll("@", "$");
    assert.deepEqual(users(text), ["root"], tail);
  }
  assert.deepEqual(users("FROM a\nRUN cat <<EOF # don''t\nUSER root\nEOF\n"), []);
  // Nor has what is JSON, nor `<<<`; a name keeps its expansion behind a backslash.
  assert.deepEqual(users('FROM a\nRUN ["cat", "<<EOF"]\nUSER root\n'), ["root"]);
  assert.deepEqual(users("FROM a\nRUN cat <<<EOF\nUSER root\n"), ["root"]);
  assert.equal(only("FROM a\nRUN <<\\EOF\nEOF\n", "RUN").heredocs[0]?.expands, true);
  assert.deepEqual(problems('FROM a\nRUN ["cat"] <<EOF\nUSER root\nEOF\n').slice(0, 1), [
    "2:1 unsure dockerfile.unsure",
  ]);
  // Docker looks for the end of the type byte by byte: white space outside ASCII belongs to the command.
  const { form } = only("FROM a\nHEALTHCHECK CMD \u2005x\n", "HEALTHCHECK");
  assert.equal(form?.kind === "shell" && form.text, "\u2005x");
  for (const instruction of ["CMD", "HEALTHCHECK CMD"]) {
    assert.deepEqual(problems(`FROM a\n${instruction} ["cat"] x\n`), ["2:1 unread dockerfile.unsure"], instruction);
  }
});

test("ARGs before FROM see the ones before them, defaults are stated, and the last of ENV and ARG counts", () => {
  const origins = (text: string): unknown[] =>
    parse(text.replaceAll("@", "$")).stages.map(({ from }) =>
      from.origin.kind === "image" ? from.origin.name.repository : from.origin.kind,
    );
  assert.deepEqual(origins("ARG A=evil B=@A\nFROM @B\n"), ["evil"]);
  assert.deepEqual(origins("ARG BASE\nFROM @{BASE:-evil}\n"), ["evil"]);
  assert.deepEqual(origins("ARG BASE\nFROM @BASE\n"), ["unknown"]);
  const $ = (text: string): string => text.replaceAll("@", "$");
  assert.deepEqual(users($("FROM a\nARG U\nUSER @{U:-root}\n")), ["root"]);
  assert.deepEqual(users($("FROM a\nENV U=1000\nARG U=root\nUSER @U\n")), ["root"]);
  assert.deepEqual(users($("FROM a\nARG N=U\nENV @N=root\nUSER @U\n")), ["root"]);
});

test("what versions of Docker read differently in an ARG of a stage is told, and the newest reading counts", () => {
  const $ = (text: string): string => text.replaceAll("@", "$");
  const hidden = $("FROM a\nARG A=root B=@A\nUSER @B\n");
  assert.deepEqual(users(hidden), ["root"]);
  assert.deepEqual(problems(hidden), ["2:12 unsure dockerfile.unsure"]);
  const other = $("FROM a\nARG A=root\nARG A=1000 B=@A\nUSER @B\n");
  assert.deepEqual(users(other), ["1000"]);
  assert.deepEqual(problems(other), ["3:12 unsure dockerfile.unsure"]);
  const named = $("FROM a\nENV N=U\nARG U=root\nARG @N=1000\nUSER @U\n");
  assert.deepEqual(problems(named), ["4:5 unsure dockerfile.unsure"]);
  for (const alike of [
    "FROM a\nARG A=1 B=2 C\n",
    "FROM a\nARG A=1\nARG B=@A C=@A\n",
    "ARG A=1 B=@A\nFROM a\nARG A B\n",
  ]) {
    assert.deepEqual(problems($(alike)), []);
  }
});

test("what ONBUILD of a stage triggers belongs to the stage that begins from it", () => {
  const { stages } = parse("FROM a AS b\nONBUILD USER $U\nUSER 1000\nFROM b\nFROM b\nENV X=1\n");
  const triggered = stages.map((stage) => stage.triggered.map(({ keyword }) => keyword));
  assert.deepEqual(triggered, [[], ["USER"], ["USER"]]);
  const many = `FROM a AS b\n${"ONBUILD USER 1\n".repeat(bounds.dockerfileTriggers)}FROM b\nFROM b\n`;
  assert.deepEqual(problems(many), [`${bounds.dockerfileTriggers + 3}:1 unsure dockerfile.onbuild`]);
});

test("directives, keywords and flags as BuildKit tells them", () => {
  assert.deepEqual(
    parse("\u00a0# escape = `\nFROM a\n").directives.map(({ value }) => value),
    ["`"],
  );
  assert.deepEqual(problems("# escape= \nFROM a\n"), ["1:1 refused dockerfile.directive"]);
  assert.deepEqual(parse("#\vescape=`\nFROM a\n").directives, []);
  assert.deepEqual(problems("FROM a\nWOR\u212aDIR /x\nU\u017fER b\n"), ["3:1 refused dockerfile.unknown-instruction"]);
  assert.equal(only("FROM a\nRUN -- --x\n", "RUN").text, "-- --x");
  const copy = only('FROM a AS b\nFROM c\nCOPY "--from=b" --link x\n', "COPY");
  assert.deepEqual([copy.flags.length, copy.sources.length], [0, 2]);
  const later = only("FROM a\nCOPY --from=late x y\nFROM b AS late\n", "COPY");
  assert.deepEqual(later.from, { kind: "stage", index: 1 });
});

test("property: a word on one line is what its range says", () => {
  const word = fc.stringMatching(/^[a-zA-Z0-9./_-]{1,8}$/).filter((text) => !text.startsWith("-"));
  fc.assert(
    fc.property(fc.array(word, { minLength: 2, maxLength: 6 }), fc.nat(3), (words, blanks) => {
      const text = `FROM a\n${"\n".repeat(blanks)}COPY ${words.join("  ")}\n`;
      const { sources, destination } = only(text, "COPY");
      assert.deepEqual(
        [...sources, destination].map(({ range }) => written(text, range)),
        words,
      );
    }),
  );
});
