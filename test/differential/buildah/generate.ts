/** Dockerfiles from nothing that run no program: mostly such as buildah builds, with what the two sides could read otherwise. */
import type { Random } from "../random.ts";

/** `B` and `U` are of both: buildah lets an ENV win over a later ARG of its name, BuildKit the ARG. */
const ARGUMENTS = ["A", "B", "PORT", "U"];
const VARIABLES = ["E", "F", "U", "B", "PATH"];
const WORDS = ["root", "0", "00", "+0:0", "1000:1000", "app", "x", "80", "8080", "22", "/srv", "b-c-d", "a\\ b"];
const PORTS = [
  "80",
  "8080/tcp",
  "53/udp",
  "8000-8002",
  "0080",
  "22/TCP",
  "1024",
  "70000",
  "@{PORT:-22}",
  "$PORT",
  "$E",
];
const STAGES = ["base", "Second", "x"];
const GAPS = [" ", " ", " ", "  ", "\t", " \\\n", " \\\n# note\n  ", " \\ \n ", " \\\n\n  "];

export function dockerfileFrom(random: Random): Buffer {
  const lines: string[] = [];
  if (random.once(8)) lines.push(random.pick(["# escape=\\", "# a comment", "#syntax=docker/dockerfile:1"]));
  for (let count = random.below(3); count > 0; count--) lines.push(argument(random));
  const names: string[] = [];
  for (let stage = 1 + random.below(3); stage > 0; stage--) {
    const below = names.length > 0 && random.once(2) ? random.pick(names) : "scratch";
    const name = STAGES[names.length] ?? "last";
    lines.push(`${keyword(random, "FROM")} ${below} ${random.pick(["AS", "as"])} ${name}`);
    names.push(random.once(20) ? name.toUpperCase() : name);
    for (let count = 1 + random.below(7); count > 0; count--) lines.push(instruction(random));
  }
  const ending = random.once(8) ? "\r\n" : "\n";
  return Buffer.from(lines.join(ending).replaceAll("@{", "${") + (random.once(4) ? "" : ending));
}

function keyword(random: Random, name: string): string {
  return random.once(10) ? name.toLowerCase() : name;
}

function variable(random: Random): string {
  const name = random.pick([...ARGUMENTS, ...VARIABLES]);
  const word = random.pick(WORDS.slice(0, 8));
  return random.pick([
    `$${name}`,
    `@{${name}}`,
    `@{${name}:-${word}}`,
    `@{${name}:-@{B:-${word}}}`,
    `@{${name}:+${word}}`,
    // Without a colon buildah refuses it.
    random.once(20) ? `@{${name}-${word}}` : `$${name}`,
  ]);
}

function value(random: Random): string {
  const plain = (): string => (random.once(3) ? variable(random) : random.pick(WORDS));
  return random.pick([
    plain,
    plain,
    () => `"${plain()}"`,
    () => `'${plain()}'`,
    () => `"${plain()} ${plain()}"`,
    () => `${plain()}${random.pick(["\\$", '\\"', ""])}${plain()}`,
  ])();
}

function argument(random: Random): string {
  const name = random.pick(ARGUMENTS);
  return `${keyword(random, "ARG")} ${random.once(3) ? name : `${name}=${value(random)}`}`;
}

function instruction(random: Random): string {
  const gap = (): string => random.pick(GAPS);
  const words = (make: () => string): string =>
    Array.from({ length: 1 + random.below(2) }, make).join(random.pick([" ", gap()]));
  return random.pick([
    () => argument(random),
    () => `${keyword(random, "ENV")}${gap()}${words(() => `${random.pick(VARIABLES)}=${value(random)}`)}`,
    () => `${keyword(random, "ENV")} ${random.pick(VARIABLES)}${random.pick([" ", "  ", "\t"])}${value(random)}`,
    () => `${keyword(random, "USER")}${gap()}${value(random)}`,
    () => `${keyword(random, "USER")}${gap()}${random.once(2) ? variable(random) : random.pick(WORDS.slice(0, 6))}`,
    () => `${keyword(random, "EXPOSE")}${gap()}${words(() => random.pick(PORTS))}`,
    () => `${keyword(random, "LABEL")}${gap()}${words(() => `${random.pick(["a", "b.c", '"d e"'])}=${value(random)}`)}`,
    () => `${keyword(random, "WORKDIR")} ${random.pick(["/srv", "/", "/a/b"])}`,
    () => `${keyword(random, "CMD")} ["a", "b"]`,
    () => `${keyword(random, "ONBUILD")} ${random.pick(["USER root", "ENV E=1", "EXPOSE 22", "USER $U"])}`,
    () => random.pick(["", "# USER root", "  # note", "\u00a0"]),
  ])();
}
